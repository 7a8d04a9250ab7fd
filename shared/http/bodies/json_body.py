"""Reception of JSON bodies: read, check, parse and validate, off the event loop if they are large."""

import email.message
import json
from functools import partial
from typing import Any, Final, NoReturn

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.domain.errors import InvalidRequest, PayloadTooLarge
from shared.http.admission.admission import Admission
from shared.http.admission.body_memory import BodyLease
from shared.http.bodies.content_encoding import check_content_encoding
from shared.http.bodies.json_values import parse_json
from shared.http.bodies.limits import BodyLimit
from shared.http.offload import Offload

_SMALL_BYTES: Final = 4096
"""Bodies up to this size are processed on the event loop: a thread would take longer than the work."""

_MAX_ERRORS: Final = 100
"""The number of errors that an answer lists."""


class JsonRequest(Request):
    """A request whose body was read and validated. FastAPI gets the model and does not validate again."""

    def __init__(self, request: Request, content: Any) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content

    async def body(self) -> bytes:
        """Return a placeholder: the memory of the bytes is free already. It is empty for an absent body."""
        return b"" if self._content is None else b"{}"

    async def json(self) -> Any:
        return self._content


async def receive_json(
    request: Request,
    model: type[BaseModel],
    *,
    tenant_id: str,
    limit: BodyLimit,
    lease: BodyLease,
    admission: Admission,
    offload: Offload,
) -> JsonRequest:
    """Read the body of ``request`` and validate it as ``model``.

    FastAPI handles an absent body: it is an error unless the body is optional.

    Raises:
        PayloadTooLarge: it has too many bytes or values.
        InvalidRequest: it holds what the stores cannot, is compressed, or is of another content type.
        RequestValidationError: it is not JSON, or not a valid ``model``.
        TooManyRequests: too many bodies are in memory or waiting.
    """
    check_content_encoding(request)
    body = await read_body(request, limit, lease)
    if not body:
        return JsonRequest(request, None)
    if not _is_json(request):
        raise InvalidRequest("Content-Type", "must be application/json")
    work = partial(_validated, body, model)
    if len(body) <= _SMALL_BYTES:
        return JsonRequest(request, work())
    del body
    async with admission.bodies.slot(tenant_id):
        return JsonRequest(request, await offload(work))


async def read_body(request: Request, limit: BodyLimit, lease: BodyLease) -> bytes:
    """Read the body. Raises: PayloadTooLarge, TooManyRequests, InvalidRequest: the client disconnected."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit():
        _check_size(int(announced[:20]), limit)
        lease.cover(int(announced[:20]))
    body = bytearray()
    try:
        async for chunk in request.stream():
            _check_size(len(body) + len(chunk), limit)
            lease.cover(len(body) + len(chunk))
            body += chunk
    except ClientDisconnect as error:
        raise InvalidRequest("body", "ended before it was complete") from error
    return bytes(body)


def _check_size(size: int, limit: BodyLimit) -> None:
    if size > limit.bytes:
        raise PayloadTooLarge(
            f"The body is larger than {limit.bytes} bytes.",
            details={"rule": limit.rule, "limit": limit.bytes},
        )


def _is_json(request: Request) -> bool:
    """Return whether FastAPI, too, parses the body as JSON."""
    message = email.message.Message()
    message["content-type"] = request.headers.get("content-type", "")
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def _validated(body: bytes, model: type[BaseModel]) -> BaseModel:
    try:
        value = parse_json(body)
    except json.JSONDecodeError as error:
        _refuse({"type": "json_invalid", "loc": ("body", error.pos), "msg": "JSON decode error"})
    except UnicodeDecodeError as error:
        raise HTTPException(400, "The body is not UTF-8.") from error
    try:
        return model.model_validate(value, from_attributes=True)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)[:_MAX_ERRORS]
        _refuse(*({**each, "loc": ("body", *each["loc"])} for each in found))


def _refuse(*errors: dict[str, Any]) -> NoReturn:
    raise RequestValidationError(errors)
