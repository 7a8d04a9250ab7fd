"""Failures affect only their own segment or medium, and can be retried."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.storage import ANNA

pytestmark = pytest.mark.slow


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", seconds=6.0, scene_seconds=2.0)


def retry(world: RunWorld, run: PromptRun, media: Media, ordinal: int, retry_id: str = "rty_1") -> str:
    segment_id = world.results(run, media)[ordinal].segment_id
    world.retries.start(ANNA, run.run_id, media.media_id, segment_id, retry_id=retry_id)
    world.work(retry_id)
    return world.retries.get(ANNA, run.run_id, media.media_id, segment_id, retry_id).status


def test_failed_extraction_leaves_other_segments_complete(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {2.0}
    media = world.add(film)
    run = world.run_now([media])
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert (run.completed_segments, run.field_extraction_failures) == (2, 1)
    failed = world.results(run, media)[1]
    assert failed.field_extraction.code == "invalid_answer"
    assert failed.metadata == {"transcription": "word4 word5 word6 word7"}
    assert failed.indexed
    [manifest] = world.run_views.failures(ANNA, run.run_id).media
    assert [r.segment_id for r in manifest.segments] == [failed.segment_id]


def test_run_whose_segments_all_failed_says_why(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {0.0, 2.0, 4.0}
    media = world.add(film)
    run = world.run_now([media])
    message = "All 3 segments failed: no valid answer."
    assert (run.status, run.error_message) == (RunStatus.FAILED, message)
    [manifest] = world.run_views.failures(ANNA, run.run_id).media
    assert manifest.medium_state.error_message == message


def test_run_with_some_failed_segments_says_why(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {2.0}
    media = world.add(film)
    run = world.run_now([media])
    message = "1 of 3 segments failed: no valid answer."
    assert (run.status, run.error_message) == (RunStatus.COMPLETED_WITH_FAILURES, message)
    world.models.extractor.broken_at = set()
    assert retry(world, run, media, 1) == "completed"
    assert world.runs.get(ANNA, run.run_id).error_message is None


def test_retry_corrects_segment_counters_and_run(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {2.0}
    media = world.add(film)
    run = world.run_now([media])
    world.models.extractor.broken_at = set()
    assert retry(world, run, media, 1) == "completed"
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.COMPLETED
    assert (run.completed_segments, run.field_extraction_failures) == (3, 0)
    retried = world.results(run, media)[1]
    assert retried.metadata["lines"] == ["IT IS GREEN"]
    assert retried.attempt_id == "rty_1"
    assert world.search_index.counts().documents == 3


def test_failed_retry_keeps_previous_result(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    previous = world.results(run, media)[0]
    world.models.extractor.broken_at = {0.0}
    assert retry(world, run, media, 0) == "failed"
    assert world.results(run, media)[0] == previous
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED


def test_retry_updates_media_wide_result(world: RunWorld, film: Path) -> None:
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    media = world.add(film)
    first = world.run_now([media], prompt, SHOTS)
    world.models.extractor.broken_at = {world.results(first, media)[1].start}
    run = world.run_now([media], prompt, SHOTS)
    assert run.video_level_counts["partial"] == 1
    world.models.extractor.broken_at = set()
    assert retry(world, run, media, 1) == "completed"
    run = world.runs.get(ANNA, run.run_id)
    assert run.video_level_counts == {"total": 1, "completed": 1, "failed": 0, "partial": 0}
    assert run.status is RunStatus.COMPLETED


def test_retry_needs_finished_run_and_no_other_retry(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    segment_id = world.results(run, media)[0].segment_id

    def start(run_id: str, segment: str, retry_id: str) -> None:
        world.retries.start(ANNA, run_id, media.media_id, segment, retry_id=retry_id)

    pending = world.execute([media])
    with pytest.raises(Conflict):
        start(pending.run_id, segment_id, "rty_1")
    with pytest.raises(NotFound):
        start(run.run_id, segment_id[:-1] + "9", "rty_2")
    start(run.run_id, segment_id, "rty_3")
    start(run.run_id, segment_id, "rty_3")
    with pytest.raises(Conflict):
        start(run.run_id, segment_id, "rty_4")


@pytest.mark.parametrize(
    "error", [RuntimeError("out of order"), Unavailable("out of order", code="model_weights_missing")]
)
def test_failed_transcription_is_isolated_and_retried(world: RunWorld, film: Path, error: Exception) -> None:
    world.models.transcriber.error = error
    media = world.add(film)
    run = world.run_now([media], options=FIXED_2)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert (run.transcription_failures, run.field_extraction_failures) == (3, 0)
    assert "out of order" in (world.results(run, media)[0].transcription.error or "")
    world.models.transcriber.error = None
    for ordinal in range(3):
        assert retry(world, run, media, ordinal, f"rty_{ordinal}") == "completed"
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED
    assert world.results(run, media)[0].metadata["transcription"] == "word0 word1 word2 word3"


def test_unavailable_store_fails_no_medium(world: RunWorld, film: Path) -> None:
    world.models.transcriber.error = Unavailable("The disk is full.")
    media = world.add(film)
    run = world.execute([media])
    with pytest.raises(Unavailable):
        world.work(run.run_id)
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.PROCESSING
    world.models.transcriber.error = None
    world.work(run.run_id)
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED


def test_failed_image_embedding_is_retried(world: RunWorld, film: Path) -> None:
    world.models.images.broken = True
    media = world.add(film)
    run = world.run_now([media])
    assert run.image_embedding_failures == 3
    assert world.search_index.counts().picture_vectors == 0
    world.models.images.broken = False
    assert retry(world, run, media, 0) == "completed"
    assert world.runs.get(ANNA, run.run_id).image_embedding_failures == 2


def test_unreadable_medium_fails_alone(world: RunWorld, film: Path, tmp_path: Path) -> None:
    broken, intact = world.add(film), world.add(make_video(tmp_path / "other.mp4", seconds=3.0))
    world.blobs.write(broken.playback_key, b"this is no film", "video/mp4")
    run = world.run_now([broken, intact])
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    state = world.medium_state(run, broken)
    assert (state.status, state.failure_stage) == (RunStatus.FAILED, "analysis")
    assert state.failure_code
    assert world.medium_state(run, intact).status is RunStatus.COMPLETED
    stored = world.documents.get(Media, keys.media("anna", broken.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.FAILED
    [failed] = world.run_views.failures(ANNA, run.run_id).media
    assert failed.medium_state.media_id == broken.media_id


def test_run_fails_if_all_segments_fail(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {0.0, 2.0, 4.0}
    run = world.run_now([world.add(film)])
    assert run.status is RunStatus.FAILED
    assert run.billing_status == "released"


def test_run_fails_when_its_job_is_given_up(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.execute([media])
    world.pipeline.give_up(world.job(run.run_id), RuntimeError("again and again"))
    ended = world.runs.get(ANNA, run.run_id)
    assert ended.status is RunStatus.FAILED
    assert "again and again" in (ended.error_message or "")
