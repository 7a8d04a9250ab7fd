"""The outermost middleware: request ids, HEAD as GET without a body, one log line per request."""

import logging
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain import correlation
from shared.http import request_ids
from shared.http.paths.masked import masked

_log = logging.getLogger("shared.http.access")


class RequestLog:
    """Logs method, route template, status, milliseconds and request id.

    If no route matches, it logs the masked path. It never logs the path, the query or a header, because these
    may contain ids, tokens and keys.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = request_ids.assign(_mutable(scope))
        correlation.enter(request_id)
        method: str = scope["method"]
        if method == "HEAD":
            scope["method"] = "GET"
            scope["state"]["head"] = True
        started = time.perf_counter()
        status = 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[request_ids.HEADER] = request_id
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            _log.info("%s %s %d %.1fms %s", method, self._template(scope), status, milliseconds, request_id)

    def _template(self, scope: Scope) -> str:
        route = scope.get("route")
        if route is None:
            return masked(scope["path"])
        prefix = self._prefix if scope["path"].startswith(self._prefix) else ""
        return prefix + str(route.path)


def _mutable(scope: MutableMapping[str, Any]) -> dict[str, Any]:
    """Narrow the type: ASGI servers pass a dict, and Starlette's type is wider."""
    assert isinstance(scope, dict)  # noqa: S101
    return scope
