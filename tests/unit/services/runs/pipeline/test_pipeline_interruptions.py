"""A run that is killed anywhere, cancelled, or whose medium is deleted under it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.domain import keys
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import PromptRun, RunStatus
from shared.ports.jobs import Interrupted
from shared.ports.models import Extraction, ExtractionRequest
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import FIXED_2, OVERVIEW, SHOTS, RunWorld
from tests.unit.services.small_models import Extractor
from tests.unit.services.storage import ANNA, CutOff, never


class Killed(Interrupted):
    """The process is gone: nothing that it still tries to write arrives."""


class Mortal:
    """Lets ``lives`` writes pass and then none, whether to records, blobs or the search index."""

    def __init__(self, lives: int) -> None:
        self.lives = lives

    def __call__(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.lives -= 1
            if self.lives < 0:
                raise Killed
            return write(*args, **kwargs)

        return guarded


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", seconds=4.0, scene_seconds=1.0)


def work_and_die(world: RunWorld, run: PromptRun, lives: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the run got through before it was killed."""
    with monkeypatch.context() as patch:
        mortal = Mortal(lives)
        patch.setattr(world.records, "write", mortal(world.records.write))
        patch.setattr(world.blobs, "write", mortal(world.blobs.write))
        patch.setattr(world.search_index, "put", mortal(world.search_index.put))
        try:
            world.work(run.run_id)
        except Killed:
            return False
        return True


def assert_whole(world: RunWorld, run: PromptRun, media: list[Media]) -> None:
    assert run.status is RunStatus.COMPLETED
    segment_ids = [r.segment_id for m in media for r in world.results(run, m)]
    assert len(segment_ids) == len(set(segment_ids)) == run.total_segments == run.completed_segments
    assert all(r.indexed for m in media for r in world.results(run, m))
    for medium in media:
        state = world.medium_state(run, medium)
        assert state.successful_segments == state.total_segments == len(world.results(run, medium)) > 0
        stored = world.documents.get(Media, keys.media("anna", medium.media_id))
        assert stored is not None
        assert stored.status is ProcessingStatus.PROCESSED
    assert world.search_index.counts().documents == run.total_segments + len(media)
    assert run.video_level_counts["completed"] == len(media)
    assert run.created_new_segments


def test_told_to_stop_while_a_model_answers_it_waits_for_none_and_keeps_what_is_there(
    world: RunWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of segments side by side the first waits for an answer that never comes."""
    media = world.add(make_video(tmp_path / "long.mp4", seconds=8.0, scene_seconds=2.0))
    run = world.execute([media])
    extract, told, others = type(world.models.extractor).extract, threading.Event(), threading.Semaphore(0)

    def answer(extractor: Extractor, request: ExtractionRequest) -> Extraction:
        if request.evidence.start > 0:
            others.release()
            return extract(extractor, request)
        for _ in range(3):
            assert others.acquire(timeout=10)
        told.set()
        for _ in range(500):
            request.check_stop()
            time.sleep(0.02)
        raise AssertionError("nobody stopped it")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.models.extractor), "extract", answer)
        with pytest.raises(Interrupted):
            world.new_pipeline(parallel=5).run(world.job(run.run_id), told.is_set)
    assert [result.ordinal for result in world.results(run, media)] == [1, 2, 3]
    world.new_pipeline(parallel=4).run(world.job(run.run_id), never)
    assert [result.ordinal for result in world.results(run, media)] == [0, 1, 2, 3]
    asked = [request.evidence.start for request in world.models.extractor.requests]
    assert sorted(asked) == [0.0, 2.0, 4.0, 6.0]


def test_killed_after_every_write_it_still_does_everything_once(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = [world.add(film), world.add(film)]
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    run = world.execute(media, prompt, SHOTS)
    deaths = 0
    while not work_and_die(world, run, 4 + deaths % 12, monkeypatch):
        deaths += 1
        assert deaths < 200
    assert deaths >= 10
    assert_whole(world, world.runs.get(ANNA, run.run_id), media)


@pytest.mark.parametrize("lives", range(0, 45, 4))
def test_killed_at_one_moment_and_run_again(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch, lives: int
) -> None:
    media = [world.add(film)]
    run = world.execute(media, world.new_prompt(video_level=OVERVIEW.model_dump()), SHOTS)
    work_and_die(world, run, lives, monkeypatch)
    world.work(run.run_id)
    assert_whole(world, world.runs.get(ANNA, run.run_id), media)


def test_a_server_that_stops_leaves_the_run_for_the_next(world: RunWorld, film: Path) -> None:
    media = [world.add(film)]
    run = world.execute(media, world.new_prompt(video_level=OVERVIEW.model_dump()), SHOTS)
    for questions in (1, 4, 9):
        with pytest.raises(Interrupted):
            world.work(run.run_id, CutOff(questions))
        assert not world.runs.get(ANNA, run.run_id).status.is_terminal
    world.work(run.run_id)
    assert_whole(world, world.runs.get(ANNA, run.run_id), media)


def after_first_extraction(world: RunWorld, act: Callable[[], object]) -> None:
    """Have ``act`` happen while the first segment is being extracted."""
    extract = world.models.extractor.extract
    done: list[bool] = []

    def acting(request: ExtractionRequest) -> Extraction:
        extraction = extract(request)
        if not done:
            done.append(True)
            act()
        return extraction

    world.models.extractor.extract = acting  # type: ignore[method-assign]


def without_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.services.runs.execution.stop_check._READ_INTERVAL_SECONDS", 0.0)


def test_a_cancelled_run_begins_nothing_more_and_keeps_what_is_done(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_delay(monkeypatch)
    first, second = world.add(film), world.add(film)
    run = world.execute([first, second], options=FIXED_2)
    after_first_extraction(world, lambda: world.runs.cancel(ANNA, run.run_id))
    world.work(run.run_id)
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.CANCELLED
    assert run.stop.observed_at
    assert run.stop.completed_at
    [kept] = world.results(run, first)
    assert kept.indexed
    assert world.search_index.counts().documents == 1
    assert world.results(run, second) == []
    assert world.medium_state(run, first).status is RunStatus.CANCELLED
    assert world.medium_state(run, second).status is RunStatus.CANCELLED
    stored = world.documents.get(Media, keys.media("anna", second.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.NOT_PROCESSED


def test_a_medium_deleted_under_a_run_leaves_nothing_behind(
    world: RunWorld, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_delay(monkeypatch)
    doomed, other = world.add(film), world.add(make_video(tmp_path / "other.mp4", seconds=3.0))
    run = world.execute([doomed, other], options=FIXED_2)

    def flag() -> None:
        deleting = doomed.model_copy(update={"deleting": True})
        world.keep(deleting)

    after_first_extraction(world, flag)
    world.work(run.run_id)
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert world.medium_state(run, doomed).status is RunStatus.CANCELLED
    assert world.medium_state(run, other).status is RunStatus.COMPLETED
    assert world.results(run, doomed) == []
    assert run.completed_segments == world.medium_state(run, other).successful_segments
    assert world.search_index.counts().documents == run.completed_segments
    left = [key for key in world.blob_keys() if doomed.media_id in key or doomed.content_hash in key]
    assert left == [doomed.playback_key]
    calls = world.run_views.model_calls(ANNA, run.run_id)
    assert doomed.media_id not in {call.media_id for call in calls}


def test_running_a_finished_run_again_changes_nothing(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    results = world.results(run, media)
    world.new_pipeline().run(world.job(run.run_id), never)
    assert world.runs.get(ANNA, run.run_id) == run
    assert world.results(run, media) == results
