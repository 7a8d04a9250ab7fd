"""Services of other rooms that the content of an export reads."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class RunTables(Protocol):
    """The run tables: one SQLite file for each run."""

    def open(self, tenant_id: str, run_id: str) -> AbstractContextManager[Path]:
        """Yield a private copy of the run's table."""
        ...


class Selection(Protocol):
    """The segments that a run's selection matches."""

    def matched(self, tenant_id: str, run_id: str, media_id: str) -> frozenset[str] | None:
        """Return ids of segments; None if the run has no selection."""
        ...
