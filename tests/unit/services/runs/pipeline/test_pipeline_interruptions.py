"""Runs that are killed at any point or cancelled, or whose medium is deleted meanwhile."""

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
from tests.unit.services.storage import ANNA, StopAfter, never
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow


class Killed(Interrupted):
    """The process is killed: its later writes do not arrive."""


class WriteLimit:
    """Lets ``limit`` writes to records, blobs and search index pass, and fails all later writes."""

    def __init__(self, limit: int) -> None:
        self.remaining = limit

    def __call__(self, write: Callable[..., Any]) -> Callable[..., Any]:
        def limited(*args: Any, **kwargs: Any) -> Any:
            self.remaining -= 1
            if self.remaining < 0:
                raise Killed
            return write(*args, **kwargs)

        return limited


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return make_video(tmp_path / "film.mp4", seconds=4.0, scene_seconds=1.0)


def work_until_killed(world: RunWorld, run: PromptRun, writes: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Work on a run, and kill it after ``writes`` writes. Return whether the run finished first."""
    with monkeypatch.context() as patch:
        limit = WriteLimit(writes)
        patch.setattr(world.records, "write", limit(world.records.write))
        patch.setattr(world.blobs, "write", limit(world.blobs.write))
        patch.setattr(world.search_index, "put", limit(world.search_index.put))
        try:
            world.work(run.run_id)
        except Killed:
            return False
        return True


def assert_complete(world: RunWorld, run: PromptRun, media: list[Media]) -> None:
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


def test_stop_during_model_call_keeps_completed_results(
    world: RunWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the segments in parallel, the first one waits for an answer that never arrives."""
    media = world.add(make_video(tmp_path / "long.mp4", seconds=8.0, scene_seconds=2.0))
    run = world.execute([media])
    extract = type(world.models.extractor).extract
    stopping, others = threading.Event(), threading.Semaphore(0)

    def answer(extractor: Extractor, request: ExtractionRequest) -> Extraction:
        if request.evidence.start > 0:
            others.release()
            return extract(extractor, request)
        for _ in range(3):
            assert others.acquire(timeout=HANG_TIMEOUT)
        stopping.set()
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline:
            request.check_stop()
            time.sleep(0.02)
        raise AssertionError("the request was not stopped")

    with monkeypatch.context() as patch:
        patch.setattr(type(world.models.extractor), "extract", answer)
        with pytest.raises(Interrupted):
            world.new_pipeline(parallel=5).run(world.job(run.run_id), stopping.is_set)
    assert [result.ordinal for result in world.results(run, media)] == [1, 2, 3]
    world.new_pipeline(parallel=4).run(world.job(run.run_id), never)
    assert [result.ordinal for result in world.results(run, media)] == [0, 1, 2, 3]
    starts = [request.evidence.start for request in world.models.extractor.requests]
    assert sorted(starts) == [0.0, 2.0, 4.0, 6.0]


@pytest.mark.slow
def test_run_killed_repeatedly_does_everything_once(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = [world.add(film), world.add(film)]
    prompt = world.new_prompt(video_level=OVERVIEW.model_dump())
    run = world.execute(media, prompt, SHOTS)
    kills = 0
    while not work_until_killed(world, run, 4 + kills % 12, monkeypatch):
        kills += 1
        assert kills < 200
    assert kills >= 10
    assert_complete(world, world.runs.get(ANNA, run.run_id), media)


@pytest.mark.parametrize("writes", range(0, 45, 4))
def test_run_killed_once_is_completed_by_next_attempt(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    media = [world.add(film)]
    run = world.execute(media, world.new_prompt(video_level=OVERVIEW.model_dump()), SHOTS)
    work_until_killed(world, run, writes, monkeypatch)
    world.work(run.run_id)
    assert_complete(world, world.runs.get(ANNA, run.run_id), media)


def test_next_server_resumes_run_of_stopped_server(world: RunWorld, film: Path) -> None:
    media = [world.add(film)]
    run = world.execute(media, world.new_prompt(video_level=OVERVIEW.model_dump()), SHOTS)
    for checks in (1, 4, 9):
        with pytest.raises(Interrupted):
            world.work(run.run_id, StopAfter(checks))
        assert not world.runs.get(ANNA, run.run_id).status.is_terminal
    world.work(run.run_id)
    assert_complete(world, world.runs.get(ANNA, run.run_id), media)


def during_first_extraction(world: RunWorld, act: Callable[[], object]) -> None:
    """Call ``act`` during the extraction of the first segment."""
    extract = world.models.extractor.extract
    done: list[bool] = []

    def extract_and_act(request: ExtractionRequest) -> Extraction:
        extraction = extract(request)
        if not done:
            done.append(True)
            act()
        return extraction

    world.models.extractor.extract = extract_and_act  # type: ignore[method-assign]


def check_records_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.services.runs.execution.stop_check._READ_INTERVAL_SECONDS", 0.0)


def test_cancelled_run_keeps_results_and_starts_no_work(
    world: RunWorld, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_records_each_time(monkeypatch)
    first, second = world.add(film), world.add(film)
    run = world.execute([first, second], options=FIXED_2)
    during_first_extraction(world, lambda: world.runs.cancel(ANNA, run.run_id))
    world.work(run.run_id)
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.CANCELLED
    assert run.stop.observed_at
    assert run.stop.completed_at
    [result] = world.results(run, first)
    assert result.indexed
    assert world.search_index.counts().documents == 1
    assert world.results(run, second) == []
    assert world.medium_state(run, first).status is RunStatus.CANCELLED
    assert world.medium_state(run, second).status is RunStatus.CANCELLED
    stored = world.documents.get(Media, keys.media("anna", second.media_id))
    assert stored is not None
    assert stored.status is ProcessingStatus.NOT_PROCESSED


def test_medium_deleted_during_run_leaves_no_data(
    world: RunWorld, film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_records_each_time(monkeypatch)
    deleted, other = world.add(film), world.add(make_video(tmp_path / "other.mp4", seconds=3.0))
    run = world.execute([deleted, other], options=FIXED_2)

    def mark_deleting() -> None:
        deleting = deleted.model_copy(update={"deleting": True})
        world.keep(deleting)

    during_first_extraction(world, mark_deleting)
    world.work(run.run_id)
    run = world.runs.get(ANNA, run.run_id)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert world.medium_state(run, deleted).status is RunStatus.CANCELLED
    assert world.medium_state(run, other).status is RunStatus.COMPLETED
    assert world.results(run, deleted) == []
    assert run.completed_segments == world.medium_state(run, other).successful_segments
    assert world.search_index.counts().documents == run.completed_segments
    remaining = [key for key in world.blob_keys() if deleted.media_id in key or deleted.content_hash in key]
    assert remaining == [deleted.playback_key]
    calls = world.run_views.model_calls(ANNA, run.run_id)
    assert deleted.media_id not in {call.media_id for call in calls}


def test_repeated_job_of_finished_run_changes_nothing(world: RunWorld, film: Path) -> None:
    media = world.add(film)
    run = world.run_now([media])
    results = world.results(run, media)
    world.new_pipeline().run(world.job(run.run_id), never)
    assert world.runs.get(ANNA, run.run_id) == run
    assert world.results(run, media) == results
