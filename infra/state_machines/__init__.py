"""Workflows in Amazon States Language. functions/pipeline/README.md describes the input of their steps."""

from collections.abc import Callable, Mapping
from typing import Final

from infra.state_machines.deletion import deletion
from infra.state_machines.ingest import ingest
from infra.state_machines.prompt_run import prompt_run
from infra.state_machines.segment_retry import segment_retry
from infra.state_machines.states import State
from infra.state_machines.tasks import Tasks

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "ingest": ("import_workers",),
    "prompt_run": ("plan", "begin_shard", "shard_failed", "finish", "complete", "give_up"),
    "segment_retry": ("complete", "give_up"),
    "deletion": ("deletion", "complete", "give_up"),
}
"""Step functions that each workflow calls."""

WITH_WORKER: Final = frozenset({"ingest", "prompt_run", "segment_retry"})

DEFINITIONS: Final[Mapping[str, Callable[[Tasks], State]]] = {
    "ingest": ingest,
    "prompt_run": prompt_run,
    "segment_retry": segment_retry,
    "deletion": deletion,
}

__all__ = ["DEFINITIONS", "STEPS", "WITH_WORKER", "State", "Tasks"]
