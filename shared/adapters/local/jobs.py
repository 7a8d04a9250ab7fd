"""A durable job runner in one process. Records are the queue; memory contains only the order."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from pydantic import ValidationError

from shared.adapters.local.job_queue import JobQueue
from shared.adapters.local.turns import Turn
from shared.domain.errors import VersionConflict
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job as job_key
from shared.ports.jobs import Interrupted, JobAbandoned, TurnOver
from shared.ports.records import Delete, Put, Record, Records

Handler = Callable[[JobRequest, Callable[[], bool]], None]
"""Runs a job. The second argument tells whether to stop at the next safe point."""

FailureHook = Callable[[JobRequest, Exception], None]
"""Called when a job is abandoned, to mark its subject as failed. May be called again after a crash."""

_RETRY_SECONDS: Final = 5.0
_YIELD_SECONDS: Final = 1.0
"""Pause until a job that yields checks again whether other jobs are left."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Limits of attempts. ``backoff`` has the seconds before the second, third, ... attempt.

    ``max_starts`` limits how often in a row the process may die during one job. It is much larger than the
    number of attempts, because a server that is killed often does not mean that the job is at fault.
    """

    backoff: Sequence[float] = (2.0, 15.0)
    max_starts: int = 25

    @property
    def max_attempts(self) -> int:
        return len(self.backoff) + 1


class LocalJobs:
    """Implements ``shared.ports.jobs.Jobs``.

    When a handler returns, the job is done and its record is deleted. When it raises, the job is retried,
    and abandoned after its last attempt. When the handler was asked to stop, or raises Interrupted, the job
    runs again at the next start, whatever its outcome: it may not be complete, and jobs are idempotent. A job
    that yields is also asked to stop when another job is submitted, and runs again after that job. Tenants
    take turns, and so do the import jobs of a tenant, of which each batch is a job here. When a handler
    raises TurnOver, the job runs again after those whose turn it is.
    """

    def __init__(
        self,
        records: Records,
        handlers: Mapping[Workflow, Handler],
        workers: Mapping[Workflow, int],
        *,
        on_failure: FailureHook,
        yields: Callable[[JobRequest], bool] = lambda _: False,
        policy: RetryPolicy | None = None,
        sweep_seconds: float = 5.0,
    ) -> None:
        """``workers`` is the number of parallel jobs per workflow, by default 1. ``yields`` tells whether a
        job must not delay any other job.

        A sweep finds jobs that another process wrote, every ``sweep_seconds``.
        """
        self._records = records
        self._handlers = dict(handlers)
        self._workers = dict(workers)
        self._on_failure = on_failure
        self._yields = yields
        self._policy = policy or RetryPolicy()
        self._sweep_seconds = sweep_seconds
        self._queue = JobQueue(self._handlers)
        self._threads: list[threading.Thread] = []

    def submit(self, request: JobRequest) -> None:
        tenant_id = request.arguments.get("tenant_id", "")
        work = request.arguments.get("import_job_id", request.job_id)
        self._queue.add(
            request.workflow, request.job_id, yields=self._yields(request), turn=Turn(tenant_id, work)
        )

    def start(self) -> None:
        """Run all recorded jobs, and all jobs that follow. Raises: Unavailable."""
        self._sweep()
        for workflow in self._handlers:
            for number in range(self._workers.get(workflow, 1)):
                self._start_thread(f"{workflow}-{number}", partial(self._work, workflow))
        self._start_thread("job-sweep", self._keep_sweeping)

    def stop(self, timeout: float) -> bool:
        """Ask running jobs to stop, and wait for them at most ``timeout`` seconds.

        Returns whether all jobs stopped. The others run until the process ends, which interrupts them.
        """
        self._queue.close()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return the number of jobs by workflow and state: ``waiting``, ``deferred`` or ``running``."""
        return self._queue.counts()

    def wait_until_idle(self, timeout: float) -> bool:
        """Wait until no job is queued, deferred or running. False after ``timeout`` seconds."""
        return self._queue.wait_until_idle(timeout)

    def _start_thread(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _keep_sweeping(self) -> None:
        while self._queue.wait_for_due(self._sweep_seconds):
            try:
                self._sweep()
            except Exception:
                logger.exception("The job records could not be read. The next sweep reads them again.")

    def _sweep(self) -> None:
        found: list[JobRequest] = []
        after: str | None = None
        while True:
            page = self._records.query(job_key().partition, after=after, limit=500)
            found += [request for record in page.records if (request := _parse(record)) is not None]
            if (after := page.next_after) is None:
                break
        for request in sorted(found, key=lambda request: request.requested_at):
            self.submit(request)

    def _work(self, workflow: Workflow) -> None:
        while (job_id := self._queue.next(workflow)) is not None:
            try:
                delay = self._run(job_id)
            except Exception:
                logger.exception("The outcome of job %s could not be stored. The job will run again.", job_id)
                delay = _RETRY_SECONDS
            if delay is None:
                self._queue.done(job_id)
            else:
                self._queue.defer(workflow, job_id, delay)

    def _run(self, job_id: str) -> float | None:
        """Run one attempt. Returns the seconds until the next, or None if this process makes no other."""
        if self._queue.must_yield(job_id):
            return _YIELD_SECONDS
        record = self._records.get(job_key(job_id))
        request = None if record is None else _parse(record)
        if record is None or request is None:
            return None
        if request.attempts >= self._policy.max_attempts or request.starts >= self._policy.max_starts:
            reason = f"The server ended {request.starts} times during this job." if request.starts else None
            return self._give_up(record, request, JobAbandoned(reason or request.last_error or "unknown"))
        try:
            # Counted before the work, so that a job that kills the process does not do so forever.
            record, request = self._update_record(
                record, request.model_copy(update={"starts": request.starts + 1})
            )
        except VersionConflict:  # the job has just been requested again
            return 0.0
        return self._attempt(record, request)

    def _attempt(self, record: Record, request: JobRequest) -> float | None:
        stop_signal = _StopSignal(self._queue, request.job_id)
        try:
            self._handlers[request.workflow](request, stop_signal)
        except TurnOver:
            return self._interrupted(record, request, pause=0.0)
        except Interrupted:
            return self._interrupted(record, request)
        except Exception as error:  # noqa: BLE001 - any error of a job is a failure of that job
            if stop_signal.was_raised:
                return self._interrupted(record, request)
            return self._handle_failure(record, request, error)
        if stop_signal.was_raised:
            return self._interrupted(record, request)
        return self._delete_record(record)

    def _interrupted(
        self, record: Record, request: JobRequest, pause: float = _RETRY_SECONDS
    ) -> float | None:
        """Keep the job, for the next start if the server stops. An orderly stop does not count as a start."""
        if self._queue.closed:
            logger.info("Job %s is left for the next start.", request.job_id)
        with suppress(VersionConflict):  # the job was requested again, and its new record has no starts
            self._update_record(record, request.model_copy(update={"starts": 0}))
        if self._queue.closed:
            return None
        return _YIELD_SECONDS if self._yields(request) else pause

    def _handle_failure(self, record: Record, request: JobRequest, error: Exception) -> float | None:
        attempts = request.attempts + 1
        logger.error(
            "Job %s (%s) failed, attempt %d of %d.",
            request.job_id,
            request.workflow,
            attempts,
            self._policy.max_attempts,
            exc_info=error,
        )
        changed = {"attempts": attempts, "starts": 0, "last_error": f"{type(error).__name__}: {error}"[:1000]}
        try:
            record, request = self._update_record(record, request.model_copy(update=changed))
        except VersionConflict:
            return 0.0
        if attempts >= self._policy.max_attempts:
            return self._give_up(record, request, error)
        return self._policy.backoff[attempts - 1]

    def _give_up(self, record: Record, request: JobRequest, error: Exception) -> float | None:
        logger.error("Job %s (%s) is abandoned: %s", request.job_id, request.workflow, error)
        self._on_failure(request, error)
        return self._delete_record(record)

    def _delete_record(self, record: Record) -> float | None:
        try:
            self._records.write(Delete(record.key, record.version))
        except VersionConflict:  # the job was requested again while it ran, or withdrawn
            return 0.0
        return None

    def _update_record(self, record: Record, request: JobRequest) -> tuple[Record, JobRequest]:
        """Write the record. Raises: VersionConflict."""
        body = request.model_dump(mode="json")
        self._records.write(Put(record.key, body, record.version))
        return Record(record.key, record.version + 1, body), request


class _StopSignal:
    """Tells a handler whether to stop, and records that it did."""

    def __init__(self, queue: JobQueue, job_id: str) -> None:
        self._queue = queue
        self._job_id = job_id
        self.was_raised = False

    def __call__(self) -> bool:
        self.was_raised = self.was_raised or self._queue.closed or self._queue.must_yield(self._job_id)
        return self.was_raised


def _parse(record: Record) -> JobRequest | None:
    try:
        return JobRequest.model_validate(record.body)
    except ValidationError:
        logger.exception("The job record %s cannot be read and is ignored.", record.key.sort)
        return None
