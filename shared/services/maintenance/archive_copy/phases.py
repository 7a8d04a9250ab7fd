"""Phases of a copy: items in a stable order that are handled in batches, so that a position continues it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import dropwhile
from typing import Any, Generic, TypeVar

from shared.services.records.batches import batches

Item = TypeVar("Item")

Position = tuple[str, ...]
"""Place of an item in the order of its phase. The empty position precedes all items."""


@dataclass(frozen=True, slots=True)
class Phase(Generic[Item]):
    """One kind of item to handle.

    ``items`` yields the items after a position. ``handle`` may get the same batch again after an
    interruption.
    """

    name: str
    items: Callable[[Position], Iterable[Item]]
    position: Callable[[Item], Position]
    handle: Callable[[Sequence[Item]], None]
    batch_size: int


Phases = Sequence[Phase[Any]]
AfterBatch = Callable[[str, Position], object]
"""Called with the name of the phase and the position of the last item, after each batch."""

AfterFile = Callable[[], object]
"""Called after each file of a batch, because files may be large."""


def run(phases: Phases, after_batch: AfterBatch, *, start: str = "", after: Position = ()) -> None:
    """Handle the items of all phases in order, from the position ``after`` in the phase ``start``."""
    remaining = dropwhile(lambda phase: bool(start) and phase.name != start, phases)
    for phase in remaining:
        for batch in batches(phase.items(after if phase.name == start else ()), phase.batch_size):
            phase.handle(batch)
            after_batch(phase.name, phase.position(batch[-1]))
