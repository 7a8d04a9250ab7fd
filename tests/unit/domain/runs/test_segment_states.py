import json

from shared.domain.ids import segment_id
from shared.domain.media import Segment
from shared.domain.runs.prompt_run import OperationOutcome, SegmentResult
from shared.domain.runs.segment_states import MAX_STATES, SegmentStates

MEDIUM = "vid_01J9Z3W6QK5Y8V2N4B7C0D1E2F"
RUN = "run_01J9Z3W6QK5Y8V2N4B7C0D1E2F"
SINCE = "2026-01-01T00:00:00.000Z"


def segment(ordinal: int) -> Segment:
    return Segment(
        segment_id=segment_id(MEDIUM, "fixed:1", ordinal),
        media_id=MEDIUM,
        recipe="fixed:1",
        ordinal=ordinal,
        start=float(ordinal),
        end=ordinal + 1.0,
        created_at=SINCE,
    )


def result(ordinal: int, *, error: str | None = None) -> SegmentResult:
    return SegmentResult(
        run_id=RUN,
        media_id=MEDIUM,
        segment_id=segment_id(MEDIUM, "fixed:1", ordinal),
        prompt_id="p",
        ordinal=ordinal,
        start=float(ordinal),
        end=ordinal + 1.0,
        field_extraction=OperationOutcome(succeeded=error is None, error=error),
        failure_stage="field_extraction" if error else None,
        attempt_id="rty_1" if error else None,
        started_at="2026-01-01T00:00:01.500Z",
        completed_at="2026-01-02T00:00:00.250Z",
        executed_at=SINCE,
    )


def test_segment_states_match_results() -> None:
    cut = [segment(ordinal) for ordinal in range(3)]
    kept = SegmentStates.of(RUN, "fixed:1", SINCE, [result(2, error="no answer"), result(0)], cut)
    read = SegmentStates.model_validate(json.loads(json.dumps(kept.model_dump(mode="json"))))
    first, second, third = read.states(MEDIUM, pending=True)
    assert [s.status for s in (first, second, third)] == ["completed", "pending", "failed"]
    assert (first.segment_id, first.start, first.end) == (cut[0].segment_id, 0.0, 1.0)
    assert (first.started_at, first.completed_at) == ("2026-01-01T00:00:01.500Z", "2026-01-02T00:00:00.250Z")
    assert (second.started_at, second.completed_at, second.error_message) == (None, None, None)
    assert (third.error_message, third.failure_stage, third.attempt_id) == (
        "no answer",
        "field_extraction",
        "rty_1",
    )
    assert [s.segment_id for s in read.states(MEDIUM, pending=False)] == [
        cut[0].segment_id,
        cut[2].segment_id,
    ]


def test_record_of_run_with_only_failures_stays_small() -> None:
    many = [result(ordinal, error="x" * 5000) for ordinal in range(MAX_STATES + 500)]
    kept = SegmentStates.of(RUN, "fixed:1", SINCE, many)
    assert len(kept.states(MEDIUM, pending=True)) == MAX_STATES
    assert len(kept.model_dump_json(exclude_defaults=True)) < 300_000


def test_state_takes_few_bytes() -> None:
    kept = SegmentStates.of(RUN, "fixed:1", SINCE, [result(ordinal) for ordinal in range(MAX_STATES)])
    assert len(kept.model_dump_json(exclude_defaults=True)) / MAX_STATES < 45
