"""What ``shared.ports.jobs.Jobs`` promises, kept by the runner on a laptop over each record store."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.adapters.local.jobs import Handler, LocalJobs, RetryPolicy
from shared.domain.clock import timestamp
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job
from shared.ports.jobs import Interrupted, JobAbandoned
from shared.ports.records import Delete, Put, Records
from tests.contract.conftest import RecordStore

FAST = RetryPolicy(backoff=(0.02, 0.05), max_starts=5)
WAIT = 20.0

Failure = tuple[JobRequest, Exception]


def write_job(
    records: Records, job_id: str, workflow: Workflow = Workflow.INGEST, *, starts: int = 0
) -> JobRequest:
    request = JobRequest(job_id=job_id, workflow=workflow, requested_at=timestamp(), starts=starts)
    records.write(Put(job(job_id), request.model_dump(mode="json")))
    return request


def stored(records: Records, job_id: str) -> JobRequest | None:
    record = records.get(job(job_id))
    return None if record is None else JobRequest.model_validate(record.body)


class Runner:
    """Starts runners over one set of records, and stops them at the end."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.failures: list[Failure] = []
        self._started: list[LocalJobs] = []

    def start(
        self,
        handler: Handler,
        *,
        handlers: dict[Workflow, Handler] | None = None,
        workers: dict[Workflow, int] | None = None,
        on_failure: Callable[[JobRequest, Exception], None] | None = None,
        sweep_seconds: float = 60.0,
        policy: RetryPolicy = FAST,
    ) -> LocalJobs:
        jobs = LocalJobs(
            self.records,
            handlers or {Workflow.INGEST: handler},
            workers or {},
            on_failure=on_failure or (lambda request, error: self.failures.append((request, error))),
            policy=policy,
            sweep_seconds=sweep_seconds,
        )
        jobs.start()
        self._started.append(jobs)
        return jobs

    def stop(self) -> None:
        for jobs in self._started:
            jobs.stop(WAIT)


@pytest.fixture
def runner(records: Records) -> Iterator[Runner]:
    runner = Runner(records)
    yield runner
    runner.stop()


def ignore(request: JobRequest, stopping: Callable[[], bool]) -> None:
    pass


def noting(seen: list[str]) -> Handler:
    def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
        seen.append(request.job_id)

    return handler


def setting(event: threading.Event) -> Handler:
    def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
        event.set()

    return handler


class TestRunning:
    def test_a_submitted_job_is_run_and_its_record_goes(self, records: Records, runner: Runner) -> None:
        seen: list[str] = []
        jobs = runner.start(noting(seen))
        request = write_job(records, "imp_1")
        jobs.submit(request)
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_1"]
        assert stored(records, "imp_1") is None
        assert runner.failures == []

    def test_a_start_is_counted_before_the_work(self, records: Records, runner: Runner) -> None:
        counts: list[int] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            kept = stored(records, request.job_id)
            assert kept is not None
            counts.append(kept.starts)

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        assert counts == [1]

    def test_jobs_found_at_start_are_run_oldest_first(self, records: Records, runner: Runner) -> None:
        for job_id in ("imp_c", "imp_a", "imp_b"):
            write_job(records, job_id)
            time.sleep(0.002)
        seen: list[str] = []
        jobs = runner.start(noting(seen))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_c", "imp_a", "imp_b"]

    def test_submitting_twice_runs_once(self, records: Records, runner: Runner) -> None:
        release, seen = threading.Event(), list[str]()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            seen.append(request.job_id)
            release.wait(WAIT)

        jobs = runner.start(handler, workers={Workflow.INGEST: 4})
        request = write_job(records, "imp_1")
        for _ in range(5):
            jobs.submit(request)
        release.set()
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_1"]

    def test_a_job_asked_for_again_while_it_runs_is_run_again(self, records: Records, runner: Runner) -> None:
        seen: list[str] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            seen.append(request.job_id)
            if len(seen) == 1:
                jobs.submit(write_job(records, request.job_id))

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_1", "imp_1"]
        assert stored(records, "imp_1") is None

    def test_a_withdrawn_job_is_not_run(self, records: Records, runner: Runner) -> None:
        seen: list[str] = []
        jobs = runner.start(noting(seen))
        request = write_job(records, "imp_1")
        records.write(Delete(job("imp_1")))
        jobs.submit(request)
        assert jobs.wait_until_idle(WAIT)
        assert seen == []

    def test_jobs_written_by_another_process_are_found(self, records: Records, runner: Runner) -> None:
        found = threading.Event()
        runner.start(setting(found), sweep_seconds=0.05)
        write_job(records, "imp_1")
        assert found.wait(WAIT)

    def test_a_record_that_is_no_job_stops_nobody(self, records: Records, runner: Runner) -> None:
        records.write(Put(job("imp_0"), {"job_id": "imp_0", "workflow": "from the future"}))
        write_job(records, "imp_1")
        seen: list[str] = []
        jobs = runner.start(noting(seen))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_1"]
        assert records.get(job("imp_0")) is not None


