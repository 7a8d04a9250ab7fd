from datetime import timedelta

import pytest

from shared.domain.webhooks.health import DISABLE_AFTER
from shared.domain.webhooks.retry_schedule import DELAYS, LONGEST_WAIT, retry_delay


def _whole(spread: float, wait_seconds: float = 0.0) -> timedelta:
    total = timedelta()
    failures = 1
    while (delay := retry_delay(failures, spread, wait_seconds=wait_seconds)) is not None:
        total += delay
        failures += 1
    return total


def test_shortest_schedule_outlasts_three_days() -> None:
    assert _whole(0.0) > timedelta(hours=72)


@pytest.mark.parametrize("wait_seconds", [0.0, 1e9])
def test_longest_schedule_ends_before_webhook_is_disabled(wait_seconds: float) -> None:
    assert _whole(1.0, wait_seconds) < DISABLE_AFTER


def test_delays_grow() -> None:
    assert list(DELAYS) == sorted(DELAYS)
    assert retry_delay(1, 0.0) == timedelta(seconds=5)


def test_jitter_lengthens_delay() -> None:
    assert retry_delay(7, 0.0) == timedelta(hours=1)
    assert retry_delay(7, 1.0) == timedelta(hours=1.2)


def test_last_failure_has_no_retry() -> None:
    assert retry_delay(len(DELAYS), 0.0) is not None
    assert retry_delay(len(DELAYS) + 1, 0.0) is None


def test_longer_wait_of_receiver_is_kept() -> None:
    assert retry_delay(1, 0.0, wait_seconds=90) == timedelta(seconds=90)


def test_shorter_wait_of_receiver_does_not_shorten_delay() -> None:
    assert retry_delay(7, 0.0, wait_seconds=90) == timedelta(hours=1)


def test_wait_of_receiver_is_bounded() -> None:
    assert retry_delay(1, 0.0, wait_seconds=1e9) == LONGEST_WAIT
