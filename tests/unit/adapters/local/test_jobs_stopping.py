"""Stopping and killing the laptop's job runner: interrupted jobs run again at the next start."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shared.domain.job import JobRequest
from shared.ports.jobs import Interrupted
from shared.ports.records import Records
from tests.unit.adapters.runners import WAIT, Runner, recording_handler, stored, write_job
from tests.waiting import HANG_TIMEOUT


class TestStopping:
    @pytest.mark.parametrize("ending", ["returns", "interrupted", "fails"])
    def test_stopped_job_runs_again_at_next_start(
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
        second = runner.start(recording_handler(seen))
        assert second.wait_until_idle(WAIT)
        assert seen == ["imp_1"]

    def test_waiting_jobs_stay_for_next_start(self, records: Records, runner: Runner) -> None:
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

    def test_job_that_ignores_stop_is_not_awaited(self, records: Records, runner: Runner) -> None:
        running, release = threading.Event(), threading.Event()

        def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
            running.set()
            release.wait(WAIT)

        jobs = runner.start(handler)
        jobs.submit(write_job(records, "imp_1"))
        assert running.wait(WAIT)
        assert not jobs.stop(0.1)
        assert stored(records, "imp_1") is not None  # the job is still running
        release.set()


SERVER = """
import sys, threading
from pathlib import Path
from shared.adapters.local.jobs import LocalJobs
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.job import Workflow

def handler(request, stopping):
    steps = Path(sys.argv[2])
    for step in range(6):
        if not (steps / str(step)).exists():
            (steps / str(step)).touch()
            print(step, flush=True)
            if sys.argv[3] == "wait":
                threading.Event().wait()

def failed(request, error):
    print("failed", error, flush=True)

jobs = LocalJobs(SqliteRecords(Path(sys.argv[1])), {Workflow.INGEST: handler}, {}, on_failure=failed)
jobs.start()
jobs.wait_until_idle(600)
print("idle", flush=True)
"""


@pytest.mark.slow
def test_job_is_resumed_after_each_kill_9_until_done(records: Records, tmp_path: Path) -> None:
    """Four kills are more than the attempts of a failing job, because a kill is not a failure."""
    steps = tmp_path / "steps"
    steps.mkdir()
    write_job(records, "imp_1")
    command = [sys.executable, "-c", SERVER, str(tmp_path / "records.db"), str(steps)]
    done: list[str] = []
    for kills in range(4):
        with subprocess.Popen([*command, "wait"], stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            done.append(server.stdout.readline().strip())
            os.kill(server.pid, signal.SIGKILL)
            done += server.stdout.read().split()
        left = stored(records, "imp_1")
        assert left is not None
        assert left.starts == kills + 1
        assert left.attempts == 0
    rest = subprocess.run(
        [*command, "finish"], capture_output=True, text=True, timeout=HANG_TIMEOUT, check=True
    )
    reported = done + rest.stdout.split()
    assert len(reported) == len(set(reported)), "a completed step ran again"
    assert reported[-1] == "idle"
    assert sorted(path.name for path in steps.iterdir()) == ["0", "1", "2", "3", "4", "5"]
    assert stored(records, "imp_1") is None
