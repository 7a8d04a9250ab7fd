"""The part of a run that one worker does: every n-th of its media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from shared.domain.runs.prompt_run import MediumState

MOST_SHARDS: Final = 200
"""A state machine's history holds 25,000 events, and a shard makes some 20."""

_SECONDS: Final = 1800.0
"""Of media a shard: long beside the minute in which a worker starts and loads its models."""

_PER_MEDIUM_SECONDS: Final = 10.0
"""What a medium takes beside its length; all that a picture takes."""


@dataclass(frozen=True, slots=True)
class Shard:
    """``number`` counts from 0. The whole run is shard 0 of 1."""

    number: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.count:
            raise ValueError(f"there is no shard {self.number} of {self.count}")

    def of(self, medium_states: Sequence[MediumState]) -> Sequence[MediumState]:
        """Striding spreads long and short media; media keep their number, and so their shard, when
        one before them is deleted."""
        return [m for m in medium_states if m.ordinal % self.count == self.number]


def shards_for(medium_states: Sequence[MediumState]) -> list[Shard]:
    """None for no media, and never more than there are media."""
    seconds = sum(_PER_MEDIUM_SECONDS + medium_state.duration_seconds for medium_state in medium_states)
    count = min(ceil(seconds / _SECONDS), len(medium_states), MOST_SHARDS)
    return [Shard(number, count) for number in range(count)]
