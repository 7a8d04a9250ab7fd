"""Services of other rooms that the content of an export reads, as it needs them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol


class RunTables(Protocol):
    """The run tables: one SQLite file for each run."""

    def open(self, tenant_id: str, run_id: str, check: Callable[[], None]) -> AbstractContextManager[Path]:
        """Provide a private copy of the run's table. ``check`` is called during a build and may raise.

        Raises: Conflict: the run has not ended.
        """
        ...
