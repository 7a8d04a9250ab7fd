"""Listings of stores of users."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.access import Caller
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.errors import ConnectionFailed
from shared.ports.stores import Store, StoredObject, StoreFailed
from shared.services.connectors.connections import Connections

MAX_FILES: Final = 1000
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
        """List the first ``limit`` files that match, in the order of the store. Folder markers are left out.

        Raises:
            InvalidRequest: the pattern is invalid.
            NotFound: the connector does not exist.
            Conflict: the connector lacks the scope import.
            ConnectionFailed: the store refuses, does not answer, or the listing takes over 20 seconds.
        """
        pattern = FilePattern(query.pattern)
        connector = self._connections.find(caller.tenant_id, connector_id, ConnectorScope.IMPORT)
        try:
            with self._connections.open(connector, seconds=self._seconds) as store:
                return _files(store, query, pattern)
        except StoreFailed as failure:
            raise connection_failed(failure) from failure


def _files(store: Store, query: FileQuery, pattern: FilePattern) -> list[StoredObject]:
    found: list[StoredObject] = []
    for page in store.list(query.prefix, recursive=query.recursive):
        for each in page:
            if not each.path.endswith("/") and pattern.matches(each.path):
                found.append(each)
                if len(found) == query.limit:
                    return found
    return found


def connection_failed(failure: StoreFailed) -> ConnectionFailed:
    """Convert a failure of a store for the client."""
    return ConnectionFailed(
        failure.message,
        code=f"connector_{failure.problem}",
        details={"problem": failure.problem, "retryable": failure.retryable},
    )
