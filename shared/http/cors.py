"""What pages of other origins may do, as browsers ask it: the CORS protocol."""

from collections.abc import Sequence
from typing import Final

from fastapi import FastAPI

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
REQUEST_HEADERS: Final = ("Authorization", "Content-Type", "Idempotency-Key", "X-API-Key", "X-Request-ID")
ANSWER_HEADERS: Final = ("ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID")
REMEMBERED_SECONDS: Final = 3600


def let_in(app: FastAPI, origins: Sequence[str]) -> None:
    """Pages from ``origins`` may call ``app``. Keys and tokens are sent by the page, never by the browser
    itself, so no page can use another one's sign-in."""
    from starlette.middleware.cors import CORSMiddleware  # noqa: PLC0415 - most never need it

    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=ANSWER_HEADERS,
        max_age=REMEMBERED_SECONDS,
    )
