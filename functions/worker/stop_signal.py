"""Graceful stop on SIGTERM and SIGINT. A spot host sends SIGTERM two minutes before it is reclaimed."""

import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Final

GRACE_SECONDS: Final = 20.0
"""Time to reach a safe point. Batch kills a container 30 s after the signal, and a killed container cannot
report an exit code (https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html)."""

log = logging.getLogger("functions.worker")


class StopSignal:
    """A callable that returns whether to stop at the next safe point.

    If no safe point comes within ``grace_seconds``, for example while weights are fetched or loaded, the
    process exits where it is. That costs no more than being killed.
    """

    def __init__(self, exit_code: int, grace_seconds: float = GRACE_SECONDS) -> None:
        self._exit_code = exit_code
        self._grace_seconds = grace_seconds
        self._received = threading.Event()

    def listen(self) -> None:
        """Install the signal handlers. Call it from the main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def __call__(self) -> bool:
        return self._received.is_set()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._received.is_set():
            return
        self._received.set()
        timer = threading.Timer(self._grace_seconds, self._exit)
        timer.daemon = True
        timer.start()

    def _exit(self) -> None:
        log.warning("interrupted outside a safe point", extra={"seconds": self._grace_seconds})
        exit_immediately(self._exit_code)


def exit_immediately(code: int) -> None:
    """Exit without waiting for threads, which may be in the middle of a request."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
