"""Measures that are valid on any machine: a ratio to a floor of the same run, and a count of calls."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

_FEWEST: Final = 3
"""Measurements of each, at least: a single slow floor would hide a slow subject."""


def ratio_to_floor(
    subject: Callable[[], float], floor: Callable[[], float], *, most: float, attempts: int = 20
) -> float:
    """Return the cost of ``subject`` divided by that of ``floor``, each the best of several measurements.

    The two are measured in turn, so that other work on the machine affects both. Measuring ends once the
    ratio is ``most`` or less, or after ``attempts`` measurements.
    """
    costs: list[float] = []
    floors: list[float] = []
    while True:
        floors.append(floor())
        costs.append(subject())
        ratio = min(costs) / min(floors)
        if len(costs) >= attempts or (len(costs) >= _FEWEST and ratio <= most):
            return ratio


def processor_time(work: Callable[[], object]) -> Callable[[], float]:
    """Return a function that does ``work`` and returns the processor seconds of its thread."""

    def measured() -> float:
        started = time.thread_time()
        work()
        return time.thread_time() - started

    return measured


@contextmanager
def calls_at_most(limit: int) -> Iterator[None]:
    """Count the function calls of the block in this thread; calls into C count, and so do resumed generators.

    Raises:
        AssertionError: at the first call beyond ``limit``, so that endless work ends.
    """
    left = limit

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal left
        if event in ("call", "c_call"):
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise AssertionError(f"more than {limit:,} calls")

    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(None)
