"""What a run's numbers mean. Counters are sums over records, never increments, so a run that was
cut off and resumed counts every segment once."""

from collections.abc import Iterable, Sequence
from typing import Final

from shared.domain.clock import timestamp
from shared.domain.media import Media, MediaType
from shared.domain.prompt_run import (
    MediaRun,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentationType,
    SegmentResult,
)

_COUNTED: Final = {
    RunStatus.COMPLETED: "completed",
    RunStatus.COMPLETED_WITH_FAILURES: "partial",
    RunStatus.FAILED: "failed",
    RunStatus.CANCELLED: "cancelled",
}


def new_media_run(run: PromptRun, media: Media, ordinal: int) -> MediaRun:
    """A medium's state before anything was done."""
    now = timestamp()
    return MediaRun(
        run_id=run.run_id,
        media_id=media.media_id,
        media_type=media.media_type,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        duration_seconds=media.duration_seconds or 0.0,
        video_level_status="pending" if has_video_level(run, media.media_type) else None,
        created_at=now,
        updated_at=now,
    )


def has_video_level(run: PromptRun, media_type: MediaType) -> bool:
    """A media-wide result is made unless the medium is cut into fixed pieces."""
    return run.prompt.video_level is not None and not _is_fixed(run.options, media_type)


def count_segments(media_run: MediaRun, results: Iterable[SegmentResult]) -> MediaRun:
    """``media_run`` with its counters summed over ``results``; status and total stay."""
    found = list(results)
    failed = sum(result.failed for result in found)
    return media_run.model_copy(
        update={
            "successful_segments": len(found) - failed,
            "failed_segments": failed,
            "field_extraction_failures": sum(r.field_extraction.succeeded is False for r in found),
            "transcription_failures": sum(r.transcription.succeeded is False for r in found),
            "image_embedding_failures": sum(r.image_embedding.succeeded is False for r in found),
        }
    )


def settled_media_status(media_run: MediaRun, *, broken_off: bool = False) -> RunStatus:
    """How a medium ends. ``broken_off``: something failed that no segment can be blamed for."""
    found = media_run.successful_segments + media_run.failed_segments
    incomplete = broken_off or found < media_run.total_segments
    if not media_run.successful_segments and (incomplete or media_run.failed_segments):
        return RunStatus.FAILED
    failures = (
        incomplete,
        media_run.failed_segments,
        media_run.field_extraction_failures,
        media_run.transcription_failures,
        media_run.image_embedding_failures,
        media_run.video_level_status in ("failed", "partial"),
    )
    return RunStatus.COMPLETED_WITH_FAILURES if any(failures) else RunStatus.COMPLETED


def sum_media(run: PromptRun, media_runs: Sequence[MediaRun]) -> PromptRun:
    """``run`` with every counter summed over its media; status stays."""
    counts: dict[MediaType, dict[str, int]] = {}
    for media_run in media_runs:
        kind = counts.setdefault(media_run.media_type, _zeros())
        kind["total"] += 1
        if media_run.status in _COUNTED:
            kind[_COUNTED[media_run.status]] += 1
    with_video_level = [m for m in media_runs if m.video_level_status is not None]
    return run.model_copy(
        update={
            "media_counts": counts,
            "total_segments": sum(m.total_segments for m in media_runs),
            "completed_segments": sum(m.successful_segments for m in media_runs),
            "field_extraction_failures": sum(m.field_extraction_failures for m in media_runs),
            "transcription_failures": sum(m.transcription_failures for m in media_runs),
            "image_embedding_failures": sum(m.image_embedding_failures for m in media_runs),
            "created_new_segments": any(m.created_new_segments for m in media_runs),
            "total_seconds": round(sum(m.duration_seconds for m in media_runs), 3),
            "video_level_counts": {
                "total": len(with_video_level),
                **{
                    state: sum(m.video_level_status == state for m in with_video_level)
                    for state in ("completed", "failed", "partial")
                },
            },
        }
    )


def settled_run_status(media_runs: Sequence[MediaRun], *, stopped: bool) -> RunStatus:
    """How a run ends whose media are all settled. ``stopped``: somebody asked it to stop.

    A medium that was deleted under a run counts as cancelled, which alone does not cancel the run.
    """
    states = {media_run.status for media_run in media_runs}
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
    if media_type is MediaType.VIDEO:
        return options.video_segmentation_type is SegmentationType.FIXED
    return media_type is MediaType.AUDIO and options.audio_segmentation_type is SegmentationType.FIXED


def _zeros() -> dict[str, int]:
    return {"total": 0, **dict.fromkeys(_COUNTED.values(), 0)}
