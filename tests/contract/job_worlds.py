"""A runner of jobs for each adapter, with the ways in which its jobs are cut off and found again."""

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
    def pauses(self) -> list[float]:
        """Seconds at least before the second, third, ... attempt: one more attempt than entries."""
        ...

    @property
    def most_cut_offs(self) -> int:
        """How often in a row a job may be cut off before it is given up."""
        ...

    def cut_off(self, request: JobRequest) -> None:
        """Have the job run, and end whatever runs it when its work has begun, without a word."""
        ...

    def resume(self) -> None:
        """What comes by after such an end: the next start of a server, a sweep."""
        ...

    def close(self) -> None: ...


class LocalWorld:
    """A runner in this process. What is cut off runs in another, over the same records."""

    def __init__(self, records: Records, open_code: str) -> None:
        self.records = records
        self.pauses = list(_POLICY.backoff)
        self.most_cut_offs = _POLICY.max_starts
        self._open_code = open_code
        self._started = False
        self._jobs = LocalJobs(
            records,
            {workflow: lambda request, _: work(request) for workflow in Workflow},
            dict.fromkeys(Workflow, 4),
            on_failure=lambda request, _: diary_of(request).tell(request.job_id),
            policy=_POLICY,
            sweep_seconds=0.05,
        )

    @property
    def jobs(self) -> LocalJobs:
        """Started at its first use, so that it takes no job that is to be cut off."""
        self.resume()
        return self._jobs

    def cut_off(self, request: JobRequest) -> None:
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
    """What the record that asks for the job says; None where there is none, because the job has ended."""
    found = records.get(keys.job(job_id))
    return None if found is None else found.body
