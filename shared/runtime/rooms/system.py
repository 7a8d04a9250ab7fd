"""Services over the server as a whole: numbers, health, models in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.system.archive_numbers import ArchiveCounts
    from shared.services.system.health import Health


class SystemRoom(Room):
    @lazy
    def counts(self) -> ArchiveCounts:
        from shared.services.system.archive_numbers import ArchiveCounts

        return ArchiveCounts(self._documents)

    @lazy
    def health(self) -> Health:
        from shared.services.system.health import Health

        ports = self._ports
        return Health(
            lambda: ports.records,
            lambda: ports.blobs,
            lambda: ports.search_index,
            lambda: ports.query_embedder,
        )
