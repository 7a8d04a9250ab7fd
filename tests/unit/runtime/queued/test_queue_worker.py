"""A worker of the queue: it takes jobs until none is left, and no job is left between two workers."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import pytest

from shared.domain import keys
from shared.domain.errors import VersionConflict
from shared.domain.job import JobRequest
from shared.ports.jobs import Interrupted, TurnOver
from shared.runtime.queued import queue_worker
from shared.runtime.queued.queue_worker import QueueWorker
from shared.services.imports.batches.worker_places import WorkerPlaces
from tests.unit.runtime.queued.queued_world import QueuedWorld
from tests.unit.services.storage import Storage
from tests.waiting import HANG_TIMEOUT


@pytest.fixture
def world(tmp_path: Path) -> QueuedWorld:
    return QueuedWorld(Storage(tmp_path))


@pytest.fixture
def places(world: QueuedWorld) -> WorkerPlaces:
    made = WorkerPlaces(world.storage.documents, 1)
    assert made.reserve("anna", waiting=1, batches_per_worker=1) == [0]
    return made


def worker(world: QueuedWorld, places: WorkerPlaces, owner: str = "anna") -> QueueWorker:
    return QueueWorker(world.queue, world.jobs, places.place(0, owner), threads=2, idle_seconds=0)


def send(world: QueuedWorld, *job_ids: str) -> None:
    world.queue.waiting_ids.extend(world.request(job_id) for job_id in job_ids)


def test_all_jobs_run_once(world: QueuedWorld, places: WorkerPlaces) -> None:
    send(world, "imp_1", "imp_2", "imp_3")
    world.queue.waiting_ids.append("imp_1")
    worker(world, places).run(lambda: False)
    assert sorted(world.dispatch.ran) == ["imp_1", "imp_2", "imp_3"]
    assert sorted(world.queue.deleted) == ["imp_1", "imp_1", "imp_2", "imp_3"]
    assert places.reserve("bert", waiting=0, batches_per_worker=1) == [0]


def test_job_that_comes_at_the_end_runs(world: QueuedWorld, places: WorkerPlaces) -> None:
    """The first look finds nothing, so the worker gives up its place; then a job comes."""
    world.queue.at_look = {3: world.request("imp_late")}
    worker(world, places).run(lambda: False)
    assert world.dispatch.ran == ["imp_late"]


def test_job_is_held_again_after_a_renewal_that_failed(
    world: QueuedWorld, places: WorkerPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_worker, "_RENEW_SECONDS", 0.001)
    jobs, calls, held_again = world.jobs, list[str](), Event()

    def hold(job_id: str, _seconds: float) -> None:
        calls.append(job_id)
        if len(calls) == 1:
            raise VersionConflict(keys.job(job_id))
        held_again.set()

    def wait_for_hold(_job: JobRequest, _stopping: Callable[[], bool]) -> None:
        assert held_again.wait(HANG_TIMEOUT)

    monkeypatch.setattr(jobs, "hold", hold)
    world.dispatch.work = wait_for_hold
    send(world, "imp_1")
    QueueWorker(world.queue, jobs, places.place(0, "anna"), threads=1, idle_seconds=0).run(lambda: False)
    assert world.queue.deleted == ["imp_1"]


def test_other_job_runs_between_two_turns(world: QueuedWorld, places: WorkerPlaces) -> None:
    def take_turns(job: JobRequest, _stopping: Callable[[], bool]) -> None:
        if job.job_id == "archive" and len(world.dispatch.ran) < 9:
            raise TurnOver

    world.dispatch.work = take_turns
    send(world, "archive", "single")
    QueueWorker(world.queue, world.jobs, places.place(0, "anna"), threads=1, idle_seconds=0).run(
        lambda: False
    )
    assert world.dispatch.ran == ["archive", "single", *["archive"] * 7]
    assert (world.queue.deleted, world.dispatch.given_up) == (["single", "archive"], [])


def test_worker_without_its_place_takes_nothing(world: QueuedWorld, places: WorkerPlaces) -> None:
    send(world, "imp_1")
    worker(world, places, owner="bert").run(lambda: False)
    assert (world.queue.looks, list(world.queue.waiting_ids)) == (0, ["imp_1"])


def test_stopped_worker_releases_its_jobs_and_keeps_place(world: QueuedWorld, places: WorkerPlaces) -> None:
    send(world, "imp_1")
    stopped: list[bool] = []

    def stop(_job: JobRequest, stopping: Callable[[], bool]) -> None:
        stopped.append(True)
        assert stopping()
        raise Interrupted

    world.dispatch.work = stop
    with pytest.raises(Interrupted):
        worker(world, places).run(lambda: bool(stopped))
    assert (list(world.queue.waiting_ids), world.queue.deleted) == (["imp_1"], [])
    assert places.reserve("bert", waiting=9, batches_per_worker=1) == []
    assert places.place(0, "anna").renew()
