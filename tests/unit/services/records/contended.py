"""A record store with a competing writer."""

from collections.abc import Callable
from pathlib import Path

from shared.adapters.local.records.records import SqliteRecords
from shared.ports.records import Write


class ContendedRecords(SqliteRecords):
    """Calls ``rival`` before each of the next ``conflicts`` writes. ``writes`` counts all writes."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.conflicts = 0
        self.writes = 0
        self.rival: Callable[[], object] = lambda: None

    def write(self, *writes: Write) -> None:
        if self.conflicts:
            self.conflicts -= 1
            left, self.conflicts = self.conflicts, 0  # the rival's own writes meet no conflict
            self.rival()
            self.conflicts = left
        self.writes += 1
        super().write(*writes)
