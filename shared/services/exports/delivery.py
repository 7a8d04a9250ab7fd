"""Delivery of an export's file into the store of a connector."""

from collections.abc import Callable

from shared.domain import blob_keys
from shared.domain.connectors.connector import ConnectorScope
from shared.domain.connectors.object_address import ObjectAddress
from shared.domain.errors import Conflict
from shared.domain.exports.export import Export
from shared.ports.blobs import Blobs
from shared.services.connectors.connections import Connections


class Delivery:
    """Writes files below the ``export_base_path`` of connectors.

    The object's key follows from the export, so that a repeated delivery replaces the object.
    """

    def __init__(self, connections: Connections, blobs: Blobs) -> None:
        self._connections = connections
        self._blobs = blobs

    def deliver(self, export: Export, progress: Callable[[int], None]) -> str:
        """Write the stored file of an export, and return the object's address.

        ``progress`` gets the number of bytes so far and may raise.

        Raises:
            NotFound: the connector was deleted.
            Conflict: it lacks the scope, is disabled, or has another ``export_base_path`` than before.
            StoreFailed: the store refuses, or does not answer. Unavailable.
        """
        connector_id = export.destination_connector_id or ""
        connector = self._connections.find(export.tenant_id, connector_id, ConnectorScope.EXPORT)
        if connector.export_base_path != export.destination_base_path:
            raise Conflict(
                f"The export_base_path of the connector {connector.name!r} has changed since the export was"
                " created. Create it again.",
                code="export_base_path_changed",
            )
        file = blob_keys.export_file(export.tenant_id, export.export_id)
        with self._blobs.as_file(file) as path, self._connections.open(connector) as store:
            store.write(export.object_key, path, export.format.media_type, progress)
        store_address = connector.address
        return ObjectAddress(store_address.provider, store_address.container_name, export.object_key).uri
