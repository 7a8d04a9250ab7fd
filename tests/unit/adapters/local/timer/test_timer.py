"""The laptop's timer beyond the contract: threads, limits, outages of the store, start and stop."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.sqlite_connections import StorageFull
from shared.adapters.local.timer.due_queue import TimerLimits
from shared.adapters.local.timer.timer import LocalTimer
from shared.domain import keys
from shared.domain.clock import now
from shared.domain.due import Due, DueKind
from shared.domain.keys import Key
from shared.ports.records import MAX_WRITES, Put
from shared.ports.timer import DueHandler
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete, due_until, due_write
from tests.unit.adapters.local.full_store import LARGE, full_store
from tests.waiting import HANG_TIMEOUT, wait_until

_LIMITS: Final = TimerLimits(window=40, group_window=30, group_reserve=10, pause_seconds=0.05)


class Laptop:
    """Due records, and timers over them. ``done`` counts the effects by subject."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "records.sqlite"
        self.records = SqliteRecords(self.path)
        self.documents = Documents(self.records)
        self.done: Counter[str] = Counter()
        self.released = threading.Event()
        self._timers: list[LocalTimer] = []
        self._lock = threading.Lock()

    def timer(
        self,
        handler: DueHandler | None = None,
        sweep_seconds: float = 0.05,
        limits: TimerLimits = _LIMITS,
    ) -> LocalTimer:
        """Build a timer. The group of work is the first letter of its subject."""
        made = LocalTimer(
            self.documents,
            {DueKind.WEBHOOK_DELIVERY: handler or self.work},
            group_of=lambda due: due.subject[0],
            limits=limits,
            sweep_seconds=sweep_seconds,
        )
        self._timers.append(made)
        return made

    def work(self, due: Due) -> bool:
        """End the due record and count it. Work of the group ``h`` hangs until ``released``."""
        if due.subject.startswith("h"):
            self.released.wait(HANG_TIMEOUT)
        with self._lock:
            if self.documents.get(Due, due.key) is not None:
                self.documents.write(due_delete(due))
                self.done[due.subject] += 1
        return True

    def record(self, group: str, count: int = 1) -> list[Due]:
        works = [
            Due.at(now(), DueKind.WEBHOOK_DELIVERY, "tenant_a", f"{group}{number:05d}")
            for number in range(count)
        ]
        for start in range(0, count, MAX_WRITES):
            self.documents.write(*(due_write(due) for due in works[start : start + MAX_WRITES]))
        return works

    def count(self, group: str) -> int:
        return sum(number for subject, number in self.done.items() if subject.startswith(group))

    def close(self) -> None:
        self.released.set()
        for timer in self._timers:
            timer.stop(HANG_TIMEOUT)
        self.records.close()


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    opened = Laptop(tmp_path)
    yield opened
    opened.close()


def test_backlog_beyond_memory_runs_once_each(laptop: Laptop) -> None:
    laptop.record("a", 60)
    laptop.record("b", 20)
    laptop.timer(sweep_seconds=HANG_TIMEOUT).start()
    wait_until(lambda: laptop.done.total() == 80)
    assert set(laptop.done.values()) == {1}


@pytest.mark.slow
def test_backlog_in_one_shard_needs_no_full_sweep(laptop: Laptop) -> None:
    """A refill reads 1,000 records a shard, and memory holds 1,000: neither is all of the shard."""
    moment = now()
    named = (Due.at(moment, DueKind.WEBHOOK_DELIVERY, "t", f"a{number:05d}") for number in range(30_000))
    works = [due for due in named if due.key.partition == keys.due(0).partition]
    for start in range(0, len(works), MAX_WRITES):
        laptop.documents.write(*(due_write(due) for due in works[start : start + MAX_WRITES]))
    laptop.timer(sweep_seconds=HANG_TIMEOUT, limits=TimerLimits()).start()
    wait_until(lambda: laptop.done.total() == len(works))


def test_receiver_that_hangs_does_not_delay_others(laptop: Laptop) -> None:
    timer = laptop.timer()
    timer.start()
    hanging = laptop.record("h", 100)
    for due in hanging:
        timer.announce(due)
    for group in "abc":
        for due in laptop.record(group, 10):
            timer.announce(due)
    wait_until(lambda: laptop.done.total() == 30)
    assert laptop.count("h") == 0
    laptop.released.set()
    wait_until(lambda: laptop.count("h") == 100)


