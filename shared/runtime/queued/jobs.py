"""Jobs that a worker takes from a queue, with the retries that the laptop's runner has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from shared.domain import correlation, keys
from shared.domain.clock import isoformat, now
from shared.domain.errors import Unavailable, VersionConflict
from shared.domain.job import JobRequest
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete
from shared.runtime.job_dispatch import JobDispatch
from shared.services.maintenance.job_sweep import MAX_ATTEMPTS, worker_failed
from shared.services.records.documents import Documents, put
from shared.services.records.transact import Decision

MAX_STARTS: Final = 5
"""Processes that may die in a row during one job. An orderly stop does not count."""

RETRY_SECONDS: Final = 30
"""Pause before a job that failed runs again."""

log = logging.getLogger(__name__)


class QueuedJobs:
    """Runs jobs by their ids. Several workers may receive the same id: one of them runs the job."""

    def __init__(self, documents: Documents, dispatch: JobDispatch) -> None:
        self._documents = documents
        self._dispatch = dispatch

    def run(self, job_id: str, stopping: Callable[[], bool], hold_seconds: float) -> int | None:
        """Run a job whose record exists. Return None if it needs no further message, or the seconds until it
        is to run again.

        The job is held for ``hold_seconds``; ``hold`` extends that. Raises: Unavailable.
        """
        taken = self._taken(job_id, hold_seconds)
        if taken is None:
            return None
        correlation.enter(taken.request_id)
        try:
            if taken.starts > MAX_STARTS:
                self._give_up(taken, worker_failed(taken.last_error))
                return None
            self._dispatch.run(taken, stopping)
            if stopping():
                raise Interrupted  # the job may not be complete
        except Interrupted:
            return self._released(taken)
        except (Unavailable, VersionConflict):
            log.exception("A store is not available, or contended, during job %s.", job_id)
            self._released(taken)
            return RETRY_SECONDS
        except Exception as error:  # any error of a job is a failure of that job
            log.exception("Job %s (%s) failed.", job_id, taken.workflow)
            return self._failed(taken, error)
        self._documents.write(Delete(keys.job(job_id)))
        return None

    def hold(self, job_id: str, seconds: float) -> None:
        """Hold a job for ``seconds`` from now, unless it has ended. Raises: Unavailable."""
        self._change(job_id, lambda request: _held(request, seconds) if request.held_until else request)

    def _taken(self, job_id: str, seconds: float) -> JobRequest | None:
        """Take a job, and count the start before the work. Return None if it is done, or another worker has
        it."""
        key = keys.job(job_id)

        def decide() -> Decision[JobRequest | None]:
            read = self._documents.batch([key])
            request = read.get(JobRequest, key)
            if request is None or request.is_held:
                return Decision(None)
            taken = _held(request.model_copy(update={"starts": request.starts + 1}), seconds)
            return Decision(taken, [put(key, taken, expected_version=read.version(key))])

        return self._documents.transact(decide)

    def _released(self, request: JobRequest) -> int:
        self._change(request.job_id, lambda each: each.model_copy(update={"held_until": "", "starts": 0}))
        return 0

    def _failed(self, request: JobRequest, error: Exception) -> int | None:
        message = f"{type(error).__name__}: {error}"[:1000]
        changes = {"attempts": request.attempts + 1, "starts": 0, "held_until": "", "last_error": message}
        if request.attempts + 1 >= MAX_ATTEMPTS:
            self._give_up(request, error)
            return None
        self._change(request.job_id, lambda each: each.model_copy(update=changes))
        return RETRY_SECONDS

    def _give_up(self, request: JobRequest, error: Exception) -> None:
        log.error("Job %s (%s) is given up: %s", request.job_id, request.workflow, error)
        self._dispatch.give_up(request, error)
        self._documents.write(Delete(keys.job(request.job_id)))

    def _change(self, job_id: str, change: Callable[[JobRequest], JobRequest]) -> JobRequest | None:
        return self._documents.update(JobRequest, keys.job(job_id), change)


def _held(request: JobRequest, seconds: float) -> JobRequest:
    return request.model_copy(update={"held_until": isoformat(now() + timedelta(seconds=seconds))})
