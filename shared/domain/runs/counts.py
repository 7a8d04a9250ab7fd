"""What a run's numbers mean. Counters are sums over records, never increments, so a run that was
cut off and resumed counts every segment once."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from pydantic import BaseModel, Field

from shared.domain.clock import timestamp
from shared.domain.media import Media, MediaType
from shared.domain.runs.prompt_run import (
    MediumState,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentationType,
    SegmentResult,
)
from shared.domain.runs.statuses import VideoLevelStatus

_COUNTED: Final = {
    RunStatus.COMPLETED: "completed",
    RunStatus.COMPLETED_WITH_FAILURES: "partial",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
}

_VIDEO_LEVELS: Final = (VideoLevelStatus.COMPLETED, VideoLevelStatus.FAILED, VideoLevelStatus.PARTIAL)

_MOST_FAILURES: Final = 50
"""About 1 KB each, beside what else is known of a medium in a run."""


def new_media_run(run: PromptRun, media: Media, ordinal: int) -> MediumState:
    """A medium's state before anything was done."""
    now = timestamp()
    return MediumState(
        run_id=run.run_id,
        media_id=media.media_id,
        index_id=media.index_id,
        media_type=media.media_type,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        duration_seconds=media.duration_seconds or 0.0,
        video_level_status=VideoLevelStatus.PENDING if has_video_level(run, media.media_type) else None,
        created_at=now,
        updated_at=now,
    )


def has_video_level(run: PromptRun, media_type: MediaType) -> bool:
    """A media-wide result is made unless the medium is cut into fixed pieces."""
    return run.prompt.video_level is not None and not _is_fixed(run.options, media_type)


def count_segments(medium_state: MediumState, results: Iterable[SegmentResult]) -> MediumState:
    """``medium_state`` with its counters summed over ``results``; status and total stay."""
    found = list(results)
    failed = sum(result.failed for result in found)
    counted = medium_state.model_copy()
    counted.successful_segments = len(found) - failed
    counted.failed_segments = failed
    counted.field_extraction_failures = sum(r.field_extraction.succeeded is False for r in found)
    counted.transcription_failures = sum(r.transcription.succeeded is False for r in found)
    counted.image_embedding_failures = sum(r.image_embedding.succeeded is False for r in found)
    return counted


def kept_failures(results: Iterable[SegmentResult]) -> list[SegmentResult] | None:
    """As a medium's state in a run has them: without what was found, and None where they are too many."""
    failed = [result.outcomes_alone for result in results if result.failed_operations]
    return failed if len(failed) <= _MOST_FAILURES else None


def settled_media_status(medium_state: MediumState, *, broken_off: bool = False) -> RunStatus:
    """How a medium ends. ``broken_off``: something failed that no segment can be blamed for."""
    found = medium_state.successful_segments + medium_state.failed_segments
    incomplete = broken_off or found < medium_state.total_segments
    if not medium_state.successful_segments and (incomplete or medium_state.failed_segments):
        return RunStatus.FAILED
    failures = (
        incomplete,
        medium_state.failed_segments,
        medium_state.field_extraction_failures,
        medium_state.transcription_failures,
        medium_state.image_embedding_failures,
        medium_state.video_level_status in (VideoLevelStatus.FAILED, VideoLevelStatus.PARTIAL),
    )
    return RunStatus.COMPLETED_WITH_FAILURES if any(failures) else RunStatus.COMPLETED


class RunTally(BaseModel):
    """Sums over media in a run, which name none of them. ``statuses`` holds each one once; ``done_mt``
    is the share of their cost that was worked off."""

    media_counts: dict[MediaType, dict[str, int]] = Field(default_factory=dict)
    total_segments: int = 0
    completed_segments: int = 0
    field_extraction_failures: int = 0
    transcription_failures: int = 0
    image_embedding_failures: int = 0
    created_new_segments: bool = False
    total_seconds: float = 0.0
    video_level_counts: dict[str, int] = Field(default_factory=lambda: _video_levels(Counter()))
    statuses: list[RunStatus] = Field(default_factory=list)
    done_mt: float = 0.0

    def plus(self, other: "RunTally") -> "RunTally":
        kinds = [kind for kind in MediaType if kind in self.media_counts or kind in other.media_counts]
        return RunTally(
            total_segments=self.total_segments + other.total_segments,
            completed_segments=self.completed_segments + other.completed_segments,
            field_extraction_failures=self.field_extraction_failures + other.field_extraction_failures,
            transcription_failures=self.transcription_failures + other.transcription_failures,
            image_embedding_failures=self.image_embedding_failures + other.image_embedding_failures,
            total_seconds=self.total_seconds + other.total_seconds,
            done_mt=self.done_mt + other.done_mt,
            media_counts={
                kind: _added(self.media_counts.get(kind, _zeros()), other.media_counts.get(kind, _zeros()))
                for kind in kinds
            },
            created_new_segments=self.created_new_segments or other.created_new_segments,
            video_level_counts=_added(self.video_level_counts, other.video_level_counts),
            statuses=list(dict.fromkeys([*self.statuses, *other.statuses])),
        )


