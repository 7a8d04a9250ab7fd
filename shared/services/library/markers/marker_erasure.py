"""Erasure of the markers of a medium that is deleted, with those of its segments and results."""

from typing import Final

from shared.domain import keys
from shared.domain.keys import Key
from shared.domain.markers.marker import TargetMarkers
from shared.ports.records import Delete, Write
from shared.services.library.markers.marker_records import total_write
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision

_PAGE: Final = 100


class MarkerErasure:
    """Erases markers. An erasure can be interrupted and repeated: the markers of each target are deleted and
    counted in one transaction."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def erase_medium(self, tenant_id: str, media_id: str) -> None:
        """Delete the markers of a medium, its segments and its results."""
        targets = keys.target_markers(tenant_id, media_id)
        while found := self._documents.sort_keys(targets, limit=_PAGE).items:
            for sort in found:
                self._erase(tenant_id, Key(targets.partition, sort))

    def _erase(self, tenant_id: str, target: Key) -> None:
        def decide() -> Decision[None]:
            batch = self._documents.batch([target, keys.marker_total(tenant_id)])
            markers = batch.get(TargetMarkers, target)
            if markers is None:
                return Decision(None)
            listed: list[Write] = [Delete(keys.marker(tenant_id, each.marker_id)) for each in markers.all]
            total = total_write(batch, tenant_id, -len(listed))
            return Decision(None, [Delete(target, batch.version(target)), *listed, total])

        self._documents.transact(decide)
