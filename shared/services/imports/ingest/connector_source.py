"""Sources in stores of users, fetched through a connector."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from shared.domain.connectors.connector import Connector, ConnectorScope
from shared.domain.connectors.object_address import ObjectAddress
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportStage
from shared.ports.stores import Store, StoredObject, StoreFailed
from shared.services.connectors.connections import Connections
from shared.services.imports.ingest.failures import SourceFailure

FetchObject = Callable[[str, Path, Callable[[int], None]], StoredObject]
"""Streams the object at an address into a file. The progress callback gets the bytes so far and may raise.

Raises: SourceFailure: the connector is gone, no longer permits imports, or its store refuses.
"""


class ConnectorSource:
    """Fetches objects. The connector is read again for each fetch: it may have changed since the request."""

    def __init__(self, connections: Connections, max_bytes: int) -> None:
        self._connections = connections
        self._max_bytes = max_bytes

    @contextmanager
    def connected(self, tenant_id: str, connector_id: str) -> Iterator[FetchObject]:
        """Give the function that fetches objects. The store stays open while the connector is unchanged."""
        with ExitStack() as opened:
            store: Store | None = None
            used: Connector | None = None

            def fetch(address: str, destination: Path, progress: Callable[[int], None]) -> StoredObject:
                nonlocal store, used
                with _failures():
                    connector = self._connections.find(tenant_id, connector_id, ConnectorScope.IMPORT)
                    found = ObjectAddress.parse(address)
                    found.check_store(connector.address)
                    if store is None or connector != used:
                        opened.close()
                        store, used = opened.enter_context(self._connections.open(connector)), connector
                    return store.fetch(found.key, destination, limit=self._max_bytes, progress=progress)

            yield fetch


@contextmanager
def _failures() -> Iterator[None]:
    """Convert what may happen while an object is fetched. Raises: SourceFailure."""
    try:
        yield
    except NotFound as error:
        message = "The connector was deleted before the file was fetched."
        raise _failure(message, error.code) from error
    except (Conflict, InvalidRequest) as error:
        raise _failure(error.message, error.code) from error
    except StoreFailed as failure:
        raise _failure(
            failure.message, f"connector_{failure.problem}", retryable=failure.retryable
        ) from failure


def _failure(message: str, code: str, *, retryable: bool = False) -> SourceFailure:
    return SourceFailure(message, code=code, stage=ImportStage.FETCH, retryable=retryable)
