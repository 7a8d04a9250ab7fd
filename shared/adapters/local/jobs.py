"""A durable job runner inside one process. Records are the queue; memory only holds the order."""

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
from shared.domain.errors import VersionConflict
from shared.domain.job import JobRequest, Workflow
from shared.domain.keys import job as job_key
from shared.ports.jobs import Interrupted, JobAbandoned
from shared.ports.records import Delete, Put, Record, Records

Handler = Callable[[JobRequest, Callable[[], bool]], None]
"""Does a job's work. The second argument says whether to stop at the next safe point."""

FailureHook = Callable[[JobRequest, Exception], None]
"""Told once a job is given up; marks what it worked on as failed. May be called again after a crash."""

_AGAIN_SECONDS: Final = 5.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """``backoff`` has the seconds before the second, third, ... attempt: one more attempt than entries.

    ``max_starts`` bounds how often in a row a process may die at one job. It is far larger than the
    number of attempts, since a server that is killed often is not the job's fault.
    """

    backoff: Sequence[float] = (2.0, 15.0)
    max_starts: int = 25

    @property
    def max_attempts(self) -> int:
        return len(self.backoff) + 1


class LocalJobs:
    """Implements ``shared.ports.jobs.Jobs``.

    A handler that returns is done, and its record goes. One that raises is tried again, and given
    up when its attempts are used up. One that was told to stop, or raises Interrupted, is run again
    at the next start, however it ended: whether it got to its end cannot be told, and running twice
    is the same as once.
    """

    def __init__(
        self,
        records: Records,
        handlers: Mapping[Workflow, Handler],
        workers: Mapping[Workflow, int],
        *,
        on_failure: FailureHook,
        policy: RetryPolicy | None = None,
        sweep_seconds: float = 5.0,
    ) -> None:
        """``workers`` says how many jobs of a workflow run at once (1 where it does not say).

        Jobs that another process wrote are found every ``sweep_seconds``.
        """
        self._records = records
        self._handlers = dict(handlers)
        self._workers = dict(workers)
        self._on_failure = on_failure
        self._policy = policy or RetryPolicy()
        self._sweep_seconds = sweep_seconds
        self._queue = JobQueue(self._handlers)
        self._threads: list[threading.Thread] = []

    def submit(self, request: JobRequest) -> None:
        self._queue.add(request.workflow, request.job_id)

    def start(self) -> None:
        """Run every job there is a record of, and those to come. Raises: Unavailable."""
        self._sweep()
        for workflow in self._handlers:
            for number in range(self._workers.get(workflow, 1)):
                self._start_thread(f"{workflow}-{number}", partial(self._work, workflow))
        self._start_thread("job-sweep", self._keep_sweeping)

    def stop(self, timeout: float) -> bool:
        """Ask running jobs to stop, and wait for them at most ``timeout`` seconds.

        Returns whether all have. Those that have not go on until the process ends, as if killed.
        """
        self._queue.close()
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def wait_until_idle(self, timeout: float) -> bool:
        """Whether, within ``timeout`` seconds, there was nothing to do, now or later."""
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
                logger.exception("The job records could not be read; they will be read again.")

    def _sweep(self) -> None:
        found: list[JobRequest] = []
        after: str | None = None
        while True:
            page = self._records.query(job_key().partition, after=after, limit=500)
            found += [request for record in page.records if (request := _parse(record)) is not None]
            if (after := page.next_after) is None:
                break
        for request in sorted(found, key=lambda request: request.requested_at):
            self._queue.add(request.workflow, request.job_id)

    def _work(self, workflow: Workflow) -> None:
        while (job_id := self._queue.next(workflow)) is not None:
            try:
                again_in = self._run(job_id)
            except Exception:
                logger.exception("Job %s: its outcome could not be kept; it will run again.", job_id)
                again_in = _AGAIN_SECONDS
            if again_in is None:
                self._queue.done(job_id)
            else:
                self._queue.put_off(workflow, job_id, again_in)

    def _run(self, job_id: str) -> float | None:
        """One try. Returns the seconds until the next, or None where there is none in this process."""
        record = self._records.get(job_key(job_id))
        request = None if record is None else _parse(record)
        if record is None or request is None:
            return None
        if request.attempts >= self._policy.max_attempts or request.starts >= self._policy.max_starts:
            reason = f"{request.starts} times the server ended while this ran." if request.starts else None
            return self._give_up(record, request, JobAbandoned(reason or request.last_error or "unknown"))
        try:
            # Counted before the work, or a job that kills the process would do so for ever.
            record, request = self._keep(record, request.model_copy(update={"starts": request.starts + 1}))
        except VersionConflict:  # asked for once more just now
            return 0.0
        return self._attempt(record, request)

    def _attempt(self, record: Record, request: JobRequest) -> float | None:
        told = _Told(self._queue)
        try:
            self._handlers[request.workflow](request, told)
        except Interrupted:
            return self._leave(record, request, told)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a job is that job's failure
            if told.to_stop:
                return self._leave(record, request, told)
            return self._failed(record, request, error)
        return self._leave(record, request, told) if told.to_stop else self._remove(record)

    def _leave(self, record: Record, request: JobRequest, told: "_Told") -> float | None:
        """The process ends in order, so this start does not count."""
        logger.info("Job %s was left for the next start.", request.job_id)
        with suppress(VersionConflict):  # asked for once more: that record counts from the beginning anyway
            self._keep(record, request.model_copy(update={"starts": 0}))
        return None if told() else _AGAIN_SECONDS

    def _failed(self, record: Record, request: JobRequest, error: Exception) -> float | None:
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
            record, request = self._keep(record, request.model_copy(update=changed))
        except VersionConflict:
            return 0.0
        if attempts >= self._policy.max_attempts:
            return self._give_up(record, request, error)
        return self._policy.backoff[attempts - 1]

    def _give_up(self, record: Record, request: JobRequest, error: Exception) -> float | None:
        logger.error("Job %s (%s) is given up: %s", request.job_id, request.workflow, error)
        self._on_failure(request, error)
        return self._remove(record)

    def _remove(self, record: Record) -> float | None:
        try:
            self._records.write(Delete(record.key, record.version))
        except VersionConflict:  # asked for once more while it ran, or withdrawn
            return 0.0
        return None

    def _keep(self, record: Record, request: JobRequest) -> tuple[Record, JobRequest]:
        """Raises: VersionConflict."""
        body = request.model_dump(mode="json")
        self._records.write(Put(record.key, body, record.version))
        return Record(record.key, record.version + 1, body), request


class _Told:
    """Says whether to stop, and remembers having said so."""

    def __init__(self, queue: JobQueue) -> None:
        self._queue = queue
        self.to_stop = False

    def __call__(self) -> bool:
        self.to_stop = self.to_stop or self._queue.closed
        return self.to_stop


def _parse(record: Record) -> JobRequest | None:
    try:
        return JobRequest.model_validate(record.body)
    except ValidationError:
        logger.exception("The job record %s cannot be read and is left alone.", record.key.sort)
        return None
