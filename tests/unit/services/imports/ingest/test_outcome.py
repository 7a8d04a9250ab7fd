"""The status and the sentence of a job of which everything, something or nothing failed."""

from collections.abc import Sequence

import pytest

from shared.domain.imports.import_job import (
    FileStatus,
    ImportFailure,
    ImportPhase,
    ImportProgress,
    ImportStage,
    ImportStatus,
    OutputStatus,
)
from shared.services.imports.ingest.outcome import ended_job, failure_of_parts
from tests.unit.services.imports.import_records import import_file, import_job, import_output

DAMAGED = ImportFailure(code="damaged", message="It is damaged.", stage=ImportStage.MAKE, retryable=False)
FULL = ImportFailure(code="full", message="The disk is full.", stage=ImportStage.MAKE, retryable=True)


@pytest.mark.parametrize(
    ("reasons", "completed", "code", "message"),
    [
        (
            [DAMAGED] * 72,
            1,
            "part_failed",
            "Only 1 of the 73 parts of this file could be imported. The reason: It is damaged.",
        ),
        (
            [DAMAGED, FULL, FULL],
            1,
            "part_failed",
            (
                "Only 1 of the 4 parts of this file could be imported. "
                "The most frequent reason, in 2 of 3 cases: The disk is full."
            ),
        ),
        (
            [DAMAGED, DAMAGED],
            0,
            "damaged",
            "None of the 2 parts of this file could be imported. The reason: It is damaged.",
        ),
    ],
)
def test_failed_parts_are_counted_with_their_reason(
    reasons: Sequence[ImportFailure], completed: int, code: str, message: str
) -> None:
    outputs = [import_output(0, n, OutputStatus.COMPLETED) for n in range(completed)]
    for number, reason in enumerate(reasons, completed):
        failed = import_output(0, number, OutputStatus.FAILED)
        outputs.append(failed.model_copy(update={"failure": reason}))
    failure = failure_of_parts(outputs)
    assert failure is not None
    assert (failure.code, failure.message) == (code, message)
    assert failure.retryable is (FULL in reasons)


def test_parts_without_failure_are_no_failure() -> None:
    assert failure_of_parts([import_output(0, 0, OutputStatus.COMPLETED)]) is None


@pytest.mark.parametrize(
    ("reasons", "total", "completed", "status", "phase", "message"),
    [
        ([], 1, 1, ImportStatus.COMPLETED, ImportPhase.COMPLETED, None),
        ([DAMAGED], 1, 0, ImportStatus.FAILED, ImportPhase.FAILED, "It is damaged."),
        (
            [DAMAGED, DAMAGED],
            2,
            0,
            ImportStatus.FAILED,
            ImportPhase.FAILED,
            "None of the 2 files could be imported. The reason: It is damaged.",
        ),
        (
            [DAMAGED, FULL, DAMAGED],
            5,
            2,
            ImportStatus.COMPLETED,
            ImportPhase.COMPLETED_WITH_FAILURES,
            (
                "3 of the 5 files could not be imported completely. "
                "The most frequent reason, in 2 of 3 cases: It is damaged."
            ),
        ),
    ],
)
def test_job_ends_with_status_and_sentence(
    reasons: Sequence[ImportFailure],
    total: int,
    completed: int,
    status: ImportStatus,
    phase: ImportPhase,
    message: str | None,
) -> None:
    job = import_job()
    job.progress = ImportProgress(
        total_files=total, failed=len(reasons), parts_completed=completed, parts_total=total
    )
    job.head.failed_files = [
        import_file(n, FileStatus.FAILED, failure=reason) for n, reason in enumerate(reasons)
    ]
    ended = ended_job(job)
    assert (ended.status, ended.phase, ended.error_message) == (status, phase, message)
    assert (ended.error_code is None) is (message is None)
    assert ended.completed_at
