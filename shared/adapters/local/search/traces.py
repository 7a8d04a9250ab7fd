"""Removal of what deleted documents leave in unused parts of the store's file.

SQLite overwrites a deleted row, but not the places where the row was before it moved, and it moves rows when
it splits and joins pages. Only a file that is written anew has no such copies. That takes seconds for each
100,000 segments, so it waits for a quiet time, but no longer than a week, and happens at most once a day.
"""

import time
from typing import Final

from shared.adapters.local.search.store import SearchStore
from shared.domain.errors import Unavailable

_QUIET_SECONDS: Final = 600.0
_INTERVAL_SECONDS: Final = 86_400
_MOST_INTERVALS: Final = 7


class TraceRemoval:
    """Rewrites the file of ``store`` when it is due. The caller lets one thread at a time write."""

    def __init__(
        self,
        store: SearchStore,
        quiet_seconds: float = _QUIET_SECONDS,
        interval_seconds: int = _INTERVAL_SECONDS,
    ) -> None:
        self._store = store
        self._quiet_seconds, self._interval_seconds = quiet_seconds, interval_seconds
        self._quiet_from = time.monotonic() + quiet_seconds
        self._earliest = 0.0

    def note_write(self) -> None:
        """Wait for a quiet time again."""
        self._quiet_from = time.monotonic() + self._quiet_seconds

    @property
    def is_due(self) -> bool:
        now = time.monotonic()
        intervals = 1 if now >= self._quiet_from else _MOST_INTERVALS
        return now >= self._earliest and self._store.is_rewrite_due(intervals * self._interval_seconds)

    def run(self) -> bool:
        """Rewrite the file. Returns False if a search still uses the old pages: the next call tries again.

        Raises: Unavailable: a failed attempt is repeated after a day.
        """
        try:
            return self._store.rewrite()
        except Unavailable:
            self._earliest = time.monotonic() + self._interval_seconds
            raise
