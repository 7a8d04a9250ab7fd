"""Services over indexes, media and segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.library.file_links import FileLinks
    from shared.services.library.indexes import Indexes
    from shared.services.library.markers.markers import Markers
    from shared.services.library.markers.shown_markers import ShownMarkers
    from shared.services.library.media_library import MediaLibrary
    from shared.services.library.media_status import MediaStatus
    from shared.services.library.segments import Segments


class LibraryRoom(Room):
    @lazy
    def indexes(self) -> Indexes:
        from shared.services.library.indexes import Indexes

        return Indexes(self._documents, max_indexes=self._ports.settings.max_indexes)

    @lazy
    def media(self) -> MediaLibrary:
        from shared.services.library.media_library import MediaLibrary

        return MediaLibrary(self._documents, self._ports.blobs)

    @lazy
    def media_status(self) -> MediaStatus:
        from shared.services.library.media_status import MediaStatus

        return MediaStatus(self._documents)

    @lazy
    def segments(self) -> Segments:
        from shared.services.library.segments import Segments

        return Segments(self._documents)

    @lazy
    def file_links(self) -> FileLinks:
        from shared.services.library.file_links import FileLinks

        return FileLinks(self._documents, self._ports.blobs, self._ports.settings.signed_link_seconds)

    @lazy
    def markers(self) -> Markers:
        from shared.services.library.markers.markers import Markers

        return Markers(self._documents, max_markers=self._ports.settings.max_markers)

    @lazy
    def shown_markers(self) -> ShownMarkers:
        from shared.services.library.markers.shown_markers import ShownMarkers

        return ShownMarkers(self._documents)
