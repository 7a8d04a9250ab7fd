"""Settle a medium, then the run. Numbers are summed anew from the records that are there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.media import Media, ProcessingStatus, Segment
from shared.domain.runs.counts import (
    count_segments,
    kept_failures,
    settled_media_status,
    settled_run_status,
    sum_media,
)
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus, SegmentResult
from shared.domain.runs.segment_states import SegmentStates
from shared.services.records.documents import Documents
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure
from shared.services.runs.media_states import MediaStates, done_mt, media_of_run

NOTHING_TO_DO = "The target held no media when the run began."


def results_of(work: MediumWork) -> list[SegmentResult]:
    """Every segment result of the medium in this run, in order."""
    key = keys.segment_result(work.tenant, work.run.run_id, work.media.media_id)
    return work.ports.documents.every(SegmentResult, key)


def finish_medium(
    work: MediumWork,
    status: RunStatus | None = None,
    failure: Failure | None = None,
) -> MediumState:
    """Settle the medium, its state in the run and the states of its segments, all at once: as
    ``status`` says, or as its results do."""
    results = results_of(work)
    medium_state = count_segments(work.progress.of(work.media.media_id), results)
    settled = status or settled_media_status(medium_state, broken_off=failure is not None)
    now = timestamp()
    return work.progress.note(
        work.media.media_id,
        change_media=_settled_media(settled, results),
        states=states_of(work, medium_state.recipe, results),
        **{name: getattr(medium_state, name) for name in _COUNTERS},
        failures=kept_failures(results),
        status=settled,
        partial=settled is RunStatus.COMPLETED_WITH_FAILURES,
        processing_segments=0,
        stage=medium_state.stage if failure else "finished",
        error_message=failure.message if failure else None,
        failure_stage=medium_state.stage if failure else None,
        failure_code=failure.code if failure else None,
        retryable=failure.retryable if failure else None,
        video_level_status=_settled_video_level(medium_state, settled),
        completed_at=now,
    )


_COUNTERS = (
    "successful_segments",
    "failed_segments",
    "field_extraction_failures",
    "transcription_failures",
    "image_embedding_failures",
)


def _settled_video_level(medium_state: MediumState, settled: RunStatus) -> str | None:
    if medium_state.video_level_status != "pending":
        return medium_state.video_level_status
    return "cancelled" if settled is RunStatus.CANCELLED else "failed"


def states_of(
    work: MediumWork, recipe: str, results: Iterable[SegmentResult], segments: Sequence[Segment] = ()
) -> SegmentStates | None:
    """None before the medium is cut."""
    if not recipe:
        return None
    return SegmentStates.of(work.run.run_id, recipe, work.run.executed_at, results, segments)


def _settled_media(settled: RunStatus, results: Iterable[SegmentResult]) -> Callable[[Media], Media]:
    found = sorted({name for result in results for name in result.metadata})

    def change(media: Media) -> Media:
        names = sorted({*media.metadata_keys, *found})
        status = media_status(settled, names)
        if names == media.metadata_keys and media.status is status:
            return media
        changes = {"status": status, "metadata_keys": names, "updated_at": timestamp()}
        return media.model_copy(update=changes)

    return change


def media_status(settled: RunStatus, metadata_keys: Sequence[str]) -> ProcessingStatus:
    """A cancelled medium is as processed as it was, or as far as it came."""
    if settled is RunStatus.FAILED:
        return ProcessingStatus.FAILED
    if settled is RunStatus.CANCELLED and not metadata_keys:
        return ProcessingStatus.NOT_PROCESSED
    return ProcessingStatus.PROCESSED


def finish_run(documents: Documents, run: PromptRun) -> PromptRun | None:
    """Settle a run all of whose media are settled. They are read after the run and under its version, so
    that of two who settle it at once, as retries may, the later one knows both."""
    key = keys.prompt_run(run.tenant_id, run.run_id)
    return documents.update(PromptRun, key, lambda found: _settled_run(media_of_run(documents, found), found))


def _settled_run(media: MediaStates, run: PromptRun) -> PromptRun:
    medium_states, removed = media.states, media.removed
    summed = sum_media(run, medium_states, removed)
    stopped = run.stop.requested_at is not None
    status = settled_run_status(medium_states, stopped=stopped, removed=removed)
    now = run.completed_at or max(timestamp(), run.started_at or run.executed_at)  # another machine's clock
    actual = round(done_mt(medium_states, run.options) + removed.done_mt, 4)
    failed = next((m.error_message for m in medium_states if m.status is RunStatus.FAILED), None)
    return summed.model_copy(
        update={
            "status": status,
            "completed_at": now,
            "error_message": failed if medium_states or removed.statuses else NOTHING_TO_DO,
            "billing_actual_mt": actual,
            "billing_status": "confirmed" if actual else "released",
            "stop": run.stop.model_copy(update={"completed_at": now}) if stopped else run.stop,
        }
    )
