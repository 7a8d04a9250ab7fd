"""Graceful stop on SIGTERM and SIGINT, and before the time of the job's attempt is up.

A spot host sends SIGTERM two minutes before it is reclaimed.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

GRACE_SECONDS: Final = 20.0
"""Time to reach a safe point. Batch kills a container 30 s after the signal, and a killed container cannot
report an exit code (https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html)."""

_MAX_MARGIN_SECONDS: Final = 600.0
_MARGIN: Final = 0.1

log = logging.getLogger("functions.worker")


class StopSignal:
    """A callable that returns whether to stop at the next safe point.

    If no safe point comes within ``grace_seconds``, for example while weights are fetched or loaded, the
    process exits where it is. That costs no more than being killed.
    """

    def __init__(self, exit_code: int, grace_seconds: float = GRACE_SECONDS) -> None:
        self._exit_code = exit_code
        self._grace_seconds = grace_seconds
        self._signalled = False
        self._received = threading.Event()

    def listen(self) -> None:
        """Install the signal handlers. Call it from the main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def stop_before(self, seconds: float, margin_seconds: float | None = None) -> None:
        """Stop ``margin_seconds`` before an attempt of ``seconds`` that begins now is over.

        The default margin is a tenth of the attempt, and ten minutes at most.

        Batch kills a job at its timeout and does not retry it, whatever its retry strategy
        (https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html). Half of the margin is time to
        reach a safe point. The other half is for the start of the process, which Batch counts too.
        """
        margin = min(_MAX_MARGIN_SECONDS, seconds * _MARGIN) if margin_seconds is None else margin_seconds
        _start_timer(seconds - margin, self._on_deadline, margin / 2)

    def __call__(self) -> bool:
        return self._received.is_set()

    def _on_deadline(self, grace_seconds: float) -> None:
        log.warning("the attempt's time is almost up")
        self._received.set()
        _start_timer(grace_seconds, self._exit, grace_seconds)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._signalled:
            return
        self._signalled = True
        self._received.set()
        _start_timer(self._grace_seconds, self._exit, self._grace_seconds)

    def _exit(self, grace_seconds: float) -> None:
        log.warning("interrupted outside a safe point", extra={"seconds": grace_seconds})
        exit_immediately(self._exit_code)


def _start_timer(seconds: float, function: Callable[[float], None], argument: float) -> None:
    timer = threading.Timer(seconds, function, [argument])
    timer.daemon = True
    timer.start()


def exit_immediately(code: int) -> None:
    """Exit without waiting for threads, which may be in the middle of a request."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
