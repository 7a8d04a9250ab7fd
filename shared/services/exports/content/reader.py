"""Reads what an export contains, page by page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Final

from shared.domain import keys
from shared.domain.exports.content_scope import ContentScope, MediumOfRun, ResultScope
from shared.domain.prompts.prompt import JsonObject
from shared.domain.runs.prompt_run import PromptRun, VideoResult
from shared.domain.runs.selection import MediumSelection
from shared.ports.jobs import CheckStop
from shared.services.exports.content.shapes import MediumOfExport, exported_segment
from shared.services.library.file_links import FileLinks
from shared.services.library.markers.shown_markers import ShownMarkers
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents

_MEDIA_BATCH: Final = 25
_PAGE_SIZE: Final = 200


@dataclass(frozen=True, slots=True)
class MediumResults:
    """The results of a medium in a run. ``pages`` are its segments in the order of time, to be read once,
    before the next medium."""

    medium: MediumOfExport
    video_result: VideoResult | None
    pages: Iterator[Sequence[JsonObject]]


class ContentReader:
    """Reads the runs, the media and the segments of one export, in the order of its snapshot.

    Media that are deleted or being deleted are left out. An export of matches contains the results that the
    selection of their run contains, and the media of these.
    """

    def __init__(
        self,
        documents: Documents,
        links: FileLinks,
        scope: ContentScope,
        check_stop: CheckStop,
    ) -> None:
        self._documents = documents
        self._visible = VisibleMedia(documents)
        self._markers = ShownMarkers(documents)
        self._links = links
        self._check_stop = check_stop
        self._matches_only = scope.result_scope is ResultScope.MATCHES
        self.scope = scope

    def runs(self) -> Iterator[PromptRun]:
        """Yield each run of the snapshot once."""
        for run_id, _ in groupby(self.scope.snapshot, key=_run_id):
            self._check_stop()
            if (run := self._run(run_id)) is not None:
                yield run

    def media(self) -> Iterator[MediumResults]:
        """Yield the media of each run. Raises: Unavailable: a store does not answer."""
        for run_id, entries in groupby(self.scope.snapshot, key=_run_id):
            run = self._run(run_id)
            if run is None:
                continue
            while media_ids := [entry.media_id for entry in islice(entries, _MEDIA_BATCH)]:
                self._check_stop()
                yield from self._batch(run, media_ids)

    def segments(self) -> Iterator[tuple[MediumOfExport, Sequence[JsonObject]]]:
        """Yield the segments of all media, page by page, with their medium."""
        for results in self.media():
            for page in results.pages:
                yield results.medium, page

    def _run(self, run_id: str) -> PromptRun | None:
        return self._documents.get(PromptRun, keys.prompt_run(self.scope.tenant_id, run_id))

    def _batch(self, run: PromptRun, media_ids: Sequence[str]) -> Iterator[MediumResults]:
        tenant_id, run_id = self.scope.tenant_id, run.run_id
        results = {each: keys.video_result(tenant_id, run_id, each) for each in media_ids}
        selections = {each: keys.medium_selection(tenant_id, run_id, each) for each in media_ids}
        found, batch = self._visible.find_with(
            tenant_id, media_ids, [*results.values(), *(selections.values() if self._matches_only else ())]
        )
        for media in found:
            medium = MediumOfExport(run, media, self._markers.of_medium(media), self._links)
            video_result = batch.get(VideoResult, results[media.media_id])
            if not self._matches_only:
                yield MediumResults(medium, video_result, self._pages(medium))
                continue
            selection = batch.get(MediumSelection, selections[media.media_id])
            if selection is not None and not selection.is_empty:
                pages = self._pages(medium, frozenset(selection.segment_ids))
                yield MediumResults(medium, video_result if selection.selects_video else None, pages)

    def _pages(
        self, medium: MediumOfExport, segment_ids: frozenset[str] | None = None
    ) -> Iterator[Sequence[JsonObject]]:
        partition = keys.segment_result(self.scope.tenant_id, medium.run.run_id, medium.media.media_id)
        for page in self._documents.record_pages(partition, limit=_PAGE_SIZE):
            self._check_stop()
            bodies = [record.body for record in page]
            if segment_ids is not None:
                bodies = [body for body in bodies if body["segment_id"] in segment_ids]
            if bodies:
                yield [exported_segment(medium, body) for body in bodies]


def _run_id(entry: MediumOfRun) -> str:
    return entry.run_id
