import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from shared.domain.webhooks.health import DISABLE_AFTER
from shared.domain.webhooks.retry_schedule import DELAYS, LONGEST_WAIT, retry_delay

PAGE: Final = Path(__file__).parents[4] / "docs" / "webhook-deliveries.md"
HOUR: Final = timedelta(hours=1)
ROW: Final = re.compile(r"^\| (\d+)(?: to (\d+))? \| (\d+) (second|minute|hour)s? \|$", re.MULTILINE)


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


def test_documentation_has_table_of_delays() -> None:
    documented = {
        failures: timedelta(**{f"{unit}s": int(count)})
        for first, last, count, unit in ROW.findall(PAGE.read_text("utf-8"))
        for failures in range(int(first), int(last or first) + 1)
    }
    assert documented == dict(enumerate(DELAYS, start=1))
    assert f"After {len(DELAYS) + 1} failed attempts, 78 to 94 hours" in PAGE.read_text("utf-8")
    assert (round(_whole(0.0) / HOUR), round(_whole(1.0) / HOUR + 0.5)) == (78, 94)
