"""Listings of stores of users."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from shared.domain.access import Caller
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.connectors.rules import check_prefix
from shared.domain.connectors.store_problem import StoreProblem
from shared.domain.errors import ConnectionFailed, StoreRefusal
from shared.ports.stores import Store, StoredObject, StoreFailed
from shared.services.connectors.connections import Connections

MAX_FILES: Final = 1000
PROBE_PREFIX: Final = ".videovector-connection-test-"
"""Start of the name of the object that a test writes and deletes. Listings leave such objects out: they stay
where the credentials may not delete."""

BROWSE_SECONDS: Final = 20.0
"""Time for a listing. API Gateway waits 29 seconds for an answer."""


@dataclass(frozen=True, slots=True)
class FileQuery:
    """What to list. ``prefix`` is the start of the keys, ``pattern`` a glob (``FilePattern``)."""

    prefix: str = ""
    pattern: str = "*"
    recursive: bool = True
    limit: int = MAX_FILES


class Browsing:
    """Lists the files of stores. A listing holds one page of the store and the files found so far."""

    def __init__(self, connections: Connections, *, seconds: float = BROWSE_SECONDS) -> None:
        """``seconds`` limits the time of a listing."""
        self._connections = connections
        self._seconds = seconds

    def browse(self, caller: Caller, connector_id: str, query: FileQuery) -> Sequence[StoredObject]:
        """List the first ``limit`` files that match, in the order of the store.

        Raises:
            InvalidRequest: the pattern or the prefix is invalid.
            NotFound: the connector does not exist.
            Conflict: the connector lacks the scope import.
            StoreRefusal: the store refuses the listing.
            ConnectionFailed: the store does not answer, or the listing takes over 20 seconds.
        """
        check_prefix(query.prefix)
        pattern = FilePattern(query.pattern)
        connector = self._connections.find(caller.tenant_id, connector_id, ConnectorScope.IMPORT)
        try:
            with self._connections.open(connector, seconds=self._seconds) as store:
                return list(islice(files(store, query, pattern), query.limit))
        except StoreFailed as failure:
            raise connection_failed(failure) from failure


def files(store: Store, query: FileQuery, pattern: FilePattern) -> Iterator[StoredObject]:
    """Walk over the files that match, without markers of folders and the object that a test writes.

    Raises: StoreFailed.
    """
    for page in store.list(query.prefix, recursive=query.recursive):
        for each in page:
            if is_file(each.path) and pattern.matches(each.path):
                yield each


def is_file(key: str) -> bool:
    """Return whether a key is that of a file, and not of a folder's marker or of a test's object."""
    return not key.endswith("/") and not key.rpartition("/")[2].startswith(PROBE_PREFIX)


def connection_failed(failure: StoreFailed) -> ConnectionFailed | StoreRefusal:
    """Convert a failure of a store for the client."""
    no_answer = failure.problem in (StoreProblem.NO_ANSWER, StoreProblem.UNEXPECTED_ANSWER)
    return (ConnectionFailed if no_answer else StoreRefusal)(
        failure.message,
        code=f"connector_{failure.problem}",
        details={"problem": failure.problem, "retryable": failure.retryable},
    )
