"""Sources in stores of users, fetched through a connector."""

from collections.abc import Callable
from pathlib import Path

from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.object_address import ObjectAddress
from shared.domain.errors import Conflict, InvalidRequest, NotFound
from shared.domain.imports.import_job import ImportStage
from shared.ports.stores import StoredObject, StoreFailed
from shared.services.connectors.connections import Connections
from shared.services.imports.ingest.failures import SourceFailure


class ConnectorSource:
    """Fetches objects. The connector is read again for each fetch: it may have changed since the request."""

    def __init__(self, connections: Connections, max_bytes: int) -> None:
        self._connections = connections
        self._max_bytes = max_bytes

    def fetch(
        self,
        tenant_id: str,
        connector_id: str,
        address: str,
        destination: Path,
        progress: Callable[[int], None],
    ) -> StoredObject:
        """Stream an object into a file. ``progress`` gets the bytes so far and may raise.

        Raises: SourceFailure: the connector is gone, no longer permits imports, or its store refuses.
        """
        try:
            connector = self._connections.find(tenant_id, connector_id, ConnectorScope.IMPORT)
            found = ObjectAddress.parse(address)
            found.check_store(connector.address)
            with self._connections.open(connector) as store:
                return store.fetch(found.key, destination, limit=self._max_bytes, progress=progress)
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
