"""Durable jobs. The service writes a ``JobRequest`` record; ``submit`` starts the job.

Adapters pass ``tests/contract/test_jobs.py``.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from shared.domain.job import JobRequest


class Interrupted(Exception):
    """Raised by a job when the server stops. The job stays queued and runs again."""


class TurnOver(Interrupted):
    """Raised by a job that lets others have a turn. It stays queued and runs again after them. A job raises
    it only after it has come further, so that it ends."""


class JobAbandoned(Exception):
    """Reported for an abandoned job whose last exception is lost: the process died during the job too often,
    or after the job failed and before the failure was reported."""


CheckStop = Callable[[], None]
"""Called regularly during long work. Raises the exception that ends the work, such as ``Interrupted``."""


def never_stop() -> None:
    """Do nothing: the ``check_stop`` of work that is never interrupted."""


class Jobs(Protocol):
    """Runs jobs at least once: an interrupted job runs again from its start. Every step must detect work
    that is already done."""

    def submit(self, request: JobRequest) -> None:
        """Start a job whose record is already stored. Submitting it twice starts it once."""
        ...


class Progression(StrEnum):
    """The state of a job's current attempt."""

    UNKNOWN = "unknown"
    """Never started, or so long ago that the service has no record of it."""

    UNDER_WAY = "under_way"
    ENDED = "ended"


class WatchedJobs(Jobs, Protocol):
    """Jobs in an external service, which may end without reporting a result."""

    def progression(self, request: JobRequest) -> Progression:
        """Return the state of the request's current attempt. Raises: Unavailable."""
        ...
