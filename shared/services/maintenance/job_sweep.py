"""Job sweep: restarts jobs that were never started, or whose execution ended without removing the job."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from pydantic import ValidationError

from shared.domain import keys
from shared.domain.clock import now, timestamp
from shared.domain.errors import DomainError
from shared.domain.job import JobRequest
from shared.ports.jobs import Progression, WatchedJobs
from shared.ports.records import Delete, Record
from shared.services.records.documents import Documents

_GRACE_PERIOD: Final = timedelta(minutes=2)
"""The process that wrote a younger job record may still be submitting it."""

MAX_ATTEMPTS: Final = 3
_PAGE_SIZE: Final = 100

log = logging.getLogger(__name__)


@dataclass(slots=True)
class SweepResult:
    """Counts of one sweep. ``waiting`` counts all job records past the grace period."""

    waiting: int = 0
    submitted: int = 0
    given_up: int = 0


class JobSweep:
    """Finds and restarts jobs that no execution works on, and gives them up after three attempts."""

    def __init__(
        self, documents: Documents, jobs: WatchedJobs, give_up: Callable[[JobRequest, Exception], None]
    ) -> None:
        self._documents = documents
        self._jobs = jobs
        self._give_up = give_up

    def sweep(self) -> SweepResult:
        """Check every job record once. Raises: Unavailable."""
        result = SweepResult()
        for request in self._settled_requests():
            result.waiting += 1
            match self._jobs.progression(request):
                case Progression.UNKNOWN:
                    self._submit_again(request, result)
                case Progression.ENDED:
                    self._retry_or_give_up(request, result)
                case Progression.UNDER_WAY:
                    continue
                case other:
                    assert_never(other)
        return result

    def _settled_requests(self) -> Iterator[JobRequest]:
        for records in self._documents.record_pages(keys.job(), limit=_PAGE_SIZE):
            for record in records:
                request = _parse(record)
                if request and now() - datetime.fromisoformat(request.requested_at) > _GRACE_PERIOD:
                    yield request

    def _submit_again(self, request: JobRequest, result: SweepResult) -> None:
        """Submit the job, and record when: a queue cannot tell whether it has a message of the job."""
        updated = self._documents.update(JobRequest, keys.job(request.job_id), _submitted)
        if updated is not None:
            self._jobs.submit(updated)
            result.submitted += 1

    def _retry_or_give_up(self, request: JobRequest, result: SweepResult) -> None:
        """Restart a job whose execution ended, or give it up.

        The last step of a successful execution removes the job record, so a job whose record is left has
        failed.
        """
        key = keys.job(request.job_id)
        updated = self._documents.update(JobRequest, key, _one_more_attempt)
        if updated is None:  # removed since it was read
            return
        if updated.attempts < MAX_ATTEMPTS:
            self._jobs.submit(updated)
            result.submitted += 1
            return
        log.error("Job %s (%s) is given up.", request.job_id, request.workflow)
        self._give_up(updated, worker_failed(updated.last_error))
        self._documents.write(Delete(key))
        result.given_up += 1


def worker_failed(last_error: str | None, code: str = "worker_failed") -> DomainError:
    """Build the error of a job that failed in another process, whose exception is not available."""
    return DomainError(last_error or "The worker ended without an error message.", code=code)


def _parse(record: Record) -> JobRequest | None:
    """Parse a job record. Return None if it is invalid, for example written by a later release, so that it
    does not block other jobs."""
    try:
        return JobRequest.model_validate(record.body)
    except ValidationError:
        log.exception("The job record %s cannot be read and is skipped.", record.key.sort)
        return None


def _submitted(request: JobRequest) -> JobRequest:
    request.submitted_at = timestamp()
    return request


def _one_more_attempt(request: JobRequest) -> JobRequest:
    request.attempts += 1
    return request
