"""Waits for a state, with the timeout that ends a hung test.

No test outside ``tests/perf`` asserts a duration: see ``tests/unit/test_clocks.py``.
"""

import time
from collections.abc import Callable
from typing import Final

HANG_TIMEOUT: Final = 600.0
"""Seconds after which a test counts as hung: far longer than any wait on a slow, busy machine."""


def wait_until(holds: Callable[[], object], what: str = "the state", *, pause: float = 0.02) -> None:
    """Return once ``holds()`` is true; call it again after each ``pause`` seconds.

    Raises:
        AssertionError: it is still false after ``HANG_TIMEOUT`` seconds.
    """
    deadline = time.monotonic() + HANG_TIMEOUT
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come within {HANG_TIMEOUT:.0f} s")
        time.sleep(pause)
