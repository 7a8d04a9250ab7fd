"""Durable work. A ``JobRequest`` record is written by the service; ``submit`` gets it going.

Adapters pass ``tests/contract/test_jobs.py``.
"""

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
