"""Maintenance of the arrays of an open index: segments, rebuilds, erasure, and repair after failed writes.

The arrays are a cache of the store. Whatever fails here leaves the store's documents as they are: the arrays
read them again, or the next write repeats the work.
"""

from __future__ import annotations

import errno
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from shared.adapters.local.search.arrays.checkpoint import FOLDER
from shared.adapters.local.search.arrays.snapshot import Snapshot
from shared.adapters.local.search.documents import Row
from shared.adapters.local.search.opening import (
    open_memory,
    read_changes,
    rebuild_memory,
    remove_unused,
    save_segment,
)
from shared.adapters.local.search.store import SearchStore
from shared.adapters.local.sqlite_connections import StorageFull
from shared.domain.errors import Unavailable
from shared.domain.evidence import EmbeddingSpace

_log = logging.getLogger(__name__)

_MAX_DEAD_ROWS: Final = 5_000
_MAX_DEAD_SHARE: Final = 0.3
_PAUSE_SECONDS: Final = 60.0
"""After a failure, so long no segment is written and nothing is rebuilt."""


class MaintainedMemory:
    """The writer of the arrays in ``folder``. One writer at a time; any thread may read ``snapshot``."""

    def __init__(
        self,
        folder: Path,
        store: SearchStore,
        text_space: EmbeddingSpace,
        picture_space: EmbeddingSpace,
        make_room: Callable[[], bool],
    ) -> None:
        """Open the arrays of ``store``. ``make_room`` as in ``SqliteConnections``. Raises: Unavailable."""
        self._folder, self._store, self._make_room = folder, store, make_room
        self.is_behind = False
        """A write changed the store, but not the arrays: nothing may read them before ``refresh``."""
        self._has_unused_files = False
        self._next_attempt = 0.0
        with self._files():
            self._memory = open_memory(folder, store, text_space, picture_space)
        self._attempt(self._save_segment)

    @property
    def snapshot(self) -> Snapshot:
        return self._memory.snapshot

    def append(self, rows: Sequence[Row]) -> None:
        """Append documents before their commit. Raises: Unavailable: nothing was appended."""
        with self._files():
            self._memory.append(rows)

    def discard(self) -> None:
        """Remove the documents that were appended since the last ``publish``."""
        self._memory.discard()

    def publish(self, *, replaced: Iterable[int] = (), deleted: Iterable[int] = ()) -> None:
        """As ``SearchMemory.publish``. Raises: Unavailable: nothing was published."""
        with self._files():
            self._memory.publish(replaced, deleted)

    def refresh(self) -> None:
        """Read the changes of writes that failed after their commit. Raises: Unavailable."""
        if not self.is_behind:
            return
        with self._files():
            try:
                read_changes(self._store, self._memory)
            except ValueError:
                self._rebuild()
        self.is_behind = False

    def erase(self) -> None:
        """Overwrite the content of removed documents in the files, except of those that a reader still uses.

        Raises: Unavailable: the next call repeats it.
        """
        with self._files():
            self._memory.erase_removed()
            self._remove_unused()

    def tidy(self) -> None:
        """Write recent documents as a segment. Rebuild the arrays if too many of their documents are deleted.

        A failure, such as a full disk or too little memory, leaves this to a later write.
        """
        self._attempt(self._save_segment)
        if self._memory.dead > max(_MAX_DEAD_ROWS, _MAX_DEAD_SHARE * len(self.snapshot.rows)):
            self._attempt(self._rebuild)

    def close(self) -> None:
        """Close the files. The next opening erases what cannot be erased now."""
        with suppress(Unavailable):
            self.erase()
        self._memory.close()

    def _attempt(self, action: Callable[[], None]) -> None:
        if time.monotonic() < self._next_attempt:
            return
        try:
            action()
            self._remove_unused()
        except (OSError, Unavailable, MemoryError, ValueError) as error:
            self._next_attempt = time.monotonic() + _PAUSE_SECONDS
            _log.warning("The arrays of the search index stay as they are, to be written later: %r", error)

    def _save_segment(self) -> None:
        if self._memory.is_segment_due:
            self._has_unused_files = True
            save_segment(self._folder / FOLDER, self._store, self._memory)

    def _rebuild(self) -> None:
        self._has_unused_files = True
        previous = self._memory
        self._memory = rebuild_memory(self._folder, self._store, previous)
        previous.close()

    def _remove_unused(self) -> None:
        if self._has_unused_files:
            remove_unused(self._folder / FOLDER, self._memory)
            self._has_unused_files = False

    @contextmanager
    def _files(self) -> Iterator[None]:
        """Convert errors of files and of memory. Raises: Unavailable."""
        try:
            yield
        except MemoryError as error:
            message = "There is too little memory for the arrays of the search index."
            raise Unavailable(message, details={"file": FOLDER}) from error
        except OSError as error:
            message = f"The arrays of the search index cannot be used: {error.strerror or error}."
            details = {"file": FOLDER}
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(message, details=details, made_room=self._make_room()) from error
            raise Unavailable(message, details=details) from error
