"""Durable work. A ``JobRequest`` record is written by the service; ``submit`` gets it going.

Adapters pass ``tests/contract/test_jobs.py``.
"""

from enum import StrEnum
from typing import Protocol

from shared.domain.job import JobRequest


class Interrupted(Exception):
    """Raised by a job's work when the server is stopping: the job stays and is run again."""


class JobAbandoned(Exception):
    """Why a job is given up when its last exception is no longer at hand: the process died at it too
    often, or between failing and saying so."""


class Jobs(Protocol):
    """Delivery is at least once: a job that was cut off is run again from its start, and every
    step finds what is already done."""

    def submit(self, request: JobRequest) -> None:
        """Start a job whose record is already written. Submitting twice starts it once."""
        ...


class Progression(StrEnum):
    """How far whatever runs a job has come."""

    UNKNOWN = "unknown"
    """Never started, or so long ago that nobody remembers."""

    UNDER_WAY = "under_way"
    ENDED = "ended"


class WatchedJobs(Jobs, Protocol):
    """Jobs that run elsewhere, where they may be lost without a word."""

    def progression(self, request: JobRequest) -> Progression:
        """Of the request's current attempt. Raises: Unavailable."""
        ...
