"""The rate limit of an API key: fixed windows of one minute."""

import pytest

from shared.domain.errors import TooManyRequests
from shared.services.access.rate_limits import RateLimits


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_request_above_limit_is_refused_until_window_ends() -> None:
    clock = Clock()
    limits = RateLimits(2, clock)
    limits.admit("a")
    clock.now += 30.5
    limits.admit("a")
    with pytest.raises(TooManyRequests) as refused:
        limits.admit("a")
    assert refused.value.retry_after_seconds == 30
    limits.admit("b")
    clock.now += 30
    limits.admit("a")


def test_ended_windows_are_removed() -> None:
    clock = Clock()
    limits = RateLimits(1, clock)
    for number in range(100):
        limits.admit(f"key_{number}")
    clock.now += 61
    limits.admit("another")
    assert list(limits._windows) == ["another"]
