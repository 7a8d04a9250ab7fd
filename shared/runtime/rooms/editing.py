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
    from shared.services.exports.cut_lists.cut_lists import CutLists
    from shared.services.exports.subtitles.transcripts import Transcripts


class EditingRoom(Room):
    @lazy
    def transcripts(self) -> Transcripts:
        from shared.services.exports.subtitles.transcripts import Transcripts

        return Transcripts(self._runtime.runs.timelines, self._runtime.library.segments)

    @lazy
    def cut_lists(self) -> CutLists:
        from shared.services.exports.cut_lists.cut_lists import CutLists
        from shared.services.exports.cut_lists.sources import CutSources

        library = self._runtime.library
        return CutLists(CutSources(self._documents, library.segments, library.markers))

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
