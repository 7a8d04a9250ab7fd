"""The text of server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html"""

from typing import Final

from pydantic import BaseModel

HEARTBEAT: Final = b": heartbeat\n\n"
"""A comment, which clients ignore. It shows clients and proxies that the connection works."""


def event_block(event_type: str, data: BaseModel, event_id: str | None = None) -> bytes:
    """Return the block of one event. JSON has no line breaks, so ``data`` is one line."""
    identity = "" if event_id is None else f"id: {event_id}\n"
    return f"event: {event_type}\n{identity}data: {data.model_dump_json()}\n\n".encode()


def position_block(position: str) -> bytes:
    """Return a block without data. Clients store its id as their last event id and report no event."""
    return f"id: {position}\n\n".encode()


def retry_block(milliseconds: int) -> bytes:
    """Return the time after which clients reconnect when the answer ends."""
    return f"retry: {milliseconds}\n\n".encode()
