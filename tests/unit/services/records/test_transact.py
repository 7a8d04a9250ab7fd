"""An optimistic transaction retries its decision on fresh reads until its writes succeed."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel

from shared.domain import clock
from shared.domain.errors import DomainError, VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete
from shared.services.records.documents import Documents, put
from shared.services.records.transact import ATTEMPTS, Decision
from tests.unit.services.records.contended import ContendedRecords

KEY = Key("counters", "visits")


class Counter(BaseModel):
    count: int = 0


class World:
    """A counter that ``visit`` raises by one and a competing writer by ten."""

    def __init__(self, path: Path) -> None:
        self.pauses: list[float] = []
        self.records = ContendedRecords(path)
        self.documents = Documents(self.records, self.pauses.append)
        self.documents.write(put(KEY, Counter()))
        self.records.rival = self._raise_by_ten
        self.records.writes = 0
        self.seen: list[int] = []

    def _raise_by_ten(self) -> None:
        self.records.write(put(KEY, Counter(count=self.count() + 10)))

    def count(self) -> int:
        counter = self.documents.get(Counter, KEY)
        assert counter is not None
        return counter.count

    def visit(self) -> Decision[int]:
        batch = self.documents.batch([KEY])
        counter = batch.get(Counter, KEY) or Counter()
        self.seen.append(counter.count)
        raised = Counter(count=counter.count + 1)
        return Decision(raised.count, [put(KEY, raised, expected_version=batch.version(KEY))])


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "records.sqlite")


def test_transaction_without_conflict_decides_and_writes_once(world: World) -> None:
    assert world.documents.transact(world.visit) == 1
    assert (world.seen, world.records.writes, world.pauses) == ([0], 1, [])


def test_decision_is_repeated_on_fresh_reads_after_conflict(world: World) -> None:
    world.records.conflicts = 2
    assert world.documents.transact(world.visit) == 21
    assert world.seen == [0, 10, 20]
    assert world.count() == 21


def test_first_retry_is_immediate_and_later_retries_pause(world: World) -> None:
    world.records.conflicts = 1
    world.documents.transact(world.visit)
    assert world.pauses == []
    world.records.conflicts = 4
    world.documents.transact(world.visit)
    assert len(world.pauses) == 3
    for pause, ceiling in zip(world.pauses, (0.005, 0.01, 0.02), strict=True):
        assert 0 <= pause <= ceiling


def test_conflict_in_each_attempt_is_raised(world: World) -> None:
    world.records.conflicts = ATTEMPTS
    with pytest.raises(VersionConflict) as conflict:
        world.documents.transact(world.visit)
    assert conflict.value.key == KEY
    assert isinstance(conflict.value, DomainError)
    assert len(world.seen) == ATTEMPTS
    assert world.count() == ATTEMPTS * 10
    assert max(world.pauses) <= 0.1


def test_last_attempt_can_succeed(world: World) -> None:
    world.records.conflicts = ATTEMPTS - 1
    world.documents.transact(world.visit)
    assert len(world.seen) == ATTEMPTS


def test_decision_without_writes_writes_nothing(world: World) -> None:
    assert world.documents.transact(lambda: Decision("as it was")) == "as it was"
    assert world.records.writes == 0


def test_conflict_raised_by_decision_is_retried(world: World) -> None:
    attempts: list[int] = []

    def decide() -> Decision[int]:
        attempts.append(1)
        if len(attempts) < 3:
            raise VersionConflict(KEY)
        return world.visit()

    assert world.documents.transact(decide) == 1
    assert len(attempts) == 3


def test_other_error_of_decision_is_raised_at_once(world: World) -> None:
    attempts: list[int] = []

    def decide() -> Decision[None]:
        attempts.append(1)
        raise DomainError("no")

    with pytest.raises(DomainError, match="no"):
        world.documents.transact(decide)
    assert len(attempts) == 1


def test_work_done_elsewhere_ends_transaction_after_conflict(world: World) -> None:
    asked: list[int] = []

    def done_elsewhere() -> int | None:
        asked.append(1)
        return -1 if len(asked) == 2 else None

    world.documents.transact(world.visit, done_elsewhere=done_elsewhere)
    assert asked == []
    world.records.conflicts = 5
    assert world.documents.transact(world.visit, done_elsewhere=done_elsewhere) == -1
    assert world.seen == [0, 1, 11]
    assert world.count() == 21


def test_write_if_unchanged_reports_whether_it_wrote(world: World) -> None:
    assert not world.documents.write_if_unchanged(put(KEY, Counter(count=7), expected_version=ABSENT))
    assert world.count() == 0
    assert world.documents.write_if_unchanged(put(KEY, Counter(count=7), expected_version=1))
    assert world.count() == 7


def test_update_is_applied_after_concurrent_write(world: World) -> None:
    world.records.conflicts = 1
    updated = world.documents.update(Counter, KEY, lambda counter: Counter(count=counter.count + 1))
    assert updated == Counter(count=11)
    assert world.count() == 11


def test_update_without_change_writes_nothing(world: World) -> None:
    assert world.documents.update(Counter, KEY, lambda counter: counter) == Counter()
    assert world.records.writes == 0


def test_update_of_missing_record_returns_none(world: World) -> None:
    assert world.documents.update(Counter, Key("counters", "none"), lambda counter: counter) is None


def test_update_sets_expiry(world: World) -> None:
    past = clock.now() - timedelta(seconds=1)
    world.documents.update(Counter, KEY, lambda _: Counter(count=1), expires_at=past)
    assert world.documents.get(Counter, KEY) is None


def test_update_unless_contended_ignores_final_conflict(world: World) -> None:
    world.records.conflicts = ATTEMPTS
    world.documents.update_unless_contended(Counter, KEY, lambda _: Counter(count=1))
    assert world.count() == ATTEMPTS * 10
    world.documents.update_unless_contended(Counter, KEY, lambda _: Counter(count=1))
    assert world.count() == 1


def test_conditional_delete_of_other_version_removes_nothing(world: World) -> None:
    assert not world.documents.write_if_unchanged(Delete(KEY, 2))
    assert world.count() == 0
