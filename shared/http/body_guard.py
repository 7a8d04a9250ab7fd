"""Middleware that refuses bodies that are too large, and JSON that the stores cannot hold."""

import json
import math
import re
from collections.abc import Set
from typing import Any, Final, NoReturn

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain.errors import DomainError, InvalidRequest, PayloadTooLarge
from shared.http.errors import answer_to
from shared.http.request_ids import request_id_of

_SUSPICIOUS: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])|NaN|Infinity|[eE]\+?\d{3}|\d{300}")
"""Matches every body with a forbidden value. Most bodies do not match, and are not parsed twice."""

_MAX_DEPTH: Final = 100

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class _Disconnected(Exception):
    pass


class BodyGuard:
    """Checks the bodies of requests.

    Forms and raw bodies pass unchecked to the routes that stream them and enforce their own limits.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, form_paths: Set[str], raw_paths: Set[str] = frozenset()
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._form_paths = form_paths
        self._raw_paths = raw_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            receive = await self._checked(scope, receive)
        except DomainError as error:
            await answer_to(error, request_id_of(scope))(scope, receive, send)
            return
        except _Disconnected:
            return
        await self._app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            raise InvalidRequest("url", "must not contain NUL characters")
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        has_body = b"transfer-encoding" in headers or length not in (b"", b"0")
        is_form = headers.get(b"content-type", b"").lower().startswith(b"multipart/")
        passes = (is_form and scope["path"] in self._form_paths) or scope["path"] in self._raw_paths
        if not has_body or passes:
            return receive
        if length.isdigit() and int(length[:20]) > self._max_bytes:
            self._refuse()
        body = await self._read(receive)
        check_json(body)
        return _replayed(body, receive)

    async def _read(self, receive: Receive) -> bytes:
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Disconnected
            body += message.get("body", b"")
            if len(body) > self._max_bytes:
                self._refuse()
            more = message.get("more_body", False)
        return bytes(body)

    def _refuse(self) -> NoReturn:
        raise PayloadTooLarge(
            f"The body is larger than {self._max_bytes} bytes.",
            details={"rule": "max_json_body_bytes", "limit": self._max_bytes},
        )


def _replayed(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def once_then_live() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_then_live


def check_json(body: bytes) -> None:
    """Check the text of a JSON body.

    Text that is not JSON passes; the parser reports it.

    Raises: InvalidRequest: for NUL characters, lone surrogates, excessive nesting and infinite numbers, and
        for UTF-16 and UTF-32, which RFC 8259 forbids and Python's parser accepts.
    """
    if not json.detect_encoding(body).startswith("utf-8"):
        raise InvalidRequest("body", "must be UTF-8")
    may_be_deep = body.count(b"{") + body.count(b"[") > _MAX_DEPTH
    if not may_be_deep and _SUSPICIOUS.search(body) is None:
        return
    try:
        value = json.loads(body, parse_constant=_refuse_constant, parse_float=_finite)
    except RecursionError:
        _refuse_depth()
    except ValueError:
        return
    _check_values(value)


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidRequest("body", f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise InvalidRequest("body", "a number is too large")
    return number


def _refuse_depth() -> NoReturn:
    raise InvalidRequest("body", f"must not be nested deeper than {_MAX_DEPTH} levels")


def _check_values(root: Any) -> None:
    """Check all values iteratively, since the client chooses the depth. Names are checked before they become
    part of a path."""
    pending: list[tuple[tuple[str, ...], Any]] = [((), root)]
    while pending:
        path, value = pending.pop()
        if len(path) > _MAX_DEPTH:
            _refuse_depth()
        if isinstance(value, dict):
            pending.extend(((*path, name), each) for name, each in value.items())
            pending.extend((path, name) for name in value)
        elif isinstance(value, list):
            pending.extend(((*path, str(position)), each) for position, each in enumerate(value))
        elif isinstance(value, str):
            _check_text(path, value)


def _check_text(path: tuple[str, ...], text: str) -> None:
    field = ".".join(path) or "body"
    if "\0" in text:
        raise InvalidRequest(field, "must not contain NUL characters")
    if _SURROGATE.search(text):
        raise InvalidRequest(field, "must not contain lone surrogates")
