"""Contract of ``shared.ports.jobs.Jobs``, for threads over each record store and for Step Functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from ulid import ULID

from shared.domain.clock import isoformat, now
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job
from shared.ports.records import Delete, Put
from tests.contract.conftest import AWS, RECORD_STORES
from tests.contract.job_diary import FOLDER, JobDiary, Plan
from tests.contract.job_worlds import JobWorld, LocalWorld, body_of
from tests.waiting import wait_until

LONG_AGO = timedelta(minutes=10)
"""The age of the requests. The sweep ignores recent requests, because their writers still submit them."""


@dataclass(frozen=True)
class Given:
    """A runner with the diary of its jobs. Job ids are new, because an execution's name cannot be reused."""

    world: JobWorld
    diary: JobDiary

    def write(self, plan: Plan | None = None, job_id: str | None = None) -> JobRequest:
        job_id = job_id or f"job_{ULID()}"
        self.diary.plan(job_id, plan or Plan())
        request = JobRequest(
            job_id=job_id,
            workflow=Workflow.DELETION,
            arguments={FOLDER: str(self.diary.folder), "tenant_id": "anna"},
            requested_at=isoformat(now() - LONG_AGO),
            request_id="req_1",
        )
        self.world.records.write(Put(job(job_id), request.model_dump(mode="json")))
        return request

    def submit(self, plan: Plan | None = None) -> JobRequest:
        request = self.write(plan)
        self.world.jobs.submit(request)
        return request

    def starts(self, request: JobRequest) -> int:
        return len(self.diary.starts(request.job_id))

    def await_start(self, request: JobRequest, number: int = 1) -> None:
        wait_until(lambda: self.starts(request) >= number)

    def await_end(self, request: JobRequest) -> None:
        wait_until(lambda: body_of(self.world.records, request.job_id) is None)


def _executions(_: Path) -> JobWorld:
    from tests.contract.job_executions import ExecutionWorld

    return ExecutionWorld()


def _threads(store: str, folder: Path) -> JobWorld:
    opened = RECORD_STORES[store](folder)
    return LocalWorld(opened.open(), opened.open_code)


@pytest.fixture(params=["local", pytest.param("local-on-dynamodb", marks=pytest.mark.slow), AWS])
def given(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Given]:
    makers = {
        "local": lambda: _threads("local", tmp_path),
        "local-on-dynamodb": lambda: _threads("aws", tmp_path),
        "aws": lambda: _executions(tmp_path),
    }
    world, diary = makers[request.param](), JobDiary(tmp_path)
    yield Given(world, diary)
    diary.release()
    world.close()


class TestRunning:
    def test_submitted_job_runs_and_its_record_is_deleted(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        assert given.starts(request) == 1
        assert given.diary.reported_failures(request.job_id) == 0

    def test_work_gets_arguments_and_request_id(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        (start,) = given.diary.starts(request.job_id)
        assert start.request == {**request.arguments, "request_id": "req_1"}

    def test_job_submitted_twice_runs_once(self, given: Given) -> None:
        request = given.submit(Plan(waits=1))
        given.await_start(request)
        for _ in range(3):
            given.world.jobs.submit(request)
        other = given.submit()
        given.await_end(other)
        given.diary.release()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_job_requested_again_after_its_end_runs_again(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        wait_until(lambda: isoformat(now() - LONG_AGO) != request.requested_at)
        again = given.write(job_id=request.job_id)
        assert again.requested_at != request.requested_at
        given.world.jobs.submit(again)
        given.await_end(again)
        assert given.starts(again) == 2

    def test_job_that_was_not_started_is_found(self, given: Given) -> None:
        request = given.write()
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_sweep_starts_no_job_twice(self, given: Given) -> None:
        request = given.submit(Plan(waits=1))
        given.await_start(request)
        given.world.resume()
        other = given.write()
        given.world.resume()
        given.await_end(other)
        given.diary.release()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_unreadable_job_record_is_ignored(self, given: Given) -> None:
        unreadable = job("job_0")
        given.world.records.write(Put(unreadable, {"job_id": "job_0", "workflow": "from the future"}))
        request = given.write()
        given.world.resume()
        given.await_end(request)
        assert given.world.records.get(unreadable) is not None
        given.world.records.write(Delete(unreadable))


class TestFailures:
    def test_failed_job_is_retried_after_backoff(self, given: Given) -> None:
        request = given.submit(Plan(failures=2))
        given.await_end(request)
        times = [start.at for start in given.diary.starts(request.job_id)]
        assert len(times) == 3
        for (earlier, later), pause in zip(pairwise(times), given.world.backoff_seconds, strict=False):
            assert later - earlier >= pause
        assert given.diary.reported_failures(request.job_id) == 0

    def test_other_jobs_run_while_failed_job_is_retried(self, given: Given) -> None:
        bad, good = given.submit(Plan(failures=100)), given.submit()
        given.await_end(good)
        given.await_end(bad)
        assert given.starts(good) == 1

    def test_job_is_abandoned_and_reported_after_last_attempt(self, given: Given) -> None:
        request = given.submit(Plan(failures=100))
        given.await_end(request)
        assert given.starts(request) == 1 + len(given.world.backoff_seconds)
        assert given.diary.reported_failures(request.job_id) == 1


class TestInterruption:
    def test_interrupted_job_runs_again_from_its_start(self, given: Given) -> None:
        request = given.write(Plan(waits=1))
        given.world.interrupt(request)
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == 2
        assert given.diary.reported_failures(request.job_id) == 0

    def test_repeatedly_interrupted_job_is_abandoned_and_reported(self, given: Given) -> None:
        request = given.write(Plan(waits=100))
        for _ in range(given.world.max_interruptions):
            given.world.interrupt(request)
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == given.world.max_interruptions
        assert given.diary.reported_failures(request.job_id) == 1
