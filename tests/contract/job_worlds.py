"""A job runner for each adapter, with methods that interrupt and resume its jobs."""

import os
import signal
import subprocess
import sys
from typing import Any, Protocol

from shared.adapters.local.jobs import LocalJobs, RetryPolicy
from shared.domain import keys
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Jobs
from shared.ports.records import Records
from tests.contract.job_diary import diary_of, work
from tests.waiting import HANG_TIMEOUT, wait_until

_POLICY = RetryPolicy(backoff=(0.05, 0.1), max_starts=3)

_SERVER = """
import sys
from shared.adapters.local.jobs import LocalJobs
from shared.domain.job import Workflow
from tests.contract.job_diary import work

handlers = {{workflow: lambda request, stopping: work(request) for workflow in Workflow}}
jobs = LocalJobs({open}, handlers, {{}}, on_failure=lambda request, error: None)
jobs.start()
sys.stdin.read()
"""


class JobWorld(Protocol):
    @property
    def jobs(self) -> Jobs: ...

    @property
    def records(self) -> Records: ...

    @property
    def backoff_seconds(self) -> list[float]:
        """The minimum seconds before the second, third, ... attempt; the first has no delay."""
        ...

    @property
    def max_interruptions(self) -> int:
        """How often in a row a job may be interrupted before it is abandoned."""
        ...

    def interrupt(self, request: JobRequest) -> None:
        """Run the job, and kill its runner after the work has started."""
        ...

    def resume(self) -> None:
        """Do what follows an interruption: the next start of a server, or a sweep."""
        ...

    def close(self) -> None: ...


class LocalWorld:
    """A runner in this process. Jobs to be interrupted run in another process, over the same records."""

    def __init__(self, records: Records, open_code: str) -> None:
        self.records = records
        self.backoff_seconds = list(_POLICY.backoff)
        self.max_interruptions = _POLICY.max_starts
        self._open_code = open_code
        self._started = False
        self._jobs = LocalJobs(
            records,
            {workflow: lambda request, _: work(request) for workflow in Workflow},
            dict.fromkeys(Workflow, 4),
            on_failure=lambda request, _: diary_of(request).report_failure(request.job_id),
            policy=_POLICY,
            sweep_seconds=0.05,
        )

    @property
    def jobs(self) -> LocalJobs:
        """The runner, started at its first use, so that it takes no job that is to be interrupted."""
        self.resume()
        return self._jobs

    def interrupt(self, request: JobRequest) -> None:
        before = len(diary_of(request).starts(request.job_id))
        command = [sys.executable, "-c", _SERVER.format(open=self._open_code)]
        server = subprocess.Popen(command, stdin=subprocess.PIPE)
        try:
            wait_until(lambda: len(diary_of(request).starts(request.job_id)) > before)
        finally:
            os.kill(server.pid, signal.SIGKILL)
            server.communicate()

    def resume(self) -> None:
        if not self._started:
            self._started = True
            self._jobs.start()

    def close(self) -> None:
        self._jobs.stop(HANG_TIMEOUT)


def body_of(records: Records, job_id: str) -> Any:
    """Return the body of the job's record, or None if the job has ended."""
    found = records.get(keys.job(job_id))
    return None if found is None else found.body
