"""Conversion of errors to HTTP answers: status codes, and the error envelope."""

import errno
import logging
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from shared.domain import clock
from shared.domain.errors import (
    Conflict,
    ConnectionFailed,
    DomainError,
    FeatureNotAvailable,
    Gone,
    InvalidCursor,
    InvalidRequest,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    NotRetryable,
    PayloadTooLarge,
    RecordTooLarge,
    RequestTimeout,
    TooManyRequests,
    Unavailable,
    UnsupportedMedia,
    VersionConflict,
)
from shared.http.paths.allowed_methods import allowed_methods
from shared.http.request_ids import HEADER, request_id_of

_log = logging.getLogger(__name__)

STATUS: Mapping[type[DomainError], int] = {
    InvalidRequest: 422,
    NotRetryable: 400,
    InvalidCursor: 400,
    PayloadTooLarge: 413,
    NotAuthenticated: 401,
    NotPermitted: 403,
    NotFound: 404,
    FeatureNotAvailable: 404,
    Gone: 410,
    Conflict: 409,
    RequestTimeout: 408,
    TooManyRequests: 429,
    UnsupportedMedia: 415,
    Unavailable: 503,
    ConnectionFailed: 502,
    VersionConflict: 409,
    RecordTooLarge: 413,
}

NOT_BLANK: Final = r"\S"
"""Pattern of texts that must not be empty or only spaces."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
NO_ROOM_MESSAGE: Final = "The server has no room left to store files. Delete media, then send it again."

_FRAMEWORK_CODES: Mapping[int, str] = {
    400: "invalid_body",
    404: "endpoint_not_found",
    405: "method_not_allowed",
    413: "payload_too_large",
}


class ErrorBody(BaseModel):
    code: str
    message: str
    details: dict[str, Any]
    request_id: str
    timestamp: str


class ErrorEnvelope(BaseModel):
    """The body of every answer with a status of 400 or above."""

    error: ErrorBody
    request_id: str


def status_of(error: Exception) -> int:
    """Return the HTTP status of an error that a route raises."""
    if isinstance(error, HTTPException):
        return error.status_code
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def answer(
    status: int,
    code: str,
    message: str,
    *,
    request_id: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    body = ErrorEnvelope(
        error=ErrorBody(
            code=code,
            message=message,
            details=dict(details or {}),
            request_id=request_id,
            timestamp=clock.timestamp(),
        ),
        request_id=request_id,
    )
    return JSONResponse(body.model_dump(), status, headers={HEADER: request_id, **(headers or {})})


def answer_to(error: DomainError, request_id: str) -> JSONResponse:
    headers: dict[str, str] = {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    return answer(
        status_of(error),
        error.code,
        error.message,
        request_id=request_id,
        details=error.details,
        headers=headers,
    )


def _field(location: tuple[int | str, ...]) -> str:
    """Format an error location: ``("body", "target", "index_id")`` becomes ``target.index_id``."""
    inside = location[1:] or location
    return ".".join(str(step) for step in inside)


def _rule(error: Mapping[str, Any]) -> str:
    """Return the rule that a value breaks: for a rule of this server, without the words of pydantic."""
    context = error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch" if context["pattern"] == NOT_BLANK:
            return "must not have only spaces"
    return str(error["msg"])


async def _on_domain_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class
    if isinstance(error, VersionConflict):  # the log names the contended record; the answer does not
        _log.warning("write conflict: %s", error)
    return answer_to(error, request_id_of(request.scope))


async def _on_os_error(request: Request, error: Exception) -> JSONResponse:
    if getattr(error, "errno", None) in _NO_ROOM:
        return answer_to(Unavailable(NO_ROOM_MESSAGE, code="storage_full"), request_id_of(request.scope))
    return await _on_defect(request, error)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    request_id = request_id_of(request.scope)
    found = error.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return answer(400, "invalid_json", "The body is not valid JSON.", request_id=request_id)
    problems = [{"field": _field(each["loc"]), "rule": _rule(each)} for each in found]
    message = "; ".join(f"{problem['field']}: {problem['rule']}" for problem in problems[:5])
    return answer(422, "validation_error", message, request_id=request_id, details={"errors": problems})


async def _on_framework_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=headers)
    return answer(
        error.status_code,
        _FRAMEWORK_CODES.get(error.status_code, f"http_{error.status_code}"),
        str(error.detail),
        request_id=request_id_of(request.scope),
        headers=headers,
    )


async def _on_defect(request: Request, error: Exception) -> JSONResponse:
    request_id = request_id_of(request.scope)
    _log.error("unhandled %s request_id=%s", type(error).__name__, request_id)
    return internal_error(request_id)


def internal_error(request_id: str) -> JSONResponse:
    return answer(500, "internal_error", "An internal error occurred.", request_id=request_id)


def install(app: FastAPI) -> None:
    """Register handlers that answer every failure of ``app`` with the error envelope."""
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(OSError, _on_os_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_framework_error)
    app.add_exception_handler(Exception, _on_defect)
