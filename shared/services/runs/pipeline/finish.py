"""Final status and counters of a medium, then of the run. All counters are recomputed from the records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

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
from shared.domain.runs.failure_reasons import failure_reasons, medium_error, run_error
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus, SegmentResult
from shared.domain.runs.segment_states import SegmentStates
from shared.domain.runs.statuses import BillingStatus, MediumStage, VideoLevelStatus
from shared.services.records.documents import Documents
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure
from shared.services.runs.media_states import MediaStates, done_mt, media_of_run
from shared.services.runs.run_events import run_ended
from shared.services.runs.selection import select_results

EMPTY_TARGET_MESSAGE = "The target held no media when the run began."


def segment_results(work: MediumWork) -> list[SegmentResult]:
    """Return all segment results of the medium in this run, in order."""
    key = keys.segment_result(work.tenant_id, work.run.run_id, work.media.media_id)
    return work.ports.documents.every(SegmentResult, key)


def finish_medium(
    work: MediumWork,
    status: RunStatus | None = None,
    failure: Failure | None = None,
) -> MediumState:
    """Write the final state of a medium in the run, the medium itself and the states of its segments, in one
    transaction. Without ``status``, the results determine the status. The selection is written before, so
    that a medium that has ended has one."""
    results = segment_results(work)
    selection = select_results(work.ports.documents, work.run, work.media.media_id, results)
    counted = count_segments(work.progress.state(work.media.media_id), results)
    settled = status or settled_media_status(counted, broken_off=failure is not None)

    def finish(medium_state: MediumState) -> MediumState:
        medium_state = count_segments(medium_state, results)
        medium_state.is_selected = selection is not None and not selection.is_empty
        medium_state.selected_segments = len(selection.ordinals) if selection else 0
        medium_state.failures = kept_failures(results)
        medium_state.failure_reasons = failure_reasons(results)
        medium_state.partial = settled is RunStatus.COMPLETED_WITH_FAILURES
        if medium_state.video_level_status is VideoLevelStatus.PENDING:
            medium_state.video_level_status = missing_video_level_status(settled)
        ended = mark_ended(medium_state, settled, failure)
        if failure is None:
            ended.stage = MediumStage.FINISHED
            ended.error_message = medium_error(ended) if settled is RunStatus.FAILED else None
        return ended

    return work.progress.change(
        work.media.media_id,
        finish,
        change_media=_change_media(settled, results),
        states=segment_states(work, counted.recipe, results),
    )


def mark_ended(medium_state: MediumState, status: RunStatus, failure: Failure | None) -> MediumState:
    """Set the final status of a medium's state, and the failure that ended it."""
    medium_state.status = status
    medium_state.completed_at = timestamp()
    medium_state.processing_segments = 0
    medium_state.error_message = failure.message if failure else None
    medium_state.failure_stage = medium_state.stage if failure else None
    medium_state.failure_code = failure.code if failure else None
    medium_state.retryable = failure.retryable if failure else None
    return medium_state


def missing_video_level_status(settled: RunStatus) -> VideoLevelStatus:
    """Return the status of a media-wide result that is never computed because its medium has ended."""
    return VideoLevelStatus.CANCELLED if settled is RunStatus.CANCELLED else VideoLevelStatus.FAILED


def segment_states(
    work: MediumWork, recipe: str, results: Iterable[SegmentResult], segments: Sequence[Segment] = ()
) -> SegmentStates | None:
    """Return the states of the segments; None before the medium is segmented."""
    if not recipe:
        return None
    return SegmentStates.of(work.run.run_id, recipe, work.run.executed_at, results, segments)


def _change_media(settled: RunStatus, results: Iterable[SegmentResult]) -> Callable[[Media], Media]:
    """Return the change of a medium: its status, and the names of the extracted fields."""
    field_names = sorted({name for result in results for name in result.metadata})

    def change(media: Media) -> Media:
        names = sorted({*media.metadata_keys, *field_names})
        status = processing_status(settled, names)
        if names == media.metadata_keys and media.status is status:
            return media
        media.status = status
        media.metadata_keys = names
        media.updated_at = timestamp()
        return media

    return change


def processing_status(settled: RunStatus, metadata_keys: Sequence[str]) -> ProcessingStatus:
    """Return the medium's status. A cancelled medium is processed if any run has extracted fields from it."""
    match settled:
        case RunStatus.FAILED:
            return ProcessingStatus.FAILED
        case RunStatus.CANCELLED:
            return ProcessingStatus.PROCESSED if metadata_keys else ProcessingStatus.NOT_PROCESSED
        case RunStatus.COMPLETED | RunStatus.COMPLETED_WITH_FAILURES:
            return ProcessingStatus.PROCESSED
        case RunStatus.PENDING | RunStatus.PROCESSING:
            raise ValueError(f"a medium does not end as {settled}")
        case _:
            assert_never(settled)


def finish_run(documents: Documents, run: PromptRun) -> PromptRun | None:
    """Write the final status and counters of a run whose media have all ended. The media are read after the
    run, and the write expects the run's version, so of two concurrent calls, as from two retries, the later
    one includes the results of both."""
    key = keys.prompt_run(run.tenant_id, run.run_id)

    def settled(found: PromptRun) -> PromptRun:
        return _settled_run(media_of_run(documents, found), found)

    return documents.update(PromptRun, key, settled, further=run_ended)


def _settled_run(media: MediaStates, run: PromptRun) -> PromptRun:
    medium_states, removed = media.states, media.removed
    summed = sum_media(run, medium_states, removed)
    stopped = run.stop.requested_at is not None
    status = settled_run_status(medium_states, stopped=stopped, removed=removed)
    # The clock of the machine that started the run may be ahead of this one.
    now = run.completed_at or max(timestamp(), run.started_at or run.executed_at)
    actual = round(done_mt(medium_states, run.options) + removed.done_mt, 4)
    summed.status = status
    summed.completed_at = now
    has_media = medium_states or removed.statuses
    summed.error_message = run_error(medium_states) if has_media else EMPTY_TARGET_MESSAGE
    summed.billing_actual_mt = actual
    summed.billing_status = BillingStatus.CONFIRMED if actual else BillingStatus.RELEASED
    if stopped:
        summed.stop = run.stop.model_copy(update={"completed_at": now})
    return summed
