"""A shard: the part of a run that one worker processes, every n-th medium."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from shared.domain.runs.prompt_run import MediumState

MAX_SHARDS: Final = 200
"""The history of a state machine is limited to 25,000 events, and a shard adds about 20."""

_SECONDS: Final = 1800.0
"""Target duration of media per shard. It is long compared with the minute in which a worker starts and loads
its models."""

_PER_MEDIUM_SECONDS: Final = 10.0
"""Overhead per medium, in addition to its duration. For an image this is the whole cost."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A shard by number, from 0, and count. The whole run is shard 0 of 1."""

    number: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.number < self.count:
            raise ValueError(f"there is no shard {self.number} of {self.count}")

    def select(self, medium_states: Sequence[MediumState]) -> Sequence[MediumState]:
        """Return the media of this shard. Striding spreads long and short media, and a medium keeps its
        number and shard if an earlier medium is deleted."""
        return [m for m in medium_states if m.ordinal % self.count == self.number]


def shards_for(medium_states: Sequence[MediumState]) -> list[Shard]:
    """Divide media into shards: none without media, and never more than there are media."""
    seconds = sum(_PER_MEDIUM_SECONDS + medium_state.duration_seconds for medium_state in medium_states)
    count = min(ceil(seconds / _SECONDS), len(medium_states), MAX_SHARDS)
    return [Shard(number, count) for number in range(count)]
