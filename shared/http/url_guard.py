"""Middleware that refuses NUL characters in addresses."""

from starlette.types import ASGIApp, Receive, Scope, Send

from shared.domain.errors import InvalidRequest
from shared.http.errors import answer_to
from shared.http.request_ids import request_id_of


class UrlGuard:
    """Refuses requests whose path or query contains a NUL character, which the stores cannot hold."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            error = InvalidRequest("url", "must not contain NUL characters")
            await answer_to(error, request_id_of(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)
