"""The correlation id: the id of the request that caused the current work, for every log line."""

from contextvars import ContextVar
from typing import Final

_REQUEST_ID: Final = ContextVar("request_id", default="")


def request_id() -> str:
    """Return the id of the current request, or "" outside a request."""
    return _REQUEST_ID.get()


def enter(request_id: str) -> None:
    """Set the request id of the current context, and of threads that copy the context."""
    _REQUEST_ID.set(request_id)
