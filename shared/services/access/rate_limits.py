"""Rate limit: requests per minute of an API key, or of an address that needs no key.

Each process counts for itself, because a shared counter would cost one write for each request. Where
several processes answer requests, the gateway in front of them limits the total.
"""

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from shared.domain.errors import TooManyRequests

_WINDOW_SECONDS: Final = 60.0


class RateLimits:
    """Fixed windows of one minute. A window starts with the first request of its key or address."""

    def __init__(
        self,
        requests_per_minute: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        subject: str = "API key",
    ) -> None:
        """``subject`` names what is limited, in the message of a refusal."""
        self._limit = requests_per_minute
        self._subject = subject
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        self._last_sweep = clock()

    def admit(self, key_id: str) -> None:
        """Count one request. Raises: TooManyRequests, with the seconds until the window ends."""
        now = self._clock()
        with self._lock:
            self._sweep(now)
            start, count = self._windows.get(key_id, (now, 0))
            if now - start >= _WINDOW_SECONDS:
                start, count = now, 0
            self._windows[key_id] = (start, count + 1)
        if count >= self._limit:
            raise TooManyRequests(
                f"This {self._subject} has used its {self._limit} requests of this minute.",
                retry_after_seconds=max(1, math.ceil(start + _WINDOW_SECONDS - now)),
            )

    def _sweep(self, now: float) -> None:
        """Remove windows that have ended, at most once a minute."""
        if now - self._last_sweep < _WINDOW_SECONDS:
            return
        self._last_sweep = now
        self._windows = {
            key: window for key, window in self._windows.items() if now - window[0] < _WINDOW_SECONDS
        }
