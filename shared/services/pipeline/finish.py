"""Settle a medium, then the run. Numbers are summed anew from the records that are there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.media import Media, ProcessingStatus
from shared.domain.prompt_run import MediaRun, PromptRun, RunStatus, SegmentResult
from shared.domain.run_counts import count_segments, settled_media_status, settled_run_status, sum_media
from shared.services.documents import Documents
from shared.services.pipeline.context import MediumWork
from shared.services.pipeline.failures import Failure
from shared.services.run_estimate import cost

NOTHING_TO_DO = "The target held no media when the run began."


def results_of(work: MediumWork) -> list[SegmentResult]:
    """Every segment result of the medium in this run, in order."""
    key = keys.segment_result(work.tenant, work.run.run_id, work.media.media_id)
    return work.ports.documents.every(SegmentResult, key)


def finish_medium(
    work: MediumWork,
    status: RunStatus | None = None,
    failure: Failure | None = None,
) -> MediaRun:
    """Settle the medium: as ``status`` says, or as its results do.

    The medium's own record is written before its state in the run, so that a crash between the two
    only repeats the first.
    """
    results = results_of(work)
    media_run = count_segments(work.progress.of(work.media.media_id), results)
    settled = status or settled_media_status(media_run, broken_off=failure is not None)
    _settle_media(work, settled, results)
    now = timestamp()
    return work.progress.note(
        work.media.media_id,
        **{name: getattr(media_run, name) for name in _COUNTERS},
        status=settled,
        partial=settled is RunStatus.COMPLETED_WITH_FAILURES,
        processing_segments=0,
        stage=media_run.stage if failure else "finished",
        error_message=failure.message if failure else None,
        failure_stage=media_run.stage if failure else None,
        failure_code=failure.code if failure else None,
        retryable=failure.retryable if failure else None,
        video_level_status=_settled_video_level(media_run, settled),
        completed_at=now,
    )


_COUNTERS = (
    "successful_segments",
    "failed_segments",
    "field_extraction_failures",
    "transcription_failures",
    "image_embedding_failures",
)


def _settled_video_level(media_run: MediaRun, settled: RunStatus) -> str | None:
    if media_run.video_level_status != "pending":
        return media_run.video_level_status
    return "cancelled" if settled is RunStatus.CANCELLED else "failed"


def _settle_media(work: MediumWork, settled: RunStatus, results: Iterable[SegmentResult]) -> None:
    found = sorted({name for result in results for name in result.metadata})

    def change(media: Media) -> Media:
        names = sorted({*media.metadata_keys, *found})
        status = media_status(settled, names)
        if names == media.metadata_keys and media.status is status:
            return media
        changes = {"status": status, "metadata_keys": names, "updated_at": timestamp()}
        return media.model_copy(update=changes)

    work.ports.documents.update(Media, keys.media(work.tenant, work.media.media_id), change)


def media_status(settled: RunStatus, metadata_keys: Sequence[str]) -> ProcessingStatus:
    """A cancelled medium is as processed as it was, or as far as it came."""
    if settled is RunStatus.FAILED:
        return ProcessingStatus.FAILED
    if settled is RunStatus.CANCELLED and not metadata_keys:
        return ProcessingStatus.NOT_PROCESSED
    return ProcessingStatus.PROCESSED


def finish_run(documents: Documents, run: PromptRun) -> PromptRun | None:
    """Settle a run all of whose media are settled."""
    key = keys.prompt_run(run.tenant_id, run.run_id)
    media_runs = documents.every(MediaRun, keys.media_run(run.tenant_id, run.run_id))
    return documents.update(PromptRun, key, partial(_settled_run, media_runs))


def _settled_run(media_runs: Sequence[MediaRun], run: PromptRun) -> PromptRun:
    summed = sum_media(run, media_runs)
    stopped = run.stop.requested_at is not None
    status = settled_run_status(media_runs, stopped=stopped)
    now = run.completed_at or timestamp()
    actual = round(sum(_done(m) * cost(m, run.options) for m in media_runs), 4)
    failed = next((m.error_message for m in media_runs if m.status is RunStatus.FAILED), None)
    return summed.model_copy(
        update={
            "status": status,
            "completed_at": now,
            "error_message": failed if media_runs else NOTHING_TO_DO,
            "billing_actual_mt": actual,
            "billing_status": "confirmed" if actual else "released",
            "stop": run.stop.model_copy(update={"completed_at": now}) if stopped else run.stop,
        }
    )


def _done(media_run: MediaRun) -> float:
    """The share of a medium that was extracted."""
    return media_run.successful_segments / media_run.total_segments if media_run.total_segments else 0.0
