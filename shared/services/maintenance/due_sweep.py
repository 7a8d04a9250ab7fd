"""The sweep over due work on AWS: it announces work to the queue in time.

The queue holds work for at most 15 minutes, so work that is due later reaches it by a sweep. So does work
that its writer did not announce, because its process died after the write.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Final

from shared.domain import clock
from shared.domain.due import Due
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_until

_AHEAD: Final = timedelta(seconds=90)
"""Half a minute more than the time between two sweeps, which are not exact."""

_FRESH: Final = timedelta(seconds=90)
_REPEATED_EVERY: Final = timedelta(minutes=10)
"""Overdue work is announced again at this distance. Announced at each sweep, the work that waits in a long
queue would make the queue longer."""

_PER_SHARD: Final = 2500
"""Bound of one sweep: 8 shards of it take about 20 s. The earliest work comes first; a later sweep finds the
rest."""

_OVERDUE_AFTER: Final = timedelta(seconds=60)
_BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class Swept:
    """Counts of a sweep. ``overdue`` work is due for more than a minute, ``oldest_seconds`` the longest."""

    announced: int = 0
    overdue: int = 0
    oldest_seconds: float = 0.0


class DueSweep:
    """Announces the work that is due within 90 s, and at intervals the work that is overdue."""

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
        announced, overdue, oldest = 0, 0, timedelta()
        for work in batched(
            due_until(self._documents, moment + _AHEAD, limit_per_shard=_PER_SHARD), _BATCH
        ):
            ages = [moment - datetime.fromisoformat(due.due_at) for due in work]
            chosen = [due for due, age in zip(work, ages, strict=True) if is_announced(age)]
            self._announce(chosen)
            announced += len(chosen)
            overdue += sum(age > _OVERDUE_AFTER for age in ages)
            oldest = max(oldest, *ages)
        return Swept(announced, overdue, oldest.total_seconds())


def is_announced(age: timedelta) -> bool:
    """Return whether a sweep announces work that is due for ``age`` (negative: it is due later)."""
    return age % _REPEATED_EVERY <= _FRESH if age > timedelta() else True
