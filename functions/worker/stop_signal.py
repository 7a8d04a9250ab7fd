"""SIGTERM, which a spot host sends two minutes before it goes, as a question that work may ask."""

import logging
import os
import signal
import sys
import threading
from types import FrameType
from typing import Final

PATIENCE: Final = 20.0
"""Seconds to a safe point: a container is killed 30 s after it was told to stop, and then says nothing
(https://docs.aws.amazon.com/batch/latest/userguide/job_timeouts.html)."""

log = logging.getLogger("functions.worker")


class StopSignal:
    """Called, it says whether to stop at the next safe point. Where none comes, in weights that are
    fetched or loaded, the process is left as it is: that costs no more than being killed does."""

    def __init__(self, exit_code: int, patience: float = PATIENCE) -> None:
        self._exit_code = exit_code
        self._patience = patience
        self._told = threading.Event()

    def listen(self) -> None:
        """From the main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)

    def __call__(self) -> bool:
        return self._told.is_set()

    def _tell(self, _number: int, _frame: FrameType | None) -> None:
        if self._told.is_set():
            return
        self._told.set()
        last = threading.Timer(self._patience, self._leave)
        last.daemon = True
        last.start()

    def _leave(self) -> None:
        log.warning("interrupted where there is no safe point", extra={"seconds": self._patience})
        leave(self._exit_code)


def leave(code: int) -> None:
    """End the process without waiting for its threads, which may be in the middle of a request."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)
