"""What the workflows call."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tasks:
    """ARNs. The queue and the definition of jobs need not exist where the machines are deployed."""

    functions: Mapping[str, str]
    """By step."""
    job_queue: str
    job_definition: str
    shards_at_once: int
