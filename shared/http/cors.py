"""Cross-origin resource sharing (CORS): the requests that browsers permit to pages of other origins."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS: Final = ("Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-ID")
EXPOSED_HEADERS: Final = ("ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID")
MAX_AGE_SECONDS: Final = 3600


def add_cors(app: FastAPI, origins: Sequence[str]) -> None:
    """Permit pages from ``origins`` to call ``app``.

    Keys and tokens are sent by the page's code and never by the browser itself (as cookies are), so a page
    cannot use the session of another page.
    """
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415 - most deployments do not need it

    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=MAX_AGE_SECONDS,
    )
