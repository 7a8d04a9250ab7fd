"""Jobs that a worker takes from a queue: done once, retried, given up."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Unavailable, VersionConflict
from shared.domain.job import JobRequest
from shared.ports.jobs import Interrupted
from shared.runtime.queued.jobs import MAX_STARTS, RETRY_SECONDS
from shared.services.maintenance.job_sweep import MAX_ATTEMPTS
from shared.services.records.documents import put
from tests.unit.runtime.queued.queued_world import QueuedWorld
from tests.unit.services.storage import Storage


@pytest.fixture
def world(tmp_path: Path) -> QueuedWorld:
    return QueuedWorld(Storage(tmp_path))


def raising(error: Exception) -> Callable[[JobRequest, Callable[[], bool]], None]:
    def work(_job: JobRequest, _stopping: Callable[[], bool]) -> None:
        raise error

    return work


def test_job_that_is_done_has_no_record(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    assert world.run(job) is None
    assert world.stored(job) is None
    assert world.run(job) is None
    assert world.dispatch.ran == ["imp_1"]


def test_held_job_is_not_run_by_another_worker(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    world.dispatch.work = lambda _job, _stopping: inner.append(world.run("imp_1"))
    inner: list[int | None] = []
    assert world.run(job) is None
    assert (inner, world.dispatch.ran) == ([None], ["imp_1"])


def test_job_of_dead_worker_runs_after_its_hold(world: QueuedWorld) -> None:
    past = isoformat(now() - timedelta(seconds=1))
    job = world.request("imp_1")
    request = world.stored(job)
    assert request is not None
    held = request.model_copy(update={"held_until": past, "starts": 1})
    world.storage.documents.write(put(keys.job(job), held))
    assert world.run(job) is None
    assert world.dispatch.ran == ["imp_1"]


def test_interrupted_job_runs_again_at_once(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    world.dispatch.work = raising(Interrupted())
    assert [world.run(job) for _ in range(MAX_STARTS + 2)] == [0] * (MAX_STARTS + 2)
    stored = world.stored(job)
    assert stored is not None
    assert (stored.starts, stored.attempts, stored.is_held) == (0, 0, False)


def test_job_that_ends_while_stopping_runs_again(world: QueuedWorld) -> None:
    assert world.run(world.request("imp_1"), stopping=lambda: True) == 0
    assert world.stored("imp_1") is not None


@pytest.mark.parametrize(
    "error", [Unavailable("S3 does not answer."), VersionConflict(keys.import_job("anna", "imp_1"))]
)
def test_unavailable_or_contended_store_does_not_count_as_attempt(
    world: QueuedWorld, error: Exception
) -> None:
    job = world.request("imp_1")
    world.dispatch.work = raising(error)
    assert [world.run(job) for _ in range(MAX_ATTEMPTS + 1)] == [RETRY_SECONDS] * (MAX_ATTEMPTS + 1)
    assert world.dispatch.given_up == []


def test_failing_job_is_given_up_after_last_attempt(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    world.dispatch.work = raising(ValueError("no such film"))
    assert [world.run(job) for _ in range(MAX_ATTEMPTS)] == [RETRY_SECONDS] * (MAX_ATTEMPTS - 1) + [None]
    assert world.dispatch.given_up == [("imp_1", "no such film")]
    assert world.stored(job) is None


def test_job_that_kills_its_workers_is_given_up(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    request = world.stored(job)
    assert request is not None
    world.storage.documents.write(
        put(keys.job(job), request.model_copy(update={"starts": MAX_STARTS, "last_error": "killed"}))
    )
    assert world.run(job) is None
    assert (world.dispatch.ran, world.dispatch.given_up) == ([], [("imp_1", "killed")])


def test_hold_of_released_job_has_no_effect(world: QueuedWorld) -> None:
    job = world.request("imp_1")
    world.jobs.hold(job, 60)
    stored = world.stored(job)
    assert stored is not None
    assert not stored.is_held
