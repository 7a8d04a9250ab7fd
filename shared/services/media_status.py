"""What became of a medium in each of its runs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from shared.domain import keys
from shared.domain.ids import recipe_fingerprint
from shared.domain.media import Media, Segment
from shared.domain.prompt_run import MediaRun, RunStatus, SegmentResult, VideoResult
from shared.services.documents import Documents

MOST_RUNS: Final = 50
"""Snapshots are given for this many of the newest runs of a medium."""

_RESULTS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class SegmentState:
    """``result``, without what was found, tells how it ended; None: not ended yet."""

    segment_id: str
    start: float
    end: float
    result: SegmentResult | None


@dataclass(frozen=True, slots=True)
class RunSnapshot:
    """``video_result`` and ``segments`` are filled in details only."""

    media_run: MediaRun
    video_result: VideoResult | None = None
    segments: list[SegmentState] = field(default_factory=list)

    @property
    def pending_segments(self) -> int:
        run = self.media_run
        ended = run.successful_segments + run.failed_segments
        return max(0, run.total_segments - run.processing_segments - ended)


class MediaStatus:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def summaries(self, media: Sequence[Media]) -> dict[str, list[RunSnapshot]]:
        """Per media id, the runs that touched it, newest first, without segments."""
        return {m.media_id: [RunSnapshot(run) for run in self.runs(m)] for m in media}

    def details(self, media: Sequence[Media]) -> dict[str, list[RunSnapshot]]:
        """As ``summaries``, with the media-wide result and each segment's state."""
        return {m.media_id: [self._detail(m, run) for run in self.runs(m)] for m in media}

    def runs(self, media: Media) -> list[MediaRun]:
        """Newest first."""
        pointers = self._documents.sort_keys(
            keys.run_of_media(media.tenant_id, media.media_id), limit=MOST_RUNS, descending=True
        )
        return self._documents.get_many(
            MediaRun, [keys.media_run(media.tenant_id, run_id, media.media_id) for run_id in pointers.items]
        )

    def _detail(self, media: Media, run: MediaRun) -> RunSnapshot:
        tenant_id, run_id = media.tenant_id, run.run_id
        states = {r.segment_id: SegmentState(r.segment_id, r.start, r.end, r) for r in self._bare(media, run)}
        if run.status is RunStatus.PROCESSING and run.recipe:
            cut = self._documents.every(
                Segment, keys.segment(tenant_id, media.media_id, recipe_fingerprint(run.recipe))
            )
            for s in cut:
                states.setdefault(s.segment_id, SegmentState(s.segment_id, s.start, s.end, None))
        video_result = None
        if run.video_level_status is not None:
            video_result = self._documents.get(
                VideoResult, keys.video_result(tenant_id, run_id, media.media_id)
            )
        return RunSnapshot(run, video_result, sorted(states.values(), key=lambda s: s.segment_id))

    def _bare(self, media: Media, run: MediaRun) -> Iterator[SegmentResult]:
        """Results less their content, which nobody asks of a state: there may be 50 runs of thousands."""
        key = keys.segment_result(media.tenant_id, run.run_id, media.media_id)
        after: str | None = None
        while True:
            page = self._documents.page(SegmentResult, key, limit=_RESULTS_AT_ONCE, after=after)
            for result in page.items:
                yield result.model_copy(update={"metadata": {}, "metadata_text": "", "text_content": ""})
            if page.next_after is None:
                return
            after = page.next_after
