"""The part of a run that one worker does: every n-th of its media."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from shared.domain.prompt_run import MediaRun

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

    def of(self, media_runs: Sequence[MediaRun]) -> Sequence[MediaRun]:
        """Striding spreads long and short media; media keep their number, and so their shard, when
        one before them is deleted."""
        return [m for m in media_runs if m.ordinal % self.count == self.number]


def shards_for(media_runs: Sequence[MediaRun]) -> list[Shard]:
    """None for no media, and never more than there are media."""
    seconds = sum(_PER_MEDIUM_SECONDS + media_run.duration_seconds for media_run in media_runs)
    count = min(ceil(seconds / _SECONDS), len(media_runs), MOST_SHARDS)
    return [Shard(number, count) for number in range(count)]