class TestWorkers:
    def test_a_workflow_does_not_wait_behind_another(self, records: Records, runner: Runner) -> None:
        imported, long_run_may_end = threading.Event(), threading.Event()

        def long_run(request: JobRequest, stopping: Callable[[], bool]) -> None:
            assert long_run_may_end.wait(WAIT)

        jobs = runner.start(
            ignore,
            handlers={
                Workflow.PROMPT_RUN: long_run,
                Workflow.INGEST: setting(imported),
            },
        )
        jobs.submit(write_job(records, "run_1", Workflow.PROMPT_RUN))
        jobs.submit(write_job(records, "run_2", Workflow.PROMPT_RUN))
        jobs.submit(write_job(records, "imp_1"))
        assert imported.wait(WAIT)
        assert stored(records, "run_1") is not None
        long_run_may_end.set()
        assert jobs.wait_until_idle(WAIT)

    @pytest.mark.parametrize("workers", [1, 3])
    def test_as_many_run_at_once_as_there_are_workers(
        self, records: Records, runner: Runner, workers: int
    ) -> None:
        lock, running, most = threading.Lock(), 0, 0

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.05)
            with lock:
                running -= 1

        for number in range(9):
            write_job(records, f"imp_{number}")
        jobs = runner.start(handler, workers={Workflow.INGEST: workers})
        assert jobs.wait_until_idle(WAIT)
        assert most == workers


class TestFailures:
    def test_a_failing_job_is_tried_again_after_a_pause(self, records: Records, runner: Runner) -> None:
        times: list[float] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            times.append(time.monotonic())
            if len(times) < 3:
                raise OSError("not yet")

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        assert len(times) == 3
        assert times[1] - times[0] >= FAST.backoff[0]
        assert times[2] - times[1] >= FAST.backoff[1]
        assert runner.failures == []
        assert stored(records, "imp_1") is None

    def test_others_run_while_a_failed_job_waits(self, records: Records, runner: Runner) -> None:
        other = threading.Event()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            if request.job_id == "imp_bad":
                raise OSError("always")
            other.set()

        jobs = runner.start(handler, policy=RetryPolicy(backoff=(30.0,)))
        jobs.submit(write_job(records, "imp_bad"))
        jobs.submit(write_job(records, "imp_good"))
        assert other.wait(WAIT)

    def test_after_the_last_attempt_the_job_is_given_up(
        self, records: Records, runner: Runner, caplog: pytest.LogCaptureFixture
    ) -> None:
        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            raise ValueError("broken for good")

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        ((request, error),) = runner.failures
        assert (request.job_id, request.attempts) == ("imp_1", 3)
        assert request.last_error == "ValueError: broken for good"
        assert isinstance(error, ValueError)
        assert stored(records, "imp_1") is None
        assert caplog.text.count("Traceback") == 3

    def test_a_failure_hook_that_fails_is_called_again_at_the_next_start(
        self, records: Records, runner: Runner
    ) -> None:
        tried: list[str] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            tried.append(request.job_id)
            raise ValueError("broken for good")

        hook_called = threading.Event()

        def failing_hook(request: JobRequest, error: Exception) -> None:
            hook_called.set()
            raise OSError("the disk is full")

        first = runner.start(handler, on_failure=failing_hook)
        first.submit(write_job(records, "imp_1"))
        assert hook_called.wait(WAIT)
        assert first.stop(WAIT)

        second = runner.start(handler)
        assert second.wait_until_idle(WAIT)
        ((_, error),) = runner.failures
        assert isinstance(error, JobAbandoned)
        assert str(error) == "ValueError: broken for good"
        assert len(tried) == 3
        assert stored(records, "imp_1") is None

    def test_a_job_that_keeps_killing_the_process_is_given_up(self, records: Records, runner: Runner) -> None:
        write_job(records, "imp_poison", starts=FAST.max_starts)
        write_job(records, "imp_unlucky", starts=FAST.max_starts - 1)
        seen: list[str] = []
        jobs = runner.start(noting(seen))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_unlucky"]
        ((request, error),) = runner.failures
        assert request.job_id == "imp_poison"
        assert isinstance(error, JobAbandoned)
        assert stored(records, "imp_poison") is None


