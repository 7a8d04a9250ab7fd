"""The schedule of retries: when a delivery is tried again after a failed attempt.

The shortest schedule takes more than 72 hours, so that a receiver that is down for three days misses no
event. The longest one ends before a webhook is disabled; see ``shared.domain.webhooks.health``.
"""

from datetime import timedelta
from typing import Final

_SECOND: Final = timedelta(seconds=1)
_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)

DELAYS: Final = (
    *(5 * _SECOND, 30 * _SECOND),
    *(2 * _MINUTE, 5 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(1 * _HOUR, 2 * _HOUR, 4 * _HOUR, 6 * _HOUR),
    *(8 * _HOUR,) * 8,
)
"""The shortest delay after each failed attempt. After one more failure, the delivery has failed."""

JITTER: Final = 0.2
"""Largest share of a delay that is added to it at random, so that deliveries that failed together do not come
together again."""

LONGEST_WAIT: Final = 1 * _HOUR
"""A receiver can ask for no longer delay with ``Retry-After``, so that the schedule ends within five days."""


def retry_delay(failures: int, spread: float, *, wait_seconds: float = 0.0) -> timedelta | None:
    """Return the delay after the ``failures``-th failed attempt (from 1), or None if it was the last.

    ``spread`` is a random number from 0 to 1. ``wait_seconds`` is the delay that the receiver asks for.
    """
    if failures > len(DELAYS):
        return None
    delay = DELAYS[failures - 1] * (1 + JITTER * spread)
    return max(delay, min(timedelta(seconds=wait_seconds), LONGEST_WAIT))
