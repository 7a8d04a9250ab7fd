"""A timer for each adapter, over records of its runtime, with a handler that the test gives."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.timer.due_queue import TimerLimits
from shared.adapters.local.timer.timer import LocalTimer
from shared.domain.due import Due, DueKind
from shared.ports.timer import DueHandler, Timer
from shared.services.records.documents import Documents
from tests.waiting import HANG_TIMEOUT, wait_until


class TimerWorld(Protocol):
    @property
    def timer(self) -> Timer: ...

    @property
    def documents(self) -> Documents:
        """The store of the due records."""
        ...

    def start(self, handler: DueHandler) -> None:
        """Let the timer call ``handler`` for due work of every kind. A test calls it once."""
        ...

    def run_until(self, holds: Callable[[], object]) -> None:
        """Let the timer work, its sweeps included, until ``holds()`` is true."""
        ...

    def close(self) -> None: ...


class LocalTimerWorld:
    """The timer's threads, with a sweep every 50 ms."""

    def __init__(self, folder: Path) -> None:
        self._records = SqliteRecords(folder / "records.sqlite")
        self.documents = Documents(self._records)
        self._handlers: list[DueHandler] = []
        self.timer = LocalTimer(
            self.documents,
            dict.fromkeys(DueKind, self._handle),
            limits=TimerLimits(pause_seconds=0.05),
            sweep_seconds=0.05,
        )

    def start(self, handler: DueHandler) -> None:
        self._handlers.append(handler)
        self.timer.start()

    def run_until(self, holds: Callable[[], object]) -> None:
        wait_until(holds)

    def _handle(self, due: Due) -> bool:
        return self._handlers[0](due)

    def close(self) -> None:
        assert self.timer.stop(HANG_TIMEOUT)
        self._records.close()
