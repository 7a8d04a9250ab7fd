"""What fails stays where it failed, and can be done again."""

from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.errors import Conflict, NotFound, Unavailable
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", seconds=6.0, scene_seconds=2.0)


def retried(world: RunWorld, run: PromptRun, media: Media, ordinal: int, retry_id: str = "rty_1") -> str:
    segment_id = world.results(run, media)[ordinal].segment_id
    world.retries.start(ANNA, run.run_id, media.media_id, segment_id, retry_id=retry_id)
    world.work(retry_id)
    return world.retries.get(ANNA, run.run_id, media.media_id, segment_id, retry_id).status


def test_a_failed_extraction_leaves_its_neighbours_alone(world: RunWorld, film: Path) -> None:
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


def test_a_retry_mends_the_segment_the_counters_and_the_run(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {2.0}
    media = world.add(film)
    run = world.run_now([media])
    world.models.extractor.broken_at = set()
    assert retried(world, run, media, 1) == "completed"
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.COMPLETED
    assert (run.completed_segments, run.field_extraction_failures) == (3, 0)
    mended = world.results(run, media)[1]
    assert mended.metadata["lines"] == ["IT IS GREEN"]
    assert mended.attempt_id == "rty_1"
    assert world.search_index.counts().documents == 3


def test_a_retry_that_fails_says_why_and_spoils_nothing(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    good = world.results(run, media)[0]
    world.models.extractor.broken_at = {0.0}
    assert retried(world, run, media, 0) == "failed"
    assert world.results(run, media)[0] == good
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED


def test_a_retry_renews_the_media_wide_result(world: RunWorld, film: Path) -> None:
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    media = world.add(film)
    whole = world.run_now([media], prompt, SHOTS)
    world.models.extractor.broken_at = {world.results(whole, media)[1].start}
    run = world.run_now([media], prompt, SHOTS)
    assert run.video_level_counts["partial"] == 1
    world.models.extractor.broken_at = set()
    assert retried(world, run, media, 1) == "completed"
    run = world.runs.get(ANNA, run.run_id)
    assert run.video_level_counts == {"total": 1, "completed": 1, "failed": 0, "partial": 0}
    assert run.status is RunStatus.COMPLETED


def test_only_a_finished_run_can_be_retried_and_only_once_at_a_time(world: RunWorld, film: Path) -> None:
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
def test_a_failed_transcription_fails_nothing_else_and_is_retried(
    world: RunWorld, film: Path, error: Exception
) -> None:
    world.models.transcriber.error = error
    media = world.add(film)
    run = world.run_now([media], options=FIXED_2)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert (run.transcription_failures, run.field_extraction_failures) == (3, 0)
    assert "out of order" in (world.results(run, media)[0].transcription.error or "")
    world.models.transcriber.error = None
    for ordinal in range(3):
        assert retried(world, run, media, ordinal, f"rty_{ordinal}") == "completed"
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED
    assert world.results(run, media)[0].metadata["transcription"] == "word0 word1 word2 word3"


def test_a_store_that_does_not_answer_is_no_mediums_failure(world: RunWorld, film: Path) -> None:
    world.models.transcriber.error = Unavailable("The disk is full.")
    media = world.add(film)
    run = world.execute([media])
    with pytest.raises(Unavailable):
        world.work(run.run_id)
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.PROCESSING
    world.models.transcriber.error = None
    world.work(run.run_id)
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.COMPLETED


def test_a_failed_picture_embedding_is_retried(world: RunWorld, film: Path) -> None:
    world.models.pictures.broken = True
    media = world.add(film)
    run = world.run_now([media])
    assert run.image_embedding_failures == 3
    assert world.search_index.counts().picture_vectors == 0
    world.models.pictures.broken = False
    assert retried(world, run, media, 0) == "completed"
    assert world.runs.get(ANNA, run.run_id).image_embedding_failures == 2


def test_a_medium_that_cannot_be_read_fails_alone(world: RunWorld, film: Path, tmp_path: Path) -> None:
    broken, sound = world.add(film), world.add(make_video(tmp_path / "other.mp4", seconds=3.0))
    world.blobs.write(broken.playback_key, b"this is no film", "video/mp4")
    run = world.run_now([broken, sound])
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    state = world.medium_state(run, broken)
    assert (state.status, state.failure_stage) == (RunStatus.FAILED, "analysis")
    assert state.failure_code
    assert world.medium_state(run, sound).status is RunStatus.COMPLETED
    stored = world.documents.get(Media, keys.media("anna", broken.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.FAILED
    [failed] = world.run_views.failures(ANNA, run.run_id).media
    assert failed.medium_state.media_id == broken.media_id


def test_a_run_in_which_everything_fails_has_failed(world: RunWorld, film: Path) -> None:
    world.models.extractor.broken_at = {0.0, 2.0, 4.0}
    run = world.run_now([world.add(film)])
    assert run.status is RunStatus.FAILED
    assert run.billing_status == "released"


def test_a_job_that_is_given_up_ends_its_run(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.execute([media])
    world.pipeline.give_up(world.job(run.run_id), RuntimeError("again and again"))
    ended = world.runs.get(ANNA, run.run_id)
    assert ended.status is RunStatus.FAILED
    assert "again and again" in (ended.error_message or "")
