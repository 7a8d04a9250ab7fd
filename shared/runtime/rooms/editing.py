"""Services for people who edit: subtitles, cut lists, clips."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.exports.clips.clips import Clips
    from shared.services.exports.clips.erasure import ClipErasure
    from shared.services.exports.clips.failures import ClipFailures
    from shared.services.exports.clips.work import ClipWork


class EditingRoom(Room):
    @lazy
    def clips(self) -> Clips:
        from shared.services.exports.clips.clips import Clips

        return Clips(self._documents, self._ports.jobs, self.clip_erasure)

    @lazy
    def clip_work(self) -> ClipWork:
        from shared.services.exports.clips.work import ClipWork

        return ClipWork(self._documents, self._ports.blobs, self._ports.settings)

    @lazy
    def clip_failures(self) -> ClipFailures:
        from shared.services.exports.clips.failures import ClipFailures

        return ClipFailures(self._documents, self._ports.blobs)

    @lazy
    def clip_erasure(self) -> ClipErasure:
        from shared.services.exports.clips.erasure import ClipErasure

        return ClipErasure(self._documents, self._ports.blobs)
