"""Sentences about failures, with counts and the commonest reason."""

from typing import Any

import pytest

from shared.domain.media import MediaType
from shared.domain.runs.failure_reasons import failure_reasons, medium_error, run_error
from shared.domain.runs.prompt_run import MediumState, OperationOutcome, RunStatus, SegmentResult

NOW = "2026-01-01T00:00:00.000Z"


def result(ordinal: int, error: str | None) -> SegmentResult:
    return SegmentResult(
        run_id="run_1",
        media_id="m",
        segment_id=f"s{ordinal}",
        prompt_id="p",
        ordinal=ordinal,
        start=0.0,
        end=1.0,
        field_extraction=OperationOutcome(succeeded=error is None, error=error),
        completed_at=NOW,
        executed_at=NOW,
    )


def state(status: RunStatus = RunStatus.FAILED, **changes: Any) -> MediumState:
    return MediumState(
        run_id="run_1",
        media_id="m",
        media_type=MediaType.VIDEO,
        prompt_id="p",
        ordinal=0,
        status=status,
        created_at=NOW,
        updated_at=NOW,
        **changes,
    )


def test_reasons_are_counted_commonest_first() -> None:
    results = [result(n, error) for n, error in enumerate(["a", "b", "b", None, "c" * 1000])]
    assert list(failure_reasons(results).items()) == [("b", 2), ("a", 1), ("c" * 300, 1)]
    assert failure_reasons(result(n, f"reason {n}") for n in range(9)) == {f"reason {n}": 1 for n in range(5)}


@pytest.mark.parametrize(
    ("failed", "total", "reasons", "message"),
    [
        (1, 1, {"no answer": 1}, "The only segment failed: no answer."),
        (3, 3, {"No answer.": 3}, "All 3 segments failed: No answer."),
        (3, 3, {"no": 2, "late": 1}, "All 3 segments failed, 2 of them for this reason: no."),
        (3, 3, {}, "All 3 segments failed."),
        (2, 3, {"no": 2}, None),
        (0, 0, {}, None),
    ],
)
def test_medium_names_reason_if_all_its_segments_failed(
    failed: int, total: int, reasons: dict[str, int], message: str | None
) -> None:
    counted = state(failed_segments=failed, total_segments=total, failure_reasons=reasons)
    assert medium_error(counted) == message


def test_run_sums_failures_of_its_media() -> None:
    done = state(RunStatus.COMPLETED, total_segments=5, successful_segments=5)
    failed = state(total_segments=2, failed_segments=2, failure_reasons={"no": 2})
    failed.error_message = medium_error(failed)
    partial = state(
        RunStatus.COMPLETED_WITH_FAILURES,
        total_segments=3,
        failed_segments=2,
        failure_reasons={"late": 1, "no": 1},
    )
    broken = state(error_message="no such file")
    cancelled = state(RunStatus.CANCELLED, error_message="deleted", total_segments=1, failed_segments=1)
    assert run_error([done]) is None
    assert run_error([broken]) == "no such file"
    assert run_error([broken, broken]) == "None of the 2 media was completed: no such file."
    assert run_error([done, failed, partial, cancelled]) == (
        "4 of 11 segments failed, 3 of them for this reason: no."
    )
    assert run_error([done, failed, broken]) == (
        "1 of 3 media was not completed: no such file. 2 of 7 segments failed: no."
    )
