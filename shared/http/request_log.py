"""The outermost middleware: request ids, HEAD as GET without a body, headers that make answers inert, one log
line per request."""

import logging
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.domain import correlation
from shared.http import request_ids
from shared.http.paths.masked import masked

_log = logging.getLogger("shared.http.access")

Observe = Callable[[str, str | None, int, float], None]
"""Takes the method, the route's template (None if no route matched), the status, and the seconds until the
head of the answer."""


_INERT: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""Headers of answers without such headers of their own: a browser runs nothing in them and frames none."""


class RequestLog:
    """Logs method, route template, status, milliseconds and request id.

    If no route matches, it logs the masked path. It never logs the path, the query or a header, because these
    may contain ids, tokens and keys.
    """

    def __init__(self, app: ASGIApp, prefix: str, observe: Observe | None = None) -> None:
        self._app = app
        self._prefix = prefix
        self._observe = observe

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
        head_seconds: float | None = None

        async def answer(message: Message) -> None:
            nonlocal status, head_seconds
            if message["type"] == "http.response.start":
                status = message["status"]
                head_seconds = time.perf_counter() - started
                headers = MutableHeaders(scope=message)
                headers[request_ids.HEADER] = request_id
                for name, value in _INERT.items():
                    headers.setdefault(name, value)
            elif method == "HEAD" and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        try:
            await self._app(scope, receive, answer)
        finally:
            seconds = time.perf_counter() - started
            template = self._template(scope)
            shown = masked(scope["path"]) if template is None else template
            _log.info("%s %s %d %.1fms %s", method, shown, status, seconds * 1000, request_id)
            if self._observe is not None:
                self._observe(method, template, status, seconds if head_seconds is None else head_seconds)

    def _template(self, scope: Scope) -> str | None:
        route = scope.get("route")
        if route is None:
            return None
        prefix = self._prefix if scope["path"].startswith(self._prefix) else ""
        return prefix + str(route.path)


def _mutable(scope: MutableMapping[str, Any]) -> dict[str, Any]:
    """Narrow the type: ASGI servers pass a dict, and Starlette's type is wider."""
    assert isinstance(scope, dict)  # noqa: S101
    return scope
