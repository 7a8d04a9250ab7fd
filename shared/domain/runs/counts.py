"""Counters and final statuses of runs.

Counters are sums over records, never increments, so an interrupted and resumed run counts every segment
once.
"""

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

_COUNTER_OF_STATUS: Final = {
    RunStatus.COMPLETED: "completed",
    RunStatus.COMPLETED_WITH_FAILURES: "partial",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
}

_COUNTED_VIDEO_LEVELS: Final = (
    VideoLevelStatus.COMPLETED,
    VideoLevelStatus.FAILED,
    VideoLevelStatus.PARTIAL,
)

_MAX_STORED_FAILURES: Final = 50
"""Maximum number of failures in a ``MediumState``. Each takes about 1 KB of the record."""


def new_media_run(run: PromptRun, media: Media, ordinal: int) -> MediumState:
    """Return the initial state of a medium in a run."""
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
    """Return whether the run makes a media-wide result. Fixed segmentation excludes one."""
    return run.prompt.video_level is not None and not _is_fixed(run.options, media_type)


def count_segments(medium_state: MediumState, results: Iterable[SegmentResult]) -> MediumState:
    """Return ``medium_state`` with its counters summed over ``results``. Status and total do not change."""
    all_results = list(results)
    failed = sum(result.failed for result in all_results)
    counted = medium_state.model_copy()
    counted.successful_segments = len(all_results) - failed
    counted.failed_segments = failed
    counted.field_extraction_failures = sum(r.field_extraction.succeeded is False for r in all_results)
    counted.transcription_failures = sum(r.transcription.succeeded is False for r in all_results)
    counted.image_embedding_failures = sum(r.image_embedding.succeeded is False for r in all_results)
    return counted


def kept_failures(results: Iterable[SegmentResult]) -> list[SegmentResult] | None:
    """Return the failures to store in a ``MediumState``: results with a failed operation, without content.

    Return None for more than 50 of them.
    """
    failed = [result.without_content for result in results if result.failed_operations]
    return failed if len(failed) <= _MAX_STORED_FAILURES else None


def settled_media_status(medium_state: MediumState, *, broken_off: bool = False) -> RunStatus:
    """Return the final status of a medium. ``broken_off``: processing failed outside any segment."""
    ended = medium_state.successful_segments + medium_state.failed_segments
    incomplete = broken_off or ended < medium_state.total_segments
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
    """Sums over media of a run. They identify no medium.

    ``statuses`` are the distinct statuses of the media. ``done_mt`` is the part of their cost for
    completed work.
    """

    media_counts: dict[MediaType, dict[str, int]] = Field(default_factory=dict)
    total_segments: int = 0
    completed_segments: int = 0
    field_extraction_failures: int = 0
    transcription_failures: int = 0
    image_embedding_failures: int = 0
    created_new_segments: bool = False
    total_seconds: float = 0.0
    video_level_counts: dict[str, int] = Field(default_factory=lambda: _video_level_counters(Counter()))
    selected_media_counts: dict[MediaType, int] = Field(default_factory=dict)
    selected_segments: int = 0
    statuses: list[RunStatus] = Field(default_factory=list)
    done_mt: float = 0.0

    def plus(self, other: "RunTally") -> "RunTally":
        """Return the sums over the media of both tallies."""
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
                kind: _add_counters(
                    self.media_counts.get(kind, _zero_counters()),
                    other.media_counts.get(kind, _zero_counters()),
                )
                for kind in kinds
            },
            created_new_segments=self.created_new_segments or other.created_new_segments,
            video_level_counts=_add_counters(self.video_level_counts, other.video_level_counts),
            selected_media_counts=dict(
                Counter(self.selected_media_counts) + Counter(other.selected_media_counts)
            ),
            selected_segments=self.selected_segments + other.selected_segments,
            statuses=list(dict.fromkeys([*self.statuses, *other.statuses])),
        )


def tally(medium_states: Iterable[MediumState]) -> RunTally:
    """Sum over media, without their cost, which depends on the options of the run."""
    states = list(medium_states)
    counts: dict[MediaType, dict[str, int]] = {}
    for medium_state in states:
        counters = counts.setdefault(medium_state.media_type, _zero_counters())
        counters["total"] += 1
        if medium_state.status in _COUNTER_OF_STATUS:
            counters[_COUNTER_OF_STATUS[medium_state.status]] += 1
    levels = Counter(m.video_level_status for m in states if m.video_level_status is not None)
    return RunTally(
        media_counts=counts,
        total_segments=sum(m.total_segments for m in states),
        completed_segments=sum(m.successful_segments for m in states),
        field_extraction_failures=sum(m.field_extraction_failures for m in states),
        transcription_failures=sum(m.transcription_failures for m in states),
        image_embedding_failures=sum(m.image_embedding_failures for m in states),
        created_new_segments=any(m.created_new_segments for m in states),
        total_seconds=sum(m.duration_seconds for m in states),
        video_level_counts=_video_level_counters(levels),
        selected_media_counts=dict(Counter(m.media_type for m in states if m.is_selected)),
        selected_segments=sum(m.selected_segments for m in states),
        statuses=list(dict.fromkeys(m.status for m in states)),
    )


def sum_media(
    run: PromptRun, medium_states: Iterable[MediumState], removed: RunTally | None = None
) -> PromptRun:
    """Return ``run`` with its counters summed over its media. The status does not change.

    ``removed`` holds the sums over media that have been deleted since.
    """
    total = tally(medium_states).plus(removed or RunTally())
    counted = run.model_copy()
    counted.media_counts = total.media_counts
    counted.total_segments = total.total_segments
    counted.completed_segments = total.completed_segments
    counted.field_extraction_failures = total.field_extraction_failures
    counted.transcription_failures = total.transcription_failures
    counted.image_embedding_failures = total.image_embedding_failures
    counted.created_new_segments = total.created_new_segments
    counted.total_seconds = round(total.total_seconds, 3)
    counted.video_level_counts = total.video_level_counts
    counted.selected_media_counts = total.selected_media_counts
    counted.selected_segments = total.selected_segments
    return counted


def settled_run_status(
    medium_states: Iterable[MediumState], *, stopped: bool, removed: RunTally | None = None
) -> RunStatus:
    """Return the final status of a run whose media all have one. ``stopped``: a stop was requested.

    A medium that is deleted during the run counts as cancelled. That alone does not cancel the run.
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


def _video_level_counters(levels: Counter[VideoLevelStatus]) -> dict[str, int]:
    """Count media-wide results in total and by final status."""
    return {"total": levels.total(), **{status.value: levels[status] for status in _COUNTED_VIDEO_LEVELS}}


def _zero_counters() -> dict[str, int]:
    return {"total": 0, **dict.fromkeys(_COUNTER_OF_STATUS.values(), 0)}


def _add_counters(left: Mapping[str, int], right: Mapping[str, int]) -> dict[str, int]:
    return {name: count + right.get(name, 0) for name, count in left.items()}
