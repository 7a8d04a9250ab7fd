"""Look through the job records for work that nobody does: never started, or ended without a word."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from pydantic import ValidationError

from shared.domain import keys
from shared.domain.clock import now
from shared.domain.errors import DomainError
from shared.domain.job import JobRequest
from shared.ports.jobs import Progression, WatchedJobs
from shared.ports.records import Delete, Record
from shared.services.records.documents import Documents

_SETTLING: Final = timedelta(minutes=2)
"""Younger requests are being submitted by whoever wrote them."""

MOST_ATTEMPTS: Final = 3
_AT_ONCE: Final = 100

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Swept:
    """``waiting`` are all that were looked at."""

    waiting: int = 0
    submitted: int = 0
    given_up: int = 0


class JobSweep:
    def __init__(
        self, documents: Documents, jobs: WatchedJobs, give_up: Callable[[JobRequest, Exception], None]
    ) -> None:
        self._documents = documents
        self._jobs = jobs
        self._give_up = give_up

    def sweep(self) -> Swept:
        """Raises: Unavailable."""
        swept = Swept()
        for request in self._settled_requests():
            swept.waiting += 1
            match self._jobs.progression(request):
                case Progression.UNKNOWN:
                    self._jobs.submit(request)
                    swept.submitted += 1
                case Progression.ENDED:
                    self._again(request, swept)
                case Progression.UNDER_WAY:
                    continue
                case other:
                    assert_never(other)
        return swept

    def _settled_requests(self) -> Iterator[JobRequest]:
        for records in self._documents.record_pages(keys.job(), limit=_AT_ONCE):
            for record in records:
                request = _parse(record)
                if request and now() - datetime.fromisoformat(request.requested_at) > _SETTLING:
                    yield request

    def _again(self, request: JobRequest, swept: Swept) -> None:
        """Its last step removes the record, so an end that left it there was none in order."""
        key = keys.job(request.job_id)
        request_now = self._documents.update(JobRequest, key, _one_more_attempt)
        if request_now is None:  # it ended while this looked
            return
        if request_now.attempts < MOST_ATTEMPTS:
            self._jobs.submit(request_now)
            swept.submitted += 1
            return
        log.error("job %s (%s) is given up", request.job_id, request.workflow)
        self._give_up(request_now, worker_failed(request_now.last_error))
        self._documents.write(Delete(key))
        swept.given_up += 1


def worker_failed(last_error: str | None, code: str = "worker_failed") -> DomainError:
    """What is shown of a job that failed where no exception can be handed on."""
    return DomainError(last_error or "The worker ended without saying why.", code=code)


def _parse(record: Record) -> JobRequest | None:
    """None where a later version of the product wrote it, say: others are not to wait for that one."""
    try:
        return JobRequest.model_validate(record.body)
    except ValidationError:
        log.exception("the job record %s cannot be read and is left alone", record.key.sort)
        return None


def _one_more_attempt(request: JobRequest) -> JobRequest:
    request.attempts += 1
    return request
