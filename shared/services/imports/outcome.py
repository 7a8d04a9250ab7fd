"""How an import ends: its status, and a sentence about what failed.

Each part and each source that failed has its own reason. The sentences count them and give the most frequent
reason.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from shared.domain.clock import timestamp
from shared.domain.imports.import_job import (
    ImportFailure,
    ImportJob,
    ImportOutput,
    ImportPhase,
    ImportStage,
    ImportStatus,
    OutputStatus,
)

PART_FAILED: Final = "part_failed"
SOURCES_FAILED: Final = "all_files_failed"
COMPLETED_WITH_FAILURES: Final = "completed_with_failures"


def ended_job(job: ImportJob) -> ImportJob:
    """Return the job at its end. ``job`` has its final counters and head.

    It is cancelled if that was asked for. It has failed if a source failed and no part was completed.
    Otherwise it is completed, with failures if a source failed, or if the listing was given up.
    """
    failures = [file.failure for file in job.head.failed_files if file.failure]
    job.completed_at = timestamp()
    job.progress.current_file = None
    if job.cancel_requested_at is not None:
        job.status, job.phase = ImportStatus.CANCELLED, ImportPhase.CANCELLED
        job.execution = job.execution.after_cancellation()
    elif job.listing_failure is not None:
        _end_without_listing(job, job.listing_failure)
    elif not job.progress.failed:
        job.status, job.phase = ImportStatus.COMPLETED, ImportPhase.COMPLETED
    elif job.progress.parts_completed:
        job.status, job.phase = ImportStatus.COMPLETED, ImportPhase.COMPLETED_WITH_FAILURES
        job.error_code = COMPLETED_WITH_FAILURES
        job.error_message = _partial_message(job, failures)
    else:
        job.status, job.phase = ImportStatus.FAILED, ImportPhase.FAILED
        job.error_code = failures[0].code if _are_alike(failures) else SOURCES_FAILED
        job.error_message = _total_message(job.progress.failed, failures)
    return job


def _end_without_listing(job: ImportJob, failure: ImportFailure) -> None:
    """End a job whose store could not be listed to its end."""
    if not job.progress.imported:
        job.status, job.phase = ImportStatus.FAILED, ImportPhase.FAILED
        job.error_code, job.error_message = failure.code, failure.message
        return
    job.status, job.phase = ImportStatus.COMPLETED, ImportPhase.COMPLETED_WITH_FAILURES
    job.error_code = COMPLETED_WITH_FAILURES
    found = f"{job.progress.total_files:,} files"
    job.error_message = f"The store could not be listed to its end, after {found}. {failure.message}"


def failure_of_parts(outputs: Sequence[ImportOutput]) -> ImportFailure | None:
    """Return the failure of a source of which all or some parts failed; None if none failed."""
    failed = [output for output in outputs if output.status is OutputStatus.FAILED]
    if not failed:
        return None
    reasons = [output.failure for output in failed if output.failure is not None]
    count = "None" if len(failed) == len(outputs) else f"Only {len(outputs) - len(failed)}"
    message = f"{count} of the {len(outputs)} parts of this file could be imported.{_reason(reasons)}"
    has_one_code = len(failed) == len(outputs) and reasons and _are_alike(reasons)
    return ImportFailure(
        code=reasons[0].code if has_one_code else PART_FAILED,
        message=message,
        stage=ImportStage.MAKE,
        retryable=any(reason.retryable for reason in reasons),
    )


def _partial_message(job: ImportJob, failures: Sequence[ImportFailure]) -> str:
    progress = job.progress
    if progress.total_files > 1:
        count = f"{progress.failed} of the {progress.total_files} files"
        return f"{count} could not be imported completely.{_reason(failures, progress.failed)}"
    if failures[0].code == PART_FAILED:
        return failures[0].message
    count = f"Only {progress.parts_completed} of the {progress.parts_total} parts"
    return f"{count} of this file could be imported.{_reason(failures)}"


def _total_message(failed: int, failures: Sequence[ImportFailure]) -> str:
    if failed == 1:
        return failures[0].message
    return f"None of the {failed} files could be imported.{_reason(failures, failed)}"


def _are_alike(failures: Sequence[ImportFailure]) -> bool:
    return len({failure.code for failure in failures}) == 1


def _reason(failures: Sequence[ImportFailure], total: int | None = None) -> str:
    """Return the most frequent reason as a further sentence, with its cases if reasons differ.

    ``failures`` may be the first of ``total``.
    """
    if not failures:
        return ""
    (message, cases), *_ = Counter(failure.message for failure in failures).most_common(1)
    if total is not None and total > len(failures):
        return f" The most frequent reason, in {cases} of the first {len(failures)} cases: {message}"
    if cases == len(failures):
        return f" The reason: {message}"
    return f" The most frequent reason, in {cases} of {len(failures)} cases: {message}"
