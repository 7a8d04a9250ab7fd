"""The final status and counters of a medium and of a run, summed anew from the records."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.media import Media, MediaType, ProcessingStatus
from shared.domain.runs.prompt_run import MediumState, OperationOutcome, PromptRun, RunStatus
from shared.domain.runs.segment_states import SegmentStates
from shared.domain.runs.statuses import BillingStatus, MediumStage, VideoLevelStatus
from shared.services.records.documents import put
from shared.services.runs.execution.context import MediumWork
from shared.services.runs.execution.failures import Failure
from shared.services.runs.media_states import remove_from_run
from shared.services.runs.pipeline.extract import extract_segments
from shared.services.runs.pipeline.finish import (
    EMPTY_TARGET_MESSAGE,
    finish_medium,
    finish_run,
    missing_video_level_status,
    processing_status,
)
from tests.unit.services.run_world import OVERVIEW, SHOTS, RunWorld
from tests.unit.services.runs.medium_work import RECIPE, analysis, frame, medium_work, segments, spoken
from tests.unit.services.storage import ANNA

FOUR_SECONDS = analysis(spoken(*"abcd"), [frame(0.0, text="EXIT")])
FAILURE = Failure("no such file", "unsupported_media", retryable=False)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def media(world: RunWorld) -> Media:
    return world.add_without_bytes()


@pytest.fixture
def work(world: RunWorld, media: Media) -> MediumWork:
    """A medium with two segments, of which none is extracted."""
    work = medium_work(world, media)
    work.progress.change(media.media_id, _with_two_segments)
    return work


def _with_two_segments(medium_state: MediumState) -> MediumState:
    medium_state.stage = MediumStage.EXTRACTION
    medium_state.recipe = RECIPE
    medium_state.total_segments = 2
    medium_state.processing_segments = 1
    medium_state.duration_seconds = 60.0
    return medium_state


def extract(work: MediumWork, *ordinals: int) -> None:
    chosen = [segment for segment in segments(work.media, 2) if segment.ordinal in ordinals]
    list(extract_segments(work, FOUR_SECONDS, chosen))


def stored_media(world: RunWorld, media: Media) -> Media:
    found = world.documents.get(Media, keys.media(media.tenant_id, media.media_id))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "metadata_keys", "expected"),
    [
        (RunStatus.COMPLETED, [], ProcessingStatus.PROCESSED),
        (RunStatus.COMPLETED_WITH_FAILURES, [], ProcessingStatus.PROCESSED),
        (RunStatus.FAILED, ["title"], ProcessingStatus.FAILED),
        (RunStatus.CANCELLED, ["title"], ProcessingStatus.PROCESSED),
        (RunStatus.CANCELLED, [], ProcessingStatus.NOT_PROCESSED),
    ],
)
def test_processing_status_follows_status_in_run(
    status: RunStatus, metadata_keys: list[str], expected: ProcessingStatus
) -> None:
    assert processing_status(status, metadata_keys) is expected


@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.PROCESSING])
def test_medium_does_not_end_in_open_status(status: RunStatus) -> None:
    with pytest.raises(ValueError, match=status):
        processing_status(status, [])


@pytest.mark.parametrize(
    ("ordinals", "failure", "expected"),
    [
        ((0, 1), None, RunStatus.COMPLETED),
        ((0,), None, RunStatus.COMPLETED_WITH_FAILURES),
        ((0, 1), FAILURE, RunStatus.COMPLETED_WITH_FAILURES),
        ((), FAILURE, RunStatus.FAILED),
    ],
)
def test_results_determine_status_of_medium(
    work: MediumWork, ordinals: tuple[int, ...], failure: Failure | None, expected: RunStatus
) -> None:
    extract(work, *ordinals)
    ended = finish_medium(work, failure=failure)
    assert ended.status is expected
    assert ended.partial is (expected is RunStatus.COMPLETED_WITH_FAILURES)
    assert (ended.successful_segments, ended.processing_segments) == (len(ordinals), 0)
    assert ended.completed_at is not None


def test_failure_names_stage_in_which_it_occurred(work: MediumWork) -> None:
    failed = finish_medium(work, failure=FAILURE)
    assert (failed.failure_stage, failed.stage) == (MediumStage.EXTRACTION, MediumStage.EXTRACTION)
    assert (failed.failure_code, failed.retryable) == ("unsupported_media", False)
    extract(work, 0, 1)
    corrected = finish_medium(work)
    assert (corrected.failure_stage, corrected.failure_code, corrected.retryable) == (None, None, None)
    assert (corrected.error_message, corrected.stage) == (None, MediumStage.FINISHED)


def test_medium_state_keeps_failed_results(world: RunWorld, work: MediumWork) -> None:
    world.models.extractor.broken_at = {2.0}
    extract(work, 0, 1)
    ended = finish_medium(work)
    assert ended.failures is not None
    assert [(result.ordinal, result.metadata) for result in ended.failures] == [(1, {})]
    assert (ended.failed_segments, ended.field_extraction_failures) == (1, 1)


@pytest.mark.parametrize(
    ("status", "expected"),
    [(RunStatus.CANCELLED, VideoLevelStatus.CANCELLED), (RunStatus.FAILED, VideoLevelStatus.FAILED)],
)
def test_pending_media_wide_result_ends_with_its_medium(
    world: RunWorld, media: Media, status: RunStatus, expected: VideoLevelStatus
) -> None:
    assert missing_video_level_status(status) is expected
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    work = medium_work(world, media, world.execute([media], prompt, SHOTS))
    assert finish_medium(work, status).video_level_status is expected
    completed = medium_work(world, media, world.execute([media], prompt, SHOTS))
    completed.progress.change(
        media.media_id,
        lambda state: state.model_copy(update={"video_level_status": VideoLevelStatus.COMPLETED}),
    )
    assert finish_medium(completed, status).video_level_status == VideoLevelStatus.COMPLETED


def test_field_names_of_medium_accumulate_over_runs(world: RunWorld, work: MediumWork) -> None:
    world.keep(work.media.model_copy(update={"metadata_keys": ["alpha", "words"]}))
    extract(work, 0)
    finish_medium(work)
    media = stored_media(world, work.media)
    assert media.metadata_keys == ["alpha", "lines", "transcription", "words"]
    assert media.status is ProcessingStatus.PROCESSED
    finish_medium(work)
    assert stored_media(world, work.media) == media, "without a change, updated_at stays"


def test_segment_states_are_written_once_medium_is_segmented(world: RunWorld, media: Media) -> None:
    key = keys.segment_states(media.tenant_id, media.media_id)
    finish_medium(medium_work(world, media), failure=FAILURE)
    assert world.documents.get(SegmentStates, key) is None
    work = medium_work(world, media)
    work.progress.change(media.media_id, _with_two_segments)
    extract(work, 0, 1)
    finish_medium(work)
    states = world.documents.get(SegmentStates, key)
    assert states is not None
    assert (states.run_id, states.ordinals) == (work.run.run_id, [0, 1])


def finished(world: RunWorld, run: PromptRun) -> PromptRun:
    ended = finish_run(world.documents, run)
    assert ended is not None
    return ended


def change_state(world: RunWorld, run: PromptRun, media: Media, changes: Mapping[str, Any]) -> None:
    state = world.medium_state(run, media).model_copy(update=dict(changes))
    world.documents.write(put(keys.medium_state(run.tenant_id, run.run_id, media.media_id), state))


def test_finished_run_is_billed_for_extracted_share(world: RunWorld, work: MediumWork) -> None:
    """The medium lasts a minute, and half of its segments are extracted."""
    extract(work, 0)
    finish_medium(work)
    run = finished(world, work.run)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert run.billing_actual_mt == pytest.approx(1.35 / 2)
    assert run.billing_status is BillingStatus.CONFIRMED
    assert (run.total_segments, run.completed_segments) == (2, 1)
    assert finished(world, work.run) == run, "a repeated call changes nothing"


def test_run_without_results_releases_its_estimate(world: RunWorld, work: MediumWork) -> None:
    finish_medium(work, failure=FAILURE)
    run = finished(world, work.run)
    assert (run.status, run.error_message) == (RunStatus.FAILED, "no such file")
    assert (run.billing_actual_mt, run.billing_status) == (0, BillingStatus.RELEASED)


def test_run_counts_failed_media_and_names_their_reason(world: RunWorld) -> None:
    media = [world.add_without_bytes() for _ in range(3)]
    run = world.execute(media[::-1])
    for number, medium in enumerate(media):
        status = RunStatus.FAILED if number < 2 else RunStatus.COMPLETED
        change_state(world, run, medium, {"status": status, "error_message": f"message {number}"})
    message = "2 of 3 media were not completed, 1 of them for this reason: message 1."
    assert finished(world, run).error_message == message


def test_run_whose_media_are_all_removed_keeps_their_sums(world: RunWorld, work: MediumWork) -> None:
    extract(work, 0, 1)
    finish_medium(work)
    before = finished(world, work.run)
    for _ in range(2):
        remove_from_run(world.documents, "anna", work.run.run_id, work.media.media_id)
    after = finished(world, work.run)
    assert (after.status, after.error_message) == (RunStatus.COMPLETED, None)
    assert after.billing_actual_mt == before.billing_actual_mt > 0
    assert (after.total_segments, after.media_counts) == (2, before.media_counts)
    assert after.media_counts[MediaType.VIDEO]["completed"] == 1


def test_run_without_media_fails_with_message(world: RunWorld, media: Media) -> None:
    run = world.execute([media]).model_copy(update={"run_id": "run_empty"})
    world.documents.write(put(keys.prompt_run("anna", "run_empty"), run))
    ended = finished(world, run)
    assert (ended.status, ended.error_message) == (RunStatus.FAILED, EMPTY_TARGET_MESSAGE)
    assert finish_run(world.documents, run.model_copy(update={"run_id": "run_unknown"})) is None


@pytest.mark.parametrize(
    ("cancelled", "expected"), [(True, RunStatus.CANCELLED), (False, RunStatus.COMPLETED)]
)
def test_stop_is_completed_with_run(
    world: RunWorld, work: MediumWork, cancelled: bool, expected: RunStatus
) -> None:
    extract(work, 0, 1)
    world.runs.cancel(ANNA, work.run.run_id)
    finish_medium(work, RunStatus.CANCELLED if cancelled else None)
    run = finished(world, work.run)
    assert run.status is expected
    assert run.stop.completed_at == run.completed_at is not None


def test_run_does_not_complete_before_it_started(world: RunWorld, work: MediumWork) -> None:
    """The clock of the machine that started the run is ahead."""

    def start_late(run: PromptRun) -> PromptRun:
        run.started_at = "2999-01-01T00:00:00Z"
        return run

    world.documents.update(PromptRun, keys.prompt_run("anna", work.run.run_id), start_late)
    finish_medium(work)
    assert finished(world, work.run).completed_at == "2999-01-01T00:00:00Z"


def test_result_written_during_finish_is_included(
    world: RunWorld, work: MediumWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another retry finishes between the read of the run and its write."""
    extract(work, 0)
    finish_medium(work)
    finished(world, work.run)
    write = world.records.write

    def write_late(*writes: Any) -> None:
        monkeypatch.undo()
        extract(work, 1)
        finish_medium(work)
        finished(world, work.run)
        write(*writes)

    world.documents.update(
        PromptRun,
        keys.prompt_run("anna", work.run.run_id),
        lambda run: run.model_copy(update={"status": RunStatus.PROCESSING}),
    )
    monkeypatch.setattr(world.records, "write", write_late)
    run = finished(world, work.run)
    assert (run.status, run.completed_segments) == (RunStatus.COMPLETED, 2)


def test_failed_operation_of_segment_leaves_medium_partial(world: RunWorld, work: MediumWork) -> None:
    extract(work, 0, 1)
    result = world.results(work.run, work.media)[0]
    result.transcription = OperationOutcome(succeeded=False, error="no audio")
    key = keys.segment_result("anna", work.run.run_id, work.media.media_id, result.segment_id)
    world.documents.write(put(key, result))
    ended = finish_medium(work)
    assert (ended.status, ended.successful_segments) == (RunStatus.COMPLETED_WITH_FAILURES, 2)
    assert ended.transcription_failures == 1