def test_announcement_before_start_has_no_effect(laptop: Laptop) -> None:
    timer = laptop.timer()
    (due,) = laptop.record("a")
    timer.announce(due)
    assert timer.stop(HANG_TIMEOUT)
    assert laptop.done.total() == 0
    laptop.timer().start()
    wait_until(lambda: laptop.done.total() == 1)


def test_stop_waits_for_running_work(laptop: Laptop) -> None:
    began = threading.Event()

    def work(due: Due) -> bool:
        began.set()
        laptop.released.wait(HANG_TIMEOUT)
        return laptop.work(due)

    timer = laptop.timer(work)
    laptop.record("a")
    timer.start()
    assert began.wait(HANG_TIMEOUT)
    assert not timer.stop(0.01)
    laptop.released.set()
    assert timer.stop(HANG_TIMEOUT)
    assert laptop.count("a") == 1


def test_work_left_by_stop_runs_after_next_start(laptop: Laptop) -> None:
    timer = laptop.timer()
    laptop.record("h", 3)
    timer.start()
    wait_until(lambda: threading.active_count() > 1)
    timer.stop(0.01)
    laptop.released.set()
    laptop.timer().start()
    wait_until(lambda: laptop.done.total() == 3)
    assert set(laptop.done.values()) == {1}


def test_unreadable_store_delays_work_and_loses_none(laptop: Laptop) -> None:
    laptop.record("a", 20)
    _change_file(laptop.path, "ALTER TABLE record RENAME TO away")
    failures: list[str] = []

    def work(due: Due) -> bool:
        try:
            return laptop.work(due)
        except Exception:
            failures.append(due.subject)
            raise

    timer = laptop.timer(work)
    timer.start()
    timer.announce(Due.at(now(), DueKind.WEBHOOK_DELIVERY, "tenant_a", "a00000"))
    wait_until(lambda: len(failures) >= 2)
    _change_file(laptop.path, "ALTER TABLE away RENAME TO record")
    wait_until(lambda: laptop.done.total() == 20)


def test_full_disk_delays_work_and_loses_none(laptop: Laptop) -> None:
    refused: list[str] = []

    def work(due: Due) -> bool:
        try:
            laptop.documents.write(due_delete(due), Put(Key("done", due.subject), LARGE))
        except StorageFull:
            refused.append(due.subject)
            raise
        return True

    laptop.record("a", 5)
    with full_store(laptop.records):
        laptop.timer(work).start()
        wait_until(lambda: len(refused) > 5)
    wait_until(lambda: len(laptop.records.query("done").records) == 5)
    assert list(due_until(laptop.documents, now())) == []


def _change_file(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, timeout=HANG_TIMEOUT)
    connection.execute(statement)
    connection.close()


def test_timers_of_two_processes_share_the_work(laptop: Laptop) -> None:
    laptop.record("a", 60)
    for _ in range(2):
        laptop.timer().start()
    wait_until(lambda: laptop.done.total() == 60)
    assert set(laptop.done.values()) == {1}


def test_work_without_handler_stays_recorded(laptop: Laptop) -> None:
    timer = LocalTimer(laptop.documents, {}, sweep_seconds=0.05)
    (due,) = laptop.record("a")
    timer.start()
    timer.announce(due)
    assert timer.stop(HANG_TIMEOUT)
    assert laptop.documents.get(Due, due.key) == due


def test_wait_for_far_work_takes_no_thread(laptop: Laptop) -> None:
    calls: list[str] = []

    def work(due: Due) -> bool:
        calls.append(due.subject)
        return laptop.work(due)

    far = Due.at(now(), DueKind.WEBHOOK_DELIVERY, "tenant_a", "far").model_copy(
        update={"due_at": "2099-01-01T00:00:00.000Z"}
    )
    laptop.documents.write(due_write(far))
    timer = laptop.timer(work)
    timer.start()
    timer.announce(far)
    laptop.record("a", 5)
    wait_until(lambda: len(calls) == 5)
    assert "far" not in calls
