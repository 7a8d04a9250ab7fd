"""Listings of stores of users."""

import sys
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final

from shared.domain.access import Caller
from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.connectors.file_pattern import FilePattern
from shared.domain.connectors.rules import check_prefix
from shared.domain.connectors.store_problem import StoreProblem
from shared.domain.errors import ConnectionFailed, StoreRefusal
from shared.ports.stores import StoredObject, StoreFailed
from shared.services.connectors.connections import Connections, StoreDeadline

Pages = Generator[Sequence[StoredObject], None, None]

PROBE_PREFIX: Final = ".videovector-connection-test-"
"""Start of the name of the object that a test writes and deletes. Listings leave such objects out: they stay
where the credentials may not delete."""

BROWSE_SECONDS: Final = 20.0
"""Time for a listing, or for a page of one that is streamed. API Gateway waits 29 seconds for an answer."""

CHECK_SECONDS: Final = 120.0
"""Time for the listing of an automation's check in a function on AWS, which has three minutes."""

STREAM_SECONDS: Final = 600.0
"""Time for a listing that is streamed. It holds a process, and a slot of its tenant."""


@dataclass(frozen=True, slots=True)
class FileQuery:
    """What to list. ``prefix`` is the start of the keys, ``pattern`` a glob (``FilePattern``). ``limit`` is
    the maximum number of files; None: all. The listing begins behind the key ``start_after``."""

    prefix: str = ""
    pattern: str = "*"
    recursive: bool = True
    limit: int | None = None
    start_after: str = ""


class Browsing:
    """Lists the files of stores."""

    def __init__(
        self, connections: Connections, *, is_streamed: bool, seconds: float = BROWSE_SECONDS
    ) -> None:
        """``seconds`` limits the time of a listing. If it ``is_streamed``, they limit the time of each page:
        until the store has listed it, and the client has taken the page before."""
        self._connections = connections
        self._is_streamed = is_streamed
        self._seconds = seconds

    @property
    def longest_seconds(self) -> float:
        """The time that a listing takes at most."""
        return STREAM_SECONDS + self._seconds if self._is_streamed else self._seconds

    def browse(self, caller: Caller, connector_id: str, query: FileQuery) -> Pages:
        """Walk over the first ``limit`` files that match, in the order of the store, page by page.

        A page may have no files. Close the generator to end the walk early.

        Raises:
            InvalidRequest: the pattern or the prefix is invalid.
            NotFound: the connector does not exist.
            Conflict: the connector lacks the scope import.
            StoreRefusal: during the walk: the store refuses the listing.
            ConnectionFailed: during the walk: the store does not answer, or takes too long.
        """
        check_prefix(query.prefix)
        pattern = FilePattern(query.pattern)
        connector = self._connections.find(caller.tenant_id, connector_id, ConnectorScope.IMPORT)
        return self._pages(connector, query, pattern)

    def _pages(self, connector: Connector, query: FileQuery, pattern: FilePattern) -> Pages:
        left = sys.maxsize if query.limit is None else query.limit
        deadline, ends_at = StoreDeadline(self._seconds), time.monotonic() + STREAM_SECONDS
        try:
            with self._connections.open(connector, deadline) as store:
                for page in store.list(
                    query.prefix, recursive=query.recursive, start_after=query.start_after
                ):
                    found = [each for each in page if is_file(each.path) and pattern.matches(each.path)]
                    yield found[:left]
                    left -= len(found)
                    if left <= 0:
                        return
                    if self._is_streamed and time.monotonic() < ends_at:
                        deadline.extend()
        except StoreFailed as failure:
            raise connection_failed(failure) from failure


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
