"""Records that another process writes at the same moment."""

from collections.abc import Callable
from pathlib import Path

from shared.adapters.local.records.records import SqliteRecords
from shared.ports.records import Write


class ContendedRecords(SqliteRecords):
    """``rival`` runs before each of the next ``conflicts`` writes. ``writes`` counts what arrived."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.conflicts = 0
        self.writes = 0
        self.rival: Callable[[], object] = lambda: None

    def write(self, *writes: Write) -> None:
        if self.conflicts:
            self.conflicts -= 1
            left, self.conflicts = self.conflicts, 0  # the rival itself writes without a conflict
            self.rival()
            self.conflicts = left
        self.writes += 1
        super().write(*writes)
