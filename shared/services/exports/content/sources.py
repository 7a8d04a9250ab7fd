"""Services of other rooms that the content of an export reads."""

from collections.abc import Callable, Iterable, Mapping
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


class Selections(Protocol):
    """The segments that the selections of runs match."""

    def matched_in(
        self, tenant_id: str, run_id: str, media_ids: Iterable[str]
    ) -> Mapping[str, frozenset[str]]:
        """Return the ids of the matched segments by medium. A medium without a selection is missing."""
        ...
