"""Durable work. A ``JobRequest`` record is written by the service; ``submit`` gets it going."""

from typing import Protocol

from shared.domain.job import JobRequest


class Interrupted(Exception):
    """Raised by a job's work when the server is stopping: the job stays and is run again."""


class Jobs(Protocol):
    """Delivery is at least once: a job that was cut off is run again from its start, and every
    step finds what is already done."""

    def submit(self, request: JobRequest) -> None:
        """Start a job whose record is already written. Submitting twice starts it once."""
        ...
