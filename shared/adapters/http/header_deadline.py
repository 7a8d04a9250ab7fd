"""Ends a connection on which the head of an answer is too long in coming.

A client's time limits are for one wait each, so a server that sends a byte a minute could keep a request,
and whoever waits for it, for months.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

_CONNECTED: Final = "connection.connect_tcp.complete"


class AnswerDeadline:
    """``trace`` goes into a request's extensions, where httpcore tells it of the connection."""

    def __init__(self, seconds: float) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._has_passed = False
        self._timer = threading.Timer(seconds, self._pass)
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

    def trace(self, event: str, about: Mapping[str, Any]) -> None:
        if event != _CONNECTED:
            return
        connection: socket.socket = about["return_value"].get_extra_info("socket")
        with self._lock:
            # A copy still ends the connection once TLS has taken the original over.
            self._connection = connection.dup()
            if self._has_passed:
                self._end()

    def _pass(self) -> None:
        with self._lock:
            self._has_passed = True
            self._end()

    def _end(self) -> None:
        """Unlike closing, this also wakes a thread that waits for bytes."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
