"""An open store whose operations run in its own process."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from shared.adapters.http.stores.store_process.messages import (
    ObjectEntry,
    Operation,
    Request,
    StoreSpecification,
)
from shared.adapters.http.stores.store_process.process import StoreProcess
from shared.domain.connectors.store_problem import StoreProblem
from shared.ports.stores import StoredObject, StoreFailed

_INTERRUPTED = "The listing was interrupted. Try again."


class ProcessStore:
    """Implements ``shared.ports.stores.Store``."""

    def __init__(self, specification: StoreSpecification) -> None:
        self._process = StoreProcess(specification)
        self._numbers = itertools.count(1)

    def list(
        self, prefix: str = "", *, recursive: bool = True, start_after: str = ""
    ) -> Iterator[Sequence[StoredObject]]:
        listing = next(self._numbers)
        answer = self._process.ask(
            Request(Operation.LIST, prefix, recursive=recursive, start_after=start_after, listing=listing)
        )
        start = self._process.starts
        try:
            while not answer.is_last:
                if answer.objects:
                    yield [_object(entry) for entry in answer.objects]
                if self._process.starts != start:
                    raise StoreFailed(_INTERRUPTED, StoreProblem.NO_ANSWER, retryable=True)
                answer = self._process.ask(Request(Operation.NEXT, prefix, listing=listing))
        finally:
            if not answer.is_last:
                self._end(listing, start)

    def stat(self, path: str) -> StoredObject:
        return _object(self._process.ask(Request(Operation.STAT, path)).objects[0])

    def fetch(
        self, path: str, destination: Path, *, limit: int, progress: Callable[[int], None]
    ) -> StoredObject:
        request = Request(Operation.FETCH, path, file=str(destination.absolute()), limit=limit)
        return _object(self._process.ask(request, progress).objects[0])

    def write(
        self,
        path: str,
        source: Path,
        content_type: str,
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        request = Request(Operation.WRITE, path, file=str(source.absolute()), content_type=content_type)
        return self._process.ask(request, progress).size

    def delete(self, path: str) -> None:
        self._process.ask(Request(Operation.DELETE, path))

    def close(self) -> None:
        self._process.close()

    def _end(self, listing: int, start: int) -> None:
        """End a listing that its caller leaves early, if its process still runs."""
        if self._process.is_running and self._process.starts == start:
            with suppress(StoreFailed):
                self._process.ask(Request(Operation.END, listing=listing))


def _object(entry: ObjectEntry) -> StoredObject:
    return StoredObject(
        entry.path,
        entry.size,
        datetime.fromtimestamp(entry.modified, UTC),
        entry.etag,
        entry.content_type,
    )