class TestStopping:
    @pytest.mark.parametrize("ending", ["returns", "interrupted", "fails"])
    def test_a_job_told_to_stop_is_run_again_at_the_next_start(
        self, records: Records, runner: Runner, ending: str
    ) -> None:
        running = threading.Event()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            running.set()
            while not stopping():
                time.sleep(0.005)
            if ending == "interrupted":
                raise Interrupted
            if ending == "fails":
                raise OSError("cut off")

        first = runner.start(handler)
        first.submit(write_job(records, "imp_1"))
        assert running.wait(WAIT)
        assert first.stop(WAIT)
        left = stored(records, "imp_1")
        assert left is not None
        assert (left.starts, left.attempts) == (0, 0)
        assert runner.failures == []

        seen: list[str] = []
        second = runner.start(noting(seen))
        assert second.wait_until_idle(WAIT)
        assert seen == ["imp_1"]

    def test_waiting_jobs_stay_for_the_next_start(self, records: Records, runner: Runner) -> None:
        running, release, seen = threading.Event(), threading.Event(), list[str]()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            seen.append(request.job_id)
            running.set()
            release.wait(WAIT)

        for job_id in ("imp_1", "imp_2"):
            write_job(records, job_id)
        jobs = runner.start(handler)
        assert running.wait(WAIT)
        assert not jobs.stop(0)
        release.set()
        assert jobs.stop(WAIT)
        assert seen == ["imp_1"]
        assert stored(records, "imp_1") is None
        assert stored(records, "imp_2") is not None

    def test_a_job_that_does_not_listen_is_not_waited_for(self, records: Records, runner: Runner) -> None:
        running, release = threading.Event(), threading.Event()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            running.set()
            release.wait(WAIT)

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert running.wait(WAIT)
        began = time.monotonic()
        assert not jobs.stop(0.1)
        assert time.monotonic() - began < 2
        release.set()


SERVER = """
import sys, time
from pathlib import Path
from shared.adapters.local.jobs import LocalJobs
from shared.domain.job import Workflow

def handler(request, stopping):
    steps = Path(sys.argv[1])
    for step in range(6):
        if not (steps / str(step)).exists():
            time.sleep(0.05)
            (steps / str(step)).touch()
            print(step, flush=True)

def failed(request, error):
    print("failed", error, flush=True)

jobs = LocalJobs({open}, {{Workflow.INGEST: handler}}, {{}}, on_failure=failed)
jobs.start()
jobs.wait_until_idle(60)
print("idle", flush=True)
"""


def test_a_job_is_resumed_after_each_kill_9_until_it_is_done(
    record_store: RecordStore, records: Records, tmp_path: Path
) -> None:
    """Four kills are more than the attempts a failing job gets: being killed is not failing."""
    steps = tmp_path / "steps"
    steps.mkdir()
    write_job(records, "imp_1")
    command = [sys.executable, "-c", SERVER.format(open=record_store.open_code), str(steps)]
    done: list[str] = []
    for kills in range(4):
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert server.stdout is not None
        done.append(server.stdout.readline().strip())
        os.kill(server.pid, signal.SIGKILL)
        done += server.communicate(timeout=30)[0].split()
        left = stored(records, "imp_1")
        assert left is not None
        assert left.starts == kills + 1
        assert left.attempts == 0
    rest = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    reported = done + rest.stdout.split()
    assert len(reported) == len(set(reported)), "a step that was done was done again"
    assert reported[-1] == "idle"
    assert sorted(path.name for path in steps.iterdir()) == ["0", "1", "2", "3", "4", "5"]
    assert stored(records, "imp_1") is None
