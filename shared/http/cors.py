"""Cross-origin resource sharing (CORS): the requests that browsers permit to pages of other origins.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http import errors
from shared.http.request_ids import request_id_of

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS: Final = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Range",
    "Last-Event-ID",
    "Range",
    "X-API-Key",
    "X-Request-ID",
)
EXPOSED_HEADERS: Final = (
    "Accept-Ranges",
    "Allow",
    "Content-Disposition",
    "Content-Range",
    "ETag",
    "Idempotency-Replayed",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
MAX_AGE_SECONDS: Final = 3600

_PREFLIGHT_VARY: Final = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"


def add_cors(app: FastAPI, origins: Sequence[str]) -> None:
    """Permit pages from ``origins`` to call ``app``.

    Keys and tokens are sent by the page's code and never by the browser itself (as cookies are), so a page
    cannot use the session of another page.
    """
    app.add_middleware(Cors, origins=origins)


class Cors:
    """Answers preflight requests, and adds the CORS headers to every answer, also to errors.

    Every answer has ``Vary: Origin``: a cache must not give a page the answer that another page got, or one
    that was requested without an origin, such as the picture of an ``img`` element.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._origins = frozenset(_serialised(origin) for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = asked.get("origin", "")
        if scope["method"] == "OPTIONS" and origin and "access-control-request-method" in asked:
            await self._preflight(scope, origin)(scope, receive, send)
            return
        granted = _granted(origin) if origin in self._origins else {}
        answering = False

        async def answer(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                headers = MutableHeaders(scope=message)
                headers.update(granted)
                headers.add_vary_header("Origin")
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except Exception:
            # Starlette answers a defect outside of all middleware, where the headers would be missing.
            if not answering:
                await errors.internal_error(request_id_of(scope))(scope, receive, answer)
            raise

    def _preflight(self, scope: Scope, origin: str) -> Response:
        """Answer a preflight request. It carries no credentials. The browser itself compares its method and
        headers with the permitted ones."""
        if origin not in self._origins:
            return errors.answer(
                400,
                "cors_origin_refused",
                "Pages of this origin may not call the API. The setting browser_origins lists the origins "
                "that may.",
                request_id=request_id_of(scope),
                headers={"Vary": _PREFLIGHT_VARY},
            )
        return Response(
            status_code=204,
            headers={
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Allow-Methods": ", ".join(METHODS),
                "Access-Control-Allow-Headers": ", ".join(REQUEST_HEADERS),
                "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
                "Vary": _PREFLIGHT_VARY,
            },
        )


def _granted(origin: str) -> Mapping[str, str]:
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": ", ".join(EXPOSED_HEADERS),
    }


def _serialised(origin: str) -> str:
    """Return a configured origin as browsers send it: in lower case, without the scheme's default port."""
    lower = origin.lower()
    scheme, _, _ = lower.partition("://")
    return lower.removesuffix({"http": ":80", "https": ":443"}.get(scheme, ""))
