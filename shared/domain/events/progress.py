"""The rate of progress events: at most one a second for each run and each import job."""

from datetime import datetime, timedelta
from typing import Final

PROGRESS_INTERVAL: Final = timedelta(seconds=1)


def is_progress_due(previous: str | None, moment: datetime) -> bool:
    """Return whether a progress event may follow the ``previous`` one, whose time is stored with its subject.

    A time in the future does not suppress events: the clock has been set back since, or that of another
    worker is ahead.
    """
    return previous is None or abs(moment - datetime.fromisoformat(previous)) >= PROGRESS_INTERVAL
