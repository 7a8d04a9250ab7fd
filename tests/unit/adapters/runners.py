"""Job runners over one record store, for the tests of ``LocalJobs``."""

import threading
from collections.abc import Callable

from shared.adapters.local.jobs import Handler, LocalJobs, RetryPolicy
from shared.domain.clock import timestamp
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job
from shared.ports.records import Put, Records
from tests.waiting import HANG_TIMEOUT

FAST = RetryPolicy(backoff=(0.02, 0.05), max_starts=5)
WAIT = HANG_TIMEOUT

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
    """Starts job runners over one record store, and stops them at the end."""

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
        yields: Callable[[JobRequest], bool] = lambda _: False,
    ) -> LocalJobs:
        jobs = LocalJobs(
            self.records,
            handlers or {Workflow.INGEST: handler},
            workers or {},
            on_failure=on_failure or (lambda request, error: self.failures.append((request, error))),
            policy=policy,
            sweep_seconds=sweep_seconds,
            yields=yields,
        )
        jobs.start()
        self._started.append(jobs)
        return jobs

    def stop(self) -> None:
        for jobs in self._started:
            jobs.stop(WAIT)


def no_op_handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
    pass


def recording_handler(seen: list[str]) -> Handler:
    def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
        seen.append(request.job_id)

    return handler


def event_handler(event: threading.Event) -> Handler:
    def handler(request: JobRequest, stopping: Callable[[], bool]) -> None:
        event.set()

    return handler
