"""Steps of a run: plan, process by several workers, fail in part, cancel, finish."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import DomainError, Unavailable
from shared.domain.job import JobRequest, Workflow
from shared.domain.media import Media, ProcessingStatus
from shared.domain.runs.prompt_run import MediumState, PromptRun, RunStatus
from shared.ports.jobs import Interrupted
from shared.services.library.media_status import MediaStatus
from shared.services.runs.execution.failures import Failure
from shared.services.runs.pipeline.run_coordinator import RunCoordinator
from shared.services.runs.pipeline.shard import MAX_SHARDS, Shard, shards_for
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import RunWorld
from tests.unit.services.storage import ANNA, StopAfter, never

pytestmark = pytest.mark.slow

TENANT = ANNA.tenant_id
BROKEN = Failure("The worker failed.", "worker_failed", retryable=True)


@pytest.fixture
def world(tmp_path: Path) -> RunWorld:
    return RunWorld(tmp_path)


@pytest.fixture
def coordinator(world: RunWorld) -> RunCoordinator:
    return RunCoordinator(world.documents)


@pytest.fixture
def films(world: RunWorld, tmp_path: Path) -> list[Media]:
    return [
        world.add(make_video(tmp_path / f"film-{seconds}.mp4", seconds=float(seconds), scene_seconds=1.0))
        for seconds in (2, 4, 6)
    ]


def work(world: RunWorld, run: PromptRun, shard: Shard, max_starts: int | None = 3) -> None:
    world.new_pipeline().process(TENANT, run.run_id, shard, never, max_starts=max_starts)


def finish(world: RunWorld, coordinator: RunCoordinator, run: PromptRun) -> PromptRun:
    assert coordinator.finish(TENANT, run.run_id) is not None
    return world.runs.get(ANNA, run.run_id)


def medium_state(run: PromptRun, media_id: str, seconds: float) -> MediumState:
    return MediumState(
        run_id=run.run_id,
        media_id=media_id,
        media_type="video",
        prompt_id="prm_1",
        ordinal=0,
        duration_seconds=seconds,
        created_at="",
        updated_at="",
    )


def test_shard_count_follows_duration_of_media(world: RunWorld, films: list[Media]) -> None:
    run = world.execute(films)
    short, long = [medium_state(run, "a", 60)] * 3, [medium_state(run, "a", 3600)] * 4
    assert shards_for([]) == []
    assert shards_for(short) == [Shard(0, 1)]
    assert shards_for(long) == [Shard(n, 4) for n in range(4)]
    assert len(shards_for(long * 1000)) == MAX_SHARDS
    numbered = [long[0].model_copy(update={"media_id": str(n), "ordinal": n}) for n in range(10)]
    parts = [m.media_id for n in range(3) for m in Shard(n, 3).select(numbered)]
    assert sorted(parts) == [str(n) for n in range(10)]
    with pytest.raises(ValueError, match="no shard 3 of 3"):
        Shard(3, 3)


def test_workers_process_shards_in_any_order(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    run = world.execute(films)
    assert coordinator.plan_shards(TENANT, run.run_id) == [Shard(0, 1)]
    for number in (1, 0, 1):
        assert coordinator.should_process(TENANT, run.run_id, Shard(number, 2))
        work(world, run, Shard(number, 2))
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.COMPLETED
    segments = [r.segment_id for medium in films for r in world.results(run, medium)]
    assert len(segments) == len(set(segments)) == run.total_segments == run.completed_segments == 6
    assert world.search_index.counts().documents == 6
    assert coordinator.finish(TENANT, run.run_id) is RunStatus.COMPLETED
    assert world.runs.get(ANNA, run.run_id) == run
    assert coordinator.plan_shards(TENANT, run.run_id) == []


def test_failed_worker_fails_only_its_own_shard(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    run = world.execute(films)
    coordinator.plan_shards(TENANT, run.run_id)
    work(world, run, Shard(0, 2))
    assert coordinator.fail_shard(TENANT, run.run_id, Shard(1, 2), BROKEN) == 1
    assert coordinator.fail_shard(TENANT, run.run_id, Shard(1, 2), BROKEN) == 0
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    failed = world.medium_state(run, films[1])
    assert (failed.status, failed.failure_code) == (RunStatus.FAILED, "worker_failed")
    assert world.medium_state(run, films[2]).status is RunStatus.COMPLETED


def test_unprocessed_media_fail_when_run_finishes(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    run = world.execute(films)
    coordinator.plan_shards(TENANT, run.run_id)
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.FAILED
    assert {world.medium_state(run, medium).failure_code for medium in films} == {"not_processed"}


def test_cancellation_ends_pending_media_without_worker(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    run = world.execute(films)
    coordinator.plan_shards(TENANT, run.run_id)
    work(world, run, Shard(0, 3))
    world.runs.cancel(ANNA, run.run_id)
    assert not coordinator.should_process(TENANT, run.run_id, Shard(1, 3))
    assert world.medium_state(run, films[1]).status is RunStatus.CANCELLED
    work(world, run, Shard(2, 3))
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.CANCELLED
    assert [world.medium_state(run, medium).status for medium in films] == [
        RunStatus.COMPLETED,
        RunStatus.CANCELLED,
        RunStatus.CANCELLED,
    ]
    assert not coordinator.should_process(TENANT, run.run_id, Shard(2, 3))


def test_medium_that_kills_workers_fails_and_others_complete(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media], monkeypatch: pytest.MonkeyPatch
) -> None:
    run = world.execute(films)

    class WorkerKilled(BaseException):
        pass

    def kill(work: object, **_: object) -> None:
        raise WorkerKilled

    with monkeypatch.context() as patch:
        patch.setattr("shared.services.runs.pipeline.run.process_medium", kill)
        for _ in range(3):
            with pytest.raises(WorkerKilled):
                work(world, run, Shard())
    assert world.medium_state(run, films[0]).starts == 3
    work(world, run, Shard())
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.COMPLETED_WITH_FAILURES
    assert world.medium_state(run, films[0]).failure_code == "worker_died"
    assert [world.medium_state(run, medium).status for medium in films[1:]] == [RunStatus.COMPLETED] * 2


@pytest.mark.parametrize("error", [Interrupted(), Unavailable("No store answers.")])
def test_orderly_stop_resets_count_of_starts(
    world: RunWorld, films: list[Media], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    run = world.execute(films)

    def stop(work: object, **_: object) -> None:
        raise error

    monkeypatch.setattr("shared.services.runs.pipeline.run.process_medium", stop)
    for _ in range(5):
        with pytest.raises(type(error)):
            work(world, run, Shard())
    assert world.medium_state(run, films[0]).starts == 0


def test_interrupted_shard_resumes(world: RunWorld, coordinator: RunCoordinator, films: list[Media]) -> None:
    run = world.execute(films)
    for checks in range(3, 60, 3):
        try:
            world.new_pipeline().process(TENANT, run.run_id, Shard(), StopAfter(checks), max_starts=3)
        except Interrupted:
            continue
        break
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.COMPLETED
    results = [r.segment_id for medium in films for r in world.results(run, medium)]
    assert len(results) == len(set(results)) == 6


def test_given_up_job_releases_processing_media(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    run = world.runs.process_media(ANNA, films[0].media_id, 2, world.new_prompt().prompt_id, "run_1")
    assert world.library.get(ANNA, films[0].media_id).status is ProcessingStatus.PROCESSING
    job = JobRequest(
        job_id=run.run_id,
        workflow=Workflow.PROMPT_RUN,
        arguments={"tenant_id": TENANT, "run_id": run.run_id},
        requested_at="",
    )
    coordinator.give_up(job, DomainError("The worker failed.", code="worker_failed"))
    state = world.medium_state(run, films[0])
    assert (state.status, state.failure_code, state.error_message) == (
        RunStatus.FAILED,
        "worker_failed",
        "The worker failed.",
    )
    assert world.runs.get(ANNA, run.run_id).status is RunStatus.FAILED
    assert world.library.get(ANNA, films[0].media_id).status is ProcessingStatus.FAILED


def test_deleted_run_needs_no_work(coordinator: RunCoordinator) -> None:
    assert coordinator.plan_shards(TENANT, "run_gone") == []
    assert not coordinator.should_process(TENANT, "run_gone", Shard())
    assert coordinator.fail_shard(TENANT, "run_gone", Shard(), BROKEN) == 0
    assert coordinator.finish(TENANT, "run_gone") is None


def test_times_stay_in_order_on_worker_with_slow_clock(
    world: RunWorld, coordinator: RunCoordinator, films: list[Media]
) -> None:
    """For a worker whose clock is an hour slow, the request lies one hour in the future."""
    run = world.execute(films[:1])
    ahead = {"executed_at": isoformat(now() + timedelta(hours=1))}
    key = keys.prompt_run(TENANT, run.run_id)
    world.documents.update(PromptRun, key, lambda found: found.model_copy(update=ahead))
    work(world, run, Shard())
    run = finish(world, coordinator, run)
    assert run.status is RunStatus.COMPLETED
    assert run.started_at is not None
    assert run.completed_at is not None
    assert run.executed_at <= run.started_at <= run.completed_at
    [(status, moment)] = [
        (state.status, state.completed_at)
        for runs in MediaStatus(world.documents).one(ANNA, films[0].media_id).runs
        for state in runs.segments
    ]
    [result] = world.results(run, films[0])
    assert (status, moment) == ("completed", result.completed_at), (
        "the status shows the times that the worker wrote"
    )
