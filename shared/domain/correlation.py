"""Which request the work at hand was asked for by: carried along, so that logs can be joined."""

from contextvars import ContextVar
from typing import Final

_REQUEST_ID: Final = ContextVar("request_id", default="")


def request_id() -> str:
    """The request's id, or "" where no request is being answered."""
    return _REQUEST_ID.get()


def enter(request_id: str) -> None:
    """Everything from here on, in this context and in threads that copy it, is for ``request_id``."""
    _REQUEST_ID.set(request_id)
