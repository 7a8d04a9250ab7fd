"""A protocol of uvicorn that closes connections which wait for a client too long.

uvicorn itself limits only the idle time between two requests.
"""

import asyncio
from functools import partial
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class ConnectionDeadline(H11Protocol):
    """Closes a connection ``seconds`` after it waits for the head of a request, or for the rest of a body
    whose request is answered already."""

    def __init__(self, *arguments: Any, seconds: float, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._seconds = seconds
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def handle_events(self) -> None:
        super().handle_events()
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Start the timer unless it runs already: a byte now and then does not extend it."""
        if not self._waits_for_client() or self.transport.is_closing():
            self._stop_timer()
        elif self._timer is None:
            self._timer = self.loop.call_later(self._seconds, self.transport.abort)

    def _waits_for_client(self) -> bool:
        has_partial_head = self.cycle is None or bool(self.conn.trailing_data[0])
        waits_for_head = self.conn.their_state is h11.IDLE and has_partial_head
        is_answered = self.cycle is not None and self.cycle.response_complete
        return waits_for_head or (is_answered and self.conn.their_state is h11.SEND_BODY)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def connection_deadline(seconds: float) -> Any:
    """Return the value of uvicorn's setting ``http``: the protocol with its deadline."""
    return partial(ConnectionDeadline, seconds=seconds)
