"""A walk over the objects of a store that a selection names."""

from collections.abc import Callable, Iterator

from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.imports.selection import ConnectorSelection
from shared.ports.stores import Store, StoredObject
from shared.services.connectors.browsing import is_file


class StoreWalk:
    """One walk, page by page. ``last_key`` is the last key that it has seen, whether selected or not."""

    def __init__(
        self,
        store: Store,
        source: ConnectorSelection,
        start_after: str,
        stopping: Callable[[], bool],
        is_over: Callable[[], bool],
    ) -> None:
        """``stopping`` is asked before each page, and ``is_over`` after it: a walk whose time is over comes
        at least one page further, however slow the store is."""
        self._store = store
        self._source = source
        self._stopping = stopping
        self._is_over = is_over
        self.last_key = start_after
        self.was_stopped = False

    def objects(self) -> Iterator[StoredObject]:
        """Yield the selected objects. The walk ends early if the process is stopping, or its time is over."""
        source, pattern = self._source, FilePattern(self._source.file_pattern)
        pages = self._store.list(source.source_prefix, recursive=source.recursive, start_after=self.last_key)
        for page in pages:
            if self._stopping():
                self.was_stopped = True
                return
            for found in page:
                self.last_key = found.path
                if is_file(found.path) and pattern.matches(found.path):
                    yield found
            if self._is_over():
                self.was_stopped = True
                return
