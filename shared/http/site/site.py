"""The console and the documentation, for the addresses that no route of the API has."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers, QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.offload import Offload
from shared.http.site.console import CONSOLE, ConsoleSite
from shared.http.site.documentation import DOCUMENTATION, PREFIX, DocumentationSite

_API: Final = frozenset({"api", "media", "upload-parts", "health", "metrics", "mcp", ".well-known"})
"""First parts of addresses that belong to the API. What no route has there is an error of the API."""


def add_site(
    app: FastAPI,
    media_origins: Sequence[str] = (),
    *,
    console: Path = CONSOLE,
    documentation: Path = DOCUMENTATION,
) -> None:
    """Let ``app`` answer ``GET`` requests that match no route with the console or the documentation.

    ``media_origins``: other origins that serve media and take uploads. ``console`` and ``documentation`` are
    the folders of the builds.
    """
    console_site = ConsoleSite(console, media_origins)
    app.router.default = _Site(console_site, DocumentationSite(documentation), app.router.default)
    app.router.routes.insert(0, _MediumPage(console_site))


class _MediumPage(Route):
    """The console's page of a medium, ``/media/{video_id}``. With a token, the same address is the link of a
    file, which has its own route."""

    def __init__(self, console: ConsoleSite) -> None:
        async def page(request: Request) -> Response:
            offload: Offload = request.app.state.offload
            found: Response | None = await offload(partial(console.answer, request))
            if found is None:
                raise HTTPException(404)
            return found

        super().__init__("/media/{video_id}", page, methods=["GET"], include_in_schema=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, child = super().matches(scope)
        is_page = match is Match.FULL and not _is_link(scope)
        return (match, child) if is_page else (Match.NONE, {})


def _is_link(scope: Scope) -> bool:
    """Return whether a request is for a file: it has a token, or its client takes no HTML."""
    return "token" in QueryParams(scope["query_string"]) or "text/html" not in Headers(scope=scope).get(
        "accept", ""
    )


class _Site:
    """Follows the routes, rather than being one: a route for every address would change the answers to
    unknown routes and methods of the API."""

    def __init__(self, console: ConsoleSite, documentation: DocumentationSite, otherwise: ASGIApp) -> None:
        self._console = console
        self._documentation = documentation
        self._otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = await self._answer(scope)
        if answer is None:
            await self._otherwise(scope, receive, send)
            return
        is_head = scope.get("state", {}).get("head", False)
        await answer({**scope, "method": "HEAD"} if is_head else scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return None
        first = scope["path"].removeprefix("/").partition("/")[0]
        if first in _API:
            return None
        site = self._documentation if f"/{first}" == PREFIX else self._console
        offload: Offload = scope["app"].state.offload
        answer: Response | None = await offload(partial(site.answer, Request(scope)))
        return answer
