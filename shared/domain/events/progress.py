"""The rate of progress events: at most one a second for each run and each import job."""

from datetime import datetime, timedelta
from typing import Final

PROGRESS_INTERVAL: Final = timedelta(seconds=1)

_CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""Clocks of the workers of one run differ by less."""


def is_progress_due(previous: str | None, moment: datetime) -> bool:
    """Return whether a progress event may follow the ``previous`` one, whose time is stored with its subject.

    A time in the near future is that of a worker whose clock is ahead, and counts. A later one does not
    suppress events: the clock has been set back since.
    """
    if previous is None:
        return True
    age = moment - datetime.fromisoformat(previous)
    return age >= PROGRESS_INTERVAL or age < -_CLOCK_DIFFERENCE
