"""A deadline for a response, or for its headers.

The timeouts of an HTTP client apply to each read, so a server that sends one byte per minute could keep a
request open for months.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

_CONNECTED: Final = "connection.connect_tcp.complete"


class ResponseDeadline:
    """Ends the connection at the deadline. ``trace`` is a request extension, which httpcore calls."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._has_passed = False
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @property
    def has_passed(self) -> bool:
        return self._has_passed

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        if event != _CONNECTED:
            return
        connection: socket.socket = details["return_value"].get_extra_info("socket")
        with self._lock:
            # The duplicate can shut down the connection after TLS has wrapped the original socket.
            self._connection = connection.dup()
            if self._has_passed:
                self._shut_down()

    def _expire(self) -> None:
        with self._lock:
            self._has_passed = True
            self._shut_down()

    def _shut_down(self) -> None:
        """Shut down the connection. Unlike closing, this also wakes a thread that waits for bytes."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
