"""The sweep over due work on AWS: it announces work to the queue in time.

The queue holds work for at most 15 minutes, so work that is due later reaches it by a sweep. So does work
that its writer did not announce, because its process died after the write.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Final

from shared.domain import clock, keys
from shared.domain.clock import isoformat
from shared.domain.due import SHARDS, Due
from shared.services.records.documents import Documents

FRESH: Final = timedelta(seconds=90)
"""Work that is due within this time of a sweep, before or after it, is announced by that sweep. It exceeds
the minute between two sweeps, which are not exact."""

REPEATED_EVERY: Final = timedelta(minutes=10)
"""Work that is overdue for longer is announced again at this distance. Announced at each sweep, the work that
waits in a long queue would make the queue longer."""

PER_SHARD: Final = 2500
"""Bound of one sweep, for fresh and for overdue work each: 8 shards of it take about 20 s. The earliest work
comes first, and later sweeps find the rest."""

_PAGE_SIZE: Final = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """Counts of a sweep. Work is overdue after 90 s; ``oldest_seconds`` is the longest time."""

    announced: int
    overdue: int
    oldest_seconds: float


class DueSweep:
    """Announces recorded work in time, and again at intervals while it is overdue."""

    def __init__(
        self,
        documents: Documents,
        announce: Callable[[Iterable[Due]], object],
        *,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._documents = documents
        self._announce = announce
        self._now = now

    def sweep(self) -> Swept:
        """Sweep once. Raises: Unavailable."""
        moment = self._now()
        overdue = [
            (due, moment - datetime.fromisoformat(due.due_at)) for due in self._due(None, moment - FRESH)
        ]
        again = [due for due, age in overdue if age % REPEATED_EVERY <= FRESH]
        chosen = [*self._due(moment - FRESH, moment + FRESH), *again]
        # The earliest work of all shards first: a sweep that is killed leaves the latest.
        self._announce(sorted(chosen, key=lambda due: due.due_at))
        oldest = max((age for _, age in overdue), default=timedelta())
        return Swept(len(chosen), len(overdue), oldest.total_seconds())

    def _due(self, since: datetime | None, until: datetime) -> Iterator[Due]:
        """Walk over the work that is due in a period, of each shard the earliest first."""
        after = None if since is None else isoformat(since)
        latest = isoformat(until)
        for shard in range(SHARDS):
            found = self._documents.each(Due, keys.due(shard), limit=_PAGE_SIZE, after=after)
            yield from islice(takewhile(lambda due: due.due_at <= latest, found), PER_SHARD)