def tally(medium_states: Iterable[MediumState]) -> RunTally:
    """Without what the media cost, which depends on the run's options."""
    found = list(medium_states)
    counts: dict[MediaType, dict[str, int]] = {}
    for medium_state in found:
        kind = counts.setdefault(medium_state.media_type, _zeros())
        kind["total"] += 1
        if medium_state.status in _COUNTED:
            kind[_COUNTED[medium_state.status]] += 1
    levels = Counter(m.video_level_status for m in found if m.video_level_status is not None)
    return RunTally(
        media_counts=counts,
        total_segments=sum(m.total_segments for m in found),
        completed_segments=sum(m.successful_segments for m in found),
        field_extraction_failures=sum(m.field_extraction_failures for m in found),
        transcription_failures=sum(m.transcription_failures for m in found),
        image_embedding_failures=sum(m.image_embedding_failures for m in found),
        created_new_segments=any(m.created_new_segments for m in found),
        total_seconds=sum(m.duration_seconds for m in found),
        video_level_counts=_video_levels(levels),
        statuses=list(dict.fromkeys(m.status for m in found)),
    )


def sum_media(
    run: PromptRun, medium_states: Iterable[MediumState], removed: RunTally | None = None
) -> PromptRun:
    """``run`` with every counter summed over its media, those that are ``removed`` since among them;
    status stays."""
    total = tally(medium_states).plus(removed or RunTally())
    summed = run.model_copy()
    summed.media_counts = total.media_counts
    summed.total_segments = total.total_segments
    summed.completed_segments = total.completed_segments
    summed.field_extraction_failures = total.field_extraction_failures
    summed.transcription_failures = total.transcription_failures
    summed.image_embedding_failures = total.image_embedding_failures
    summed.created_new_segments = total.created_new_segments
    summed.total_seconds = round(total.total_seconds, 3)
    summed.video_level_counts = total.video_level_counts
    return summed


def settled_run_status(
    medium_states: Iterable[MediumState], *, stopped: bool, removed: RunTally | None = None
) -> RunStatus:
    """How a run ends whose media are all settled. ``stopped``: somebody asked it to stop.

    A medium that was deleted under a run counts as cancelled, which alone does not cancel the run.
    """
    states = {medium_state.status for medium_state in medium_states} | set(
        removed.statuses if removed else ()
    )
    if stopped and RunStatus.CANCELLED in states:
        return RunStatus.CANCELLED
    if not states:
        return RunStatus.FAILED
    if states == {RunStatus.COMPLETED}:
        return RunStatus.COMPLETED
    if states == {RunStatus.CANCELLED}:
        return RunStatus.CANCELLED
    if states <= {RunStatus.FAILED, RunStatus.CANCELLED}:
        return RunStatus.FAILED
    return RunStatus.COMPLETED_WITH_FAILURES


def _is_fixed(options: RunOptions, media_type: MediaType) -> bool:
    match media_type:
        case MediaType.VIDEO:
            return options.video_segmentation_type is SegmentationType.FIXED
        case MediaType.AUDIO:
            return options.audio_segmentation_type is SegmentationType.FIXED
        case MediaType.IMAGE:
            return False
        case _:
            assert_never(media_type)


def _video_levels(counted: Counter[VideoLevelStatus]) -> dict[str, int]:
    """Counts by status, and of all that ask for a media-wide result."""
    return {"total": counted.total(), **{status.value: counted[status] for status in _VIDEO_LEVELS}}


def _zeros() -> dict[str, int]:
    return {"total": 0, **dict.fromkeys(_COUNTED.values(), 0)}


def _added(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {name: count + right.get(name, 0) for name, count in left.items()}
