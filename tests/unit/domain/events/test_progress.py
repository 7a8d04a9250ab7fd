"""The rate of progress events."""

from datetime import UTC, datetime, timedelta

from shared.domain.clock import isoformat
from shared.domain.events.progress import PROGRESS_INTERVAL, is_progress_due

PREVIOUS = datetime(2026, 1, 10, tzinfo=UTC)


def test_first_progress_is_due() -> None:
    assert is_progress_due(None, PREVIOUS)


def test_next_progress_is_due_after_a_second() -> None:
    assert not is_progress_due(isoformat(PREVIOUS), PREVIOUS + PROGRESS_INTERVAL - timedelta(milliseconds=1))
    assert is_progress_due(isoformat(PREVIOUS), PREVIOUS + PROGRESS_INTERVAL)


def test_progress_is_due_after_clock_was_set_back() -> None:
    assert is_progress_due(isoformat(PREVIOUS), PREVIOUS - timedelta(hours=1))


def test_workers_whose_clocks_differ_share_the_rate() -> None:
    """Two workers write in turn, five times a second each. The clock of one is 5 seconds ahead."""
    previous, due = None, []
    for step in range(100):
        moment = PREVIOUS + timedelta(seconds=step / 10 + (5 if step % 2 else 0))
        if is_progress_due(previous, moment):
            previous = isoformat(moment)
            due.append(step)
    assert len(due) <= 11
