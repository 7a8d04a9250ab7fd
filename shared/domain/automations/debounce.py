"""The debounce of an import automation: how long it lets new objects gather before it imports them."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class DebounceInterval(StrEnum):
    FIVE_MINUTES = "5m"
    TEN_MINUTES = "10m"
    ONE_HOUR = "1h"
    ONE_DAY = "1d"

    @property
    def span(self) -> timedelta:
        return _SPANS[self]


_SPANS: Final = {
    DebounceInterval.FIVE_MINUTES: timedelta(minutes=5),
    DebounceInterval.TEN_MINUTES: timedelta(minutes=10),
    DebounceInterval.ONE_HOUR: timedelta(hours=1),
    DebounceInterval.ONE_DAY: timedelta(days=1),
}
