"""What ``shared.ports.jobs.Jobs`` promises, of threads over each record store and of Step Functions."""

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
"""Young requests are left to whoever wrote them, so those here are old."""


@dataclass(frozen=True)
class Given:
    """A runner, and a diary of what it was made to do. Ids are new, since names are used up for ever."""

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
    def test_a_submitted_job_is_run_and_its_record_goes(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        assert given.starts(request) == 1
        assert given.diary.told(request.job_id) == 0

    def test_the_work_is_given_its_ids_and_who_asked(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        (start,) = given.diary.starts(request.job_id)
        assert start.request == {**request.arguments, "request_id": "req_1"}

    def test_submitting_twice_runs_once(self, given: Given) -> None:
        request = given.submit(Plan(waits=1))
        given.await_start(request)
        for _ in range(3):
            given.world.jobs.submit(request)
        other = given.submit()
        given.await_end(other)
        given.diary.release()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_work_asked_for_again_after_its_end_is_done_again(self, given: Given) -> None:
        request = given.submit()
        given.await_end(request)
        wait_until(lambda: isoformat(now() - LONG_AGO) != request.requested_at)
        again = given.write(job_id=request.job_id)
        assert again.requested_at != request.requested_at
        given.world.jobs.submit(again)
        given.await_end(again)
        assert given.starts(again) == 2

    def test_a_job_whose_start_was_lost_is_found(self, given: Given) -> None:
        request = given.write()
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_looking_through_the_records_starts_nothing_twice(self, given: Given) -> None:
        request = given.submit(Plan(waits=1))
        given.await_start(request)
        given.world.resume()
        other = given.write()
        given.world.resume()
        given.await_end(other)
        given.diary.release()
        given.await_end(request)
        assert given.starts(request) == 1

    def test_a_record_that_is_no_job_stops_nobody(self, given: Given) -> None:
        unreadable = job("job_0")
        given.world.records.write(Put(unreadable, {"job_id": "job_0", "workflow": "from the future"}))
        request = given.write()
        given.world.resume()
        given.await_end(request)
        assert given.world.records.get(unreadable) is not None
        given.world.records.write(Delete(unreadable))


class TestFailures:
    def test_a_failing_job_is_tried_again_after_a_pause(self, given: Given) -> None:
        request = given.submit(Plan(failures=2))
        given.await_end(request)
        times = [start.at for start in given.diary.starts(request.job_id)]
        assert len(times) == 3
        for (earlier, later), pause in zip(pairwise(times), given.world.pauses, strict=False):
            assert later - earlier >= pause
        assert given.diary.told(request.job_id) == 0

    def test_others_run_while_a_failing_job_is_tried_again(self, given: Given) -> None:
        bad, good = given.submit(Plan(failures=100)), given.submit()
        given.await_end(good)
        given.await_end(bad)
        assert given.starts(good) == 1

    def test_after_its_last_attempt_a_job_is_given_up_and_that_is_told(self, given: Given) -> None:
        request = given.submit(Plan(failures=100))
        given.await_end(request)
        assert given.starts(request) == 1 + len(given.world.pauses)
        assert given.diary.told(request.job_id) == 1


class TestCutOff:
    def test_a_job_that_was_cut_off_is_run_again_from_its_start(self, given: Given) -> None:
        request = given.write(Plan(waits=1))
        given.world.cut_off(request)
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == 2
        assert given.diary.told(request.job_id) == 0

    def test_a_job_that_is_cut_off_again_and_again_is_given_up_and_that_is_told(self, given: Given) -> None:
        request = given.write(Plan(waits=100))
        for _ in range(given.world.most_cut_offs):
            given.world.cut_off(request)
        given.world.resume()
        given.await_end(request)
        assert given.starts(request) == given.world.most_cut_offs
        assert given.diary.told(request.job_id) == 1
