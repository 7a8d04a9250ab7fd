"""The timer: work that is due at a time, minutes to days away. See ``shared.domain.due``.

Adapters pass ``tests/contract/test_timer.py``.
"""

from collections.abc import Callable
from typing import Protocol

from shared.domain.due import Due

DueHandler = Callable[[Due], bool]
"""Does due work. It is called at least once, possibly twice at the same time; work that has been done or
moved since has no effect. It returns False if the other side failed, such as the receiver of a delivery; the
timer then starts less work of that kind at once. An exception leaves the due record, and the work is tried
again."""


class Timer(Protocol):
    """Runs due work, at or soon after its time."""

    def announce(self, *work: Due) -> None:
        """Announce work whose due records are already stored.

        It makes the work punctual. Work that is not announced, because the process died after the write, is
        found by the next sweep.
        """
        ...
