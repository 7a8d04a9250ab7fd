"""The sweep over due work, in virtual time over real records."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.due import Due, DueKind
from shared.services.maintenance import due_sweep
from shared.services.maintenance.due_sweep import DueSweep, Swept
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_write

START = datetime(2026, 1, 1, tzinfo=UTC)


class World:
    """Due records, a clock, and a list of what was announced."""

    def __init__(self, folder: Path) -> None:
        self.documents = Documents(SqliteRecords(folder / "records.sqlite"))
        self.now = START
        self.announced: list[str] = []

    def record(self, subject: str, seconds: float) -> None:
        due = Due.at(START + timedelta(seconds=seconds), DueKind.WEBHOOK_DELIVERY, "anna", subject)
        self.documents.write(due_write(due))

    def sweep(self, minute: float = 0) -> Swept:
        self.now = START + timedelta(minutes=minute)
        return DueSweep(self.documents, self._announce, now=lambda: self.now).sweep()

    def _announce(self, work: Iterable[Due]) -> None:
        self.announced += [due.subject for due in work]


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize("seconds", [-89, -30, 0, 30, 60, 89])
def test_work_around_its_time_is_announced(world: World, seconds: float) -> None:
    world.record("one", seconds)
    assert world.sweep() == Swept(announced=1, overdue=0, oldest_seconds=0.0)
    assert world.announced == ["one"]


@pytest.mark.parametrize("seconds", [91, 900, 3 * 24 * 3600])
def test_later_work_waits(world: World, seconds: float) -> None:
    world.record("one", seconds)
    assert world.sweep().announced == 0


@pytest.mark.parametrize("offset", [0.0, 0.4, 0.99])
@pytest.mark.parametrize("distance", [0.97, 1.0, 1.03], ids=["early", "exact", "late"])
def test_irregular_sweeps_miss_no_work(world: World, offset: float, distance: float) -> None:
    """The writer announces work that is due within 15 minutes, except if its process dies."""
    for seconds in range(0, 1200, 13):
        world.record(f"{seconds:04d}", seconds)
    sweeps = [offset + number * distance for number in range(24)]
    for minute in sweeps:
        world.sweep(minute)
    assert {int(subject) for subject in world.announced} == set(range(0, 1200, 13))


def test_overdue_work_is_announced_each_ten_minutes(world: World) -> None:
    world.record("one", 0)
    counts = [world.sweep(minute).announced for minute in range(2, 62)]
    assert sum(counts) == 12  # two sweeps around each tenth minute
    assert world.sweep(60).overdue == 1
    assert world.sweep(60).oldest_seconds == 3600


def test_work_of_all_shards_is_found(world: World) -> None:
    for number in range(100):
        world.record(f"work-{number}", number % 60)
    assert world.sweep().announced == 100


def test_much_overdue_work_does_not_hide_fresh_work(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due_sweep, "PER_SHARD", 2)
    for number in range(200):
        world.record(f"old-{number:03d}", -7200 - number)
    world.record("fresh", 10)
    swept = world.sweep()
    assert "fresh" in world.announced
    assert swept.overdue == 16


def test_failed_announcement_is_repeated_by_next_sweep(world: World) -> None:
    world.record("one", 0)

    def refuse(_: Iterable[Due]) -> None:
        raise ConnectionError("planted")

    with pytest.raises(ConnectionError):
        DueSweep(world.documents, refuse, now=lambda: START).sweep()
    assert world.sweep(1).announced == 1


def test_earliest_work_of_all_shards_is_announced_first(world: World) -> None:
    for seconds in range(60, -100, -5):
        world.record(f"{seconds + 100:03}", seconds)
    world.sweep()
    assert len(world.announced) == 32
    assert world.announced == sorted(world.announced)
