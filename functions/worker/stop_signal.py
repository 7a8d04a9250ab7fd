"""SIGTERM, which a spot host sends two minutes before it goes, as a question that work may ask."""

import signal
import threading
from types import FrameType


class StopSignal:
    """Called, it says whether to stop at the next safe point."""

    def __init__(self) -> None:
        self._told = threading.Event()

    def listen(self) -> None:
        """From the main thread only."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._tell)

    def __call__(self) -> bool:
        return self._told.is_set()

    def _tell(self, _number: int, _frame: FrameType | None) -> None:
        self._told.set()
