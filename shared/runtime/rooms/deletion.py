"""Services that delete media and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.deletion.deletions import Deletions
    from shared.services.deletion.eraser import DerivedTraces
    from shared.services.deletion.work import DeletionWork


class DeletionRoom(Room):
    @lazy
    def requests(self) -> Deletions:
        from shared.services.deletion.deletions import Deletions

        return Deletions(self._documents, self._ports.jobs)

    @lazy
    def work(self) -> DeletionWork:
        from shared.services.deletion.work import DeletionWork

        ports, runtime = self._ports, self._runtime
        traces: list[DerivedTraces] = [
            runtime.alerts.erasure,
            runtime.exports.erasure,
            runtime.editing.clip_erasure,
        ]
        return DeletionWork(self._documents, ports.blobs, ports.search_index, traces)
