"""Contract of ``shared.ports.timer.Timer``."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.domain.clock import now
from shared.domain.due import Due, DueKind
from shared.domain.ids import DELIVERY, EVENT, WEBHOOK, new_id
from shared.domain.webhooks.delivery import delivery_id
from shared.services.records.due_work import due_delete, due_write
from tests.contract.conftest import AWS
from tests.contract.timer_worlds import LocalTimerWorld, SqsTimerWorld, TimerWorld

_WORLDS: dict[str, Callable[[Path], TimerWorld]] = {"local": LocalTimerWorld, "aws": SqsTimerWorld}


@pytest.fixture(params=["local", AWS])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TimerWorld]:
    opened = _WORLDS[request.param](tmp_path)
    yield opened
    opened.close()


class Work:
    """A handler that does the work of a due record once: it ends the record and notes the subject."""

    def __init__(self, world: TimerWorld, failures: int = 0) -> None:
        self._documents = world.documents
        self._lock = threading.Lock()
        self._failures = failures
        self.calls: list[str] = []
        self.done: list[str] = []
        self.done_at: list[datetime] = []

    def __call__(self, due: Due) -> bool:
        with self._lock:
            self.calls.append(due.subject)
            if len(self.calls) <= self._failures:
                raise RuntimeError("planted")
            if self._documents.get(Due, due.key) is not None:
                self._documents.write(due_delete(due))
                self.done.append(due.subject)
                self.done_at.append(now())
            return True


def due_in(seconds: float) -> Due:
    subject = delivery_id(new_id(WEBHOOK), new_id(EVENT))
    assert subject.startswith(DELIVERY)
    return Due.at(now() + timedelta(seconds=seconds), DueKind.WEBHOOK_DELIVERY, "tenant_a", subject)


def record(world: TimerWorld, *works: Due) -> list[str]:
    world.documents.write(*(due_write(due) for due in works))
    return [due.subject for due in works]


def test_announced_work_runs_once(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    due = due_in(0)
    subjects = record(world, due)
    world.timer.announce(due)
    world.run_until(lambda: work.done)
    assert work.done == subjects
    assert world.documents.get(Due, due.key) is None


def test_works_announced_together_all_run(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    together = [due_in(0) for _ in range(12)]
    subjects = record(world, *together)
    world.timer.announce(*together)
    world.run_until(lambda: len(work.done) == 12)
    assert sorted(work.done) == sorted(subjects)


def test_work_that_nobody_announced_runs(world: TimerWorld) -> None:
    early, late = record(world, due_in(-3600), due_in(0))
    work = Work(world)
    world.start(work)
    (written_later,) = record(world, due_in(-1))
    world.run_until(lambda: len(work.done) == 3)
    assert sorted(work.done) == sorted([early, late, written_later])


def test_work_runs_at_its_time(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    due = due_in(0.3)
    record(world, due)
    world.timer.announce(due)
    world.run_until(lambda: work.done)
    assert work.done_at[0] >= datetime.fromisoformat(due.due_at)


def test_work_of_far_future_waits(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    far, near = due_in(3 * 24 * 3600), due_in(0)
    record(world, far, near)
    world.timer.announce(far, near)
    world.run_until(lambda: work.done)
    assert set(work.calls) == {near.subject}
    assert world.documents.get(Due, far.key) == far


def test_work_announced_repeatedly_has_one_effect(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    due = due_in(0)
    subjects = record(world, due)
    last = due_in(0.2)
    record(world, last)
    for _ in range(3):
        world.timer.announce(due)
    world.timer.announce(last)
    world.run_until(lambda: len(work.done) == 2)
    assert work.done == [*subjects, last.subject]


def test_announcement_without_record_has_no_effect(world: TimerWorld) -> None:
    work = Work(world)
    world.start(work)
    absent, present = due_in(0), due_in(0)
    record(world, present)
    world.timer.announce(absent, present)
    world.run_until(lambda: work.done)
    assert work.done == [present.subject]


def test_failed_work_is_tried_again(world: TimerWorld) -> None:
    work = Work(world, failures=1)
    world.start(work)
    due = due_in(0)
    subjects = record(world, due)
    world.timer.announce(due)
    world.run_until(lambda: work.done)
    assert work.calls[:2] == subjects * 2
