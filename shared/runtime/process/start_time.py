"""The time at which this process started."""

from typing import Final

from shared.domain import clock

_STARTED_AT: Final = clock.timestamp()


def started_at() -> str:
    """Return the time of the process's start, as RFC 3339 in UTC."""
    return _STARTED_AT
