"""Events about prompt runs, results of segments, and retries of segments."""

from typing import assert_never

from shared.domain.clock import isoformat, now
from shared.domain.events.event import Event
from shared.domain.events.payloads import PromptRunPayload, SegmentPayload, SegmentRetryPayload
from shared.domain.events.progress import is_progress_due
from shared.domain.events.types import EventType
from shared.domain.media import Media
from shared.domain.runs.prompt_run import PromptRun, RunStatus, SegmentResult
from shared.domain.runs.segment_retry import SegmentRetry
from shared.ports.records import Put
from shared.services.records.event_log import event_writes


def run_started(before: PromptRun, after: PromptRun) -> list[Put]:
    """Build the event of the first start of a run."""
    is_first = before.started_at is None and after.started_at is not None
    return event_writes(_run_event(EventType.PROMPT_RUN_STARTED, after)) if is_first else []


def with_progress_time(before: PromptRun, after: PromptRun) -> PromptRun:
    """Return ``after``, with the present time as that of its progress event if it is to have one.

    The run is at work, its payload has changed, and no worker has written a progress event within a second.
    """
    moment = now()
    if (
        after.status is RunStatus.PROCESSING
        and is_progress_due(before.progress_event_at, moment)
        and _run_payload(before) != _run_payload(after)
    ):
        after.progress_event_at = isoformat(moment)
    return after


def run_progressed(before: PromptRun, after: PromptRun) -> list[Put]:
    """Build the progress event of a run that ``with_progress_time`` has marked."""
    is_due = before.progress_event_at != after.progress_event_at
    return event_writes(_run_event(EventType.PROMPT_RUN_PROGRESS, after)) if is_due else []


def run_ended(before: PromptRun, after: PromptRun) -> list[Put]:
    """Build the event of the end of a run. A run that had ended before has no second one: the retry of a
    segment changes its counters."""
    if before.status.is_terminal:
        return []
    return event_writes(_run_event(_end_of_run(after.status), after))


def segment_processed(run: PromptRun, media: Media, result: SegmentResult) -> list[Put]:
    payload = SegmentPayload(
        segment_id=result.segment_id,
        video_id=result.media_id,
        index_id=media.index_id,
        run_id=result.run_id,
        prompt_id=result.prompt_id,
        ordinal=result.ordinal,
        start_seconds=result.start,
        end_seconds=result.end,
        succeeded=not result.failed,
        error=result.error_message,
    )
    return _segment_event(EventType.SEGMENT_PROCESSED, run, payload)


def segment_retried(run: PromptRun, before: SegmentRetry, after: SegmentRetry) -> list[Put]:
    """Build the event of the end of a retry."""
    if before.is_finished or not after.is_finished:
        return []
    payload = SegmentRetryPayload(
        retry_id=after.retry_id,
        segment_id=after.segment_id,
        video_id=after.media_id,
        index_id=after.index_id,
        run_id=after.run_id,
        prompt_id=run.prompt_id,
        status=after.status,
        field_extraction_succeeded=after.field_extraction_succeeded,
        transcription_succeeded=after.transcription_succeeded,
        image_embedding_succeeded=after.image_embedding_succeeded,
        error=after.error,
    )
    return _segment_event(EventType.SEGMENT_RETRIED, run, payload)


def _run_event(event_type: EventType, run: PromptRun) -> Event:
    return Event.of(
        event_type,
        _run_payload(run),
        tenant_id=run.tenant_id,
        user_id=run.user_id,
        index_id=run.index_id,
        run_id=run.run_id,
    )


def _segment_event(
    event_type: EventType, run: PromptRun, payload: SegmentPayload | SegmentRetryPayload
) -> list[Put]:
    event = Event.of(
        event_type,
        payload,
        tenant_id=run.tenant_id,
        user_id=run.user_id,
        index_id=payload.index_id,
        video_id=payload.video_id,
        run_id=payload.run_id,
        segment_id=payload.segment_id,
    )
    return event_writes(event)


def _run_payload(run: PromptRun) -> PromptRunPayload:
    def count(counter: str) -> int:
        return sum(counters.get(counter, 0) for counters in run.media_counts.values())

    return PromptRunPayload(
        run_id=run.run_id,
        prompt_id=run.prompt_id,
        index_id=run.index_id,
        status=run.status,
        total_media=count("total"),
        completed_media=count("completed"),
        partial_media=count("partial"),
        failed_media=count("failed"),
        cancelled_media=count("cancelled"),
        total_segments=run.total_segments,
        completed_segments=run.completed_segments,
        field_extraction_failures=run.field_extraction_failures,
        error=run.error_message,
    )


def _end_of_run(status: RunStatus) -> EventType:
    match status:
        case RunStatus.COMPLETED:
            return EventType.PROMPT_RUN_COMPLETED
        case RunStatus.COMPLETED_WITH_FAILURES:
            return EventType.PROMPT_RUN_PARTIAL_COMPLETED
        case RunStatus.FAILED:
            return EventType.PROMPT_RUN_FAILED
        case RunStatus.CANCELLED:
            return EventType.PROMPT_RUN_CANCELLED
        case RunStatus.PENDING | RunStatus.PROCESSING:
            raise ValueError(f"a run does not end as {status}")
        case _:
            assert_never(status)
