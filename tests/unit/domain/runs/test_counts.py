import pytest

from shared.domain.media import MediaType
from shared.domain.runs.counts import count_segments, settled_media_status, settled_run_status
from shared.domain.runs.prompt_run import MediumState, OperationOutcome, RunStatus, SegmentResult
from shared.domain.runs.statuses import VideoLevelStatus

NOW = "2026-01-01T00:00:00.000Z"


def medium(
    status: RunStatus = RunStatus.PROCESSING, total: int = 2, good: int = 0, bad: int = 0
) -> MediumState:
    return MediumState(
        run_id="r",
        media_id="m",
        media_type=MediaType.VIDEO,
        prompt_id="p",
        ordinal=0,
        status=status,
        total_segments=total,
        successful_segments=good,
        failed_segments=bad,
        created_at=NOW,
        updated_at=NOW,
    )


def result(extracted: bool = True, transcribed: bool | None = True) -> SegmentResult:
    return SegmentResult(
        run_id="r",
        media_id="m",
        segment_id="s",
        prompt_id="p",
        ordinal=0,
        start=0,
        end=1,
        field_extraction=OperationOutcome(succeeded=extracted),
        transcription=OperationOutcome(succeeded=transcribed),
        completed_at=NOW,
        executed_at=NOW,
    )


def test_counters_are_sums_regardless_of_previous_values() -> None:
    counted = count_segments(
        medium(good=7, bad=7), [result(), result(extracted=False), result(transcribed=False)]
    )
    assert (counted.successful_segments, counted.failed_segments) == (2, 1)
    assert (counted.field_extraction_failures, counted.transcription_failures) == (1, 1)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (medium(good=2), RunStatus.COMPLETED),
        (medium(good=1, bad=1), RunStatus.COMPLETED_WITH_FAILURES),
        (medium(bad=2), RunStatus.FAILED),
        (medium(good=1), RunStatus.COMPLETED_WITH_FAILURES),
        (medium(), RunStatus.FAILED),
        (medium(total=0), RunStatus.COMPLETED),
        (medium(good=2).model_copy(update={"transcription_failures": 1}), RunStatus.COMPLETED_WITH_FAILURES),
        (
            medium(good=2).model_copy(update={"video_level_status": VideoLevelStatus.FAILED}),
            RunStatus.COMPLETED_WITH_FAILURES,
        ),
    ],
)
def test_final_status_of_medium_follows_from_its_counters(state: MediumState, status: RunStatus) -> None:
    assert settled_media_status(state) is status


@pytest.mark.parametrize(
    ("states", "stopped", "status"),
    [
        (["completed", "completed"], False, "completed"),
        (["completed", "completed"], True, "completed"),
        (["completed", "failed"], False, "completed_with_failures"),
        (["completed", "completed_with_failures"], False, "completed_with_failures"),
        (["failed", "failed"], False, "failed"),
        (["completed", "cancelled"], True, "cancelled"),
        (["completed", "cancelled"], False, "completed_with_failures"),
        (["cancelled"], False, "cancelled"),
        (["failed", "cancelled"], False, "failed"),
        ([], False, "failed"),
    ],
)
def test_final_status_of_run_follows_from_its_media(states: list[str], stopped: bool, status: str) -> None:
    medium_states = [medium(RunStatus(state)) for state in states]
    assert settled_run_status(medium_states, stopped=stopped) == status
