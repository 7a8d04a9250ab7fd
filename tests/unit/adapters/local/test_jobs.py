"""The laptop's job runner, beyond the contract: order, workers, failure hook, counters."""

import threading
import time
from collections.abc import Callable

import pytest

from shared.adapters.local.jobs import Handler
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job
from shared.ports.jobs import Interrupted, JobAbandoned, TurnOver
from shared.ports.records import Delete, Records
from tests.unit.adapters.runners import (
    FAST,
    WAIT,
    Runner,
    event_handler,
    no_op_handler,
    recording_handler,
    stored,
    write_job,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


class TestRunning:
    def test_start_is_counted_before_job_runs(self, records: Records, runner: Runner) -> None:
        counts: list[int] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            kept = stored(records, request.job_id)
            assert kept is not None
            counts.append(kept.starts)

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        assert counts == [1]

    def test_recorded_jobs_run_oldest_first(self, records: Records, runner: Runner) -> None:
        for job_id in ("imp_c", "imp_a", "imp_b"):
            write_job(records, job_id)
            time.sleep(0.002)
        seen: list[str] = []
        jobs = runner.start(recording_handler(seen))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_c", "imp_a", "imp_b"]

    def test_job_requested_again_while_running_runs_again(self, records: Records, runner: Runner) -> None:
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

    def test_withdrawn_job_does_not_run(self, records: Records, runner: Runner) -> None:
        seen: list[str] = []
        jobs = runner.start(recording_handler(seen))
        request = write_job(records, "imp_1")
        records.write(Delete(job("imp_1")))
        jobs.submit(request)
        assert jobs.wait_until_idle(WAIT)
        assert seen == []

    def test_jobs_of_other_processes_are_found(self, records: Records, runner: Runner) -> None:
        found = threading.Event()
        runner.start(event_handler(found), sweep_seconds=0.05)
        write_job(records, "imp_1")
        assert found.wait(WAIT)


class TestWorkers:
    def test_workflow_does_not_wait_for_another(self, records: Records, runner: Runner) -> None:
        imported, end_long_run = threading.Event(), threading.Event()

        def long_run(request: JobRequest, stopping: Callable[[], bool]) -> None:
            assert end_long_run.wait(WAIT)

        jobs = runner.start(
            no_op_handler,
            handlers={
                Workflow.PROMPT_RUN: long_run,
                Workflow.INGEST: event_handler(imported),
            },
        )
        jobs.submit(write_job(records, "run_1", Workflow.PROMPT_RUN))
        jobs.submit(write_job(records, "run_2", Workflow.PROMPT_RUN))
        jobs.submit(write_job(records, "imp_1"))
        assert imported.wait(WAIT)
        assert stored(records, "run_1") is not None
        end_long_run.set()
        assert jobs.wait_until_idle(WAIT)

    @pytest.mark.parametrize("workers", [1, 3])
    def test_parallel_jobs_equal_number_of_workers(
        self, records: Records, runner: Runner, workers: int
    ) -> None:
        lock, running, most = threading.Lock(), 0, 0
        all_running = threading.Barrier(workers)

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            all_running.wait(WAIT)
            time.sleep(0.01)  # time for a surplus job to start
            with lock:
                running -= 1

        for number in range(9):
            write_job(records, f"imp_{number}")
        jobs = runner.start(handler, workers={Workflow.INGEST: workers})
        assert jobs.wait_until_idle(WAIT)
        assert most == workers


def _is_sample(request: JobRequest) -> bool:
    return request.job_id == "sample"


class TestYielding:
    def test_running_job_stops_for_job_of_other_workflow(self, records: Records, runner: Runner) -> None:
        seen: list[str] = []
        running, stopped = threading.Event(), threading.Event()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            seen.append(request.job_id)
            if not _is_sample(request):
                assert stopped.wait(WAIT)
            elif len(seen) == 1:
                running.set()
                wait_until(stopping)
                stopped.set()
                raise Interrupted

        handlers: dict[Workflow, Handler] = {Workflow.INGEST: handler, Workflow.PROMPT_RUN: handler}
        jobs = runner.start(handler, handlers=handlers, yields=_is_sample)
        jobs.submit(write_job(records, "sample", Workflow.PROMPT_RUN))
        assert running.wait(WAIT)
        jobs.submit(write_job(records, "imp_1"))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["sample", "imp_1", "sample"]
        assert stored(records, "sample") is None
        assert runner.failures == []

    def test_job_does_not_start_before_jobs_that_wait(self, records: Records, runner: Runner) -> None:
        """Recorded jobs run oldest first, so the yielding one is at the head of the queue."""
        seen: list[str] = []
        for job_id in ("sample", "imp_1", "imp_2"):
            write_job(records, job_id)
            time.sleep(0.002)
        jobs = runner.start(recording_handler(seen), yields=_is_sample)
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_1", "imp_2", "sample"]


class TestTurns:
    def test_job_of_another_tenant_runs_between_two_turns(self, records: Records, runner: Runner) -> None:
        """Twenty turns are more than the attempts and starts of a job: neither is counted."""
        seen: list[str] = []

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            seen.append(request.job_id)
            if seen == ["archive"]:
                single = write_job(records, "single")
                jobs.submit(single.model_copy(update={"arguments": {"tenant_id": "bert"}}))
            if request.job_id == "archive" and len(seen) <= 20:
                raise TurnOver

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "archive"))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["archive", "single", *["archive"] * 19]
        assert runner.failures == []
        assert stored(records, "archive") is None


class TestFailures:
    def test_job_is_abandoned_after_last_attempt(
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

    def test_failing_failure_hook_is_called_again_at_next_start(
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

    def test_job_that_keeps_killing_process_is_abandoned(self, records: Records, runner: Runner) -> None:
        write_job(records, "imp_poison", starts=FAST.max_starts)
        write_job(records, "imp_unlucky", starts=FAST.max_starts - 1)
        seen: list[str] = []
        jobs = runner.start(recording_handler(seen))
        assert jobs.wait_until_idle(WAIT)
        assert seen == ["imp_unlucky"]
        ((request, error),) = runner.failures
        assert request.job_id == "imp_poison"
        assert isinstance(error, JobAbandoned)
        assert stored(records, "imp_poison") is None
