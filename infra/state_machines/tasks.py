"""Resources that the workflows call."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tasks:
    """ARNs of step functions, job queue and job definition, and the limit of concurrent shards.

    The queue and the job definition need not exist when the state machines are deployed.
    """

    functions: Mapping[str, str]
    """ARN of each step's function."""
    job_queue: str
    job_definition: str
    max_concurrent_shards: int
