"""Events about import jobs."""

from shared.domain.clock import isoformat, now
from shared.domain.events.event import Event
from shared.domain.events.payloads import ImportJobPayload
from shared.domain.events.progress import is_progress_due
from shared.domain.events.types import EventType
from shared.domain.imports.import_job import ImportJob, ImportPhase
from shared.ports.records import Put
from shared.services.records.event_log import event_writes


def with_progress_time(before: ImportJob, after: ImportJob) -> ImportJob:
    """Return ``after``, with the present time as that of its progress event if it is to have one.

    The job had started and has not ended, its payload has changed, and its last progress event is a second
    old.
    """
    moment = now()
    if (
        before.started_at is not None
        and not after.status.is_terminal
        and is_progress_due(before.progress_event_at, moment)
        and _payload(before) != _payload(after)
    ):
        after.progress_event_at = isoformat(moment)
    return after


def import_changed(before: ImportJob, after: ImportJob) -> list[Put]:
    """Build the event of a change of a job: its end, its start, or progress that ``with_progress_time`` has
    marked."""
    event_type: EventType | None = None
    if after.status.is_terminal:
        event_type = None if before.status.is_terminal else _end_of_job(after.phase)
    elif before.started_at is None and after.started_at is not None:
        event_type = EventType.IMPORT_JOB_STARTED
    elif before.progress_event_at != after.progress_event_at:
        event_type = EventType.IMPORT_JOB_PROGRESS
    return [] if event_type is None else event_writes(_event(event_type, after))


def _end_of_job(phase: ImportPhase) -> EventType | None:
    """Return the event of the end of a job. A cancelled job has none: the public contract names none."""
    match phase:
        case ImportPhase.COMPLETED:
            return EventType.IMPORT_JOB_COMPLETED
        case ImportPhase.COMPLETED_WITH_FAILURES:
            return EventType.IMPORT_JOB_PARTIAL_COMPLETED
        case ImportPhase.FAILED:
            return EventType.IMPORT_JOB_FAILED
        case ImportPhase.CANCELLED:
            return None
    raise ValueError(f"an import job does not end in the phase {phase}")


def _event(event_type: EventType, job: ImportJob) -> Event:
    return Event.of(
        event_type,
        _payload(job),
        tenant_id=job.tenant_id,
        user_id=job.user_id,
        index_id=job.index_id,
    )


def _payload(job: ImportJob) -> ImportJobPayload:
    progress = job.progress
    return ImportJobPayload(
        job_id=job.job_id,
        index_id=job.index_id,
        source_kind=job.source_kind,
        status=job.status,
        phase=job.phase,
        total_files=progress.total_files,
        imported=progress.imported,
        failed=progress.failed,
        skipped=progress.skipped,
        bytes_transferred=progress.bytes_transferred,
        parts_total=progress.parts_total,
        parts_completed=progress.parts_completed,
        parts_failed=progress.parts_failed,
        error_code=job.error_code,
        error=job.error_message,
    )
