"""Files of exports, and their removal."""

from shared.domain import blob_keys
from shared.ports.blobs import Blobs
from shared.services.exports.snapshots import Snapshots


class ExportFiles:
    """Removes what an export keeps in blobs, and the pointers of its media."""

    def __init__(self, blobs: Blobs, snapshots: Snapshots) -> None:
        self._blobs = blobs
        self._snapshots = snapshots

    def remove(self, tenant_id: str, export_id: str, *, except_pointer_of: str | None = None) -> None:
        """Remove the file and the snapshot of an export whose work has ended. It can be repeated.

        ``except_pointer_of``: the medium whose pointer the caller deletes afterwards.
        """
        self._blobs.delete(blob_keys.export_file(tenant_id, export_id))
        self._snapshots.delete(tenant_id, export_id, except_pointer_of=except_pointer_of)
