"""The due work in memory: its order, the limits of groups, and the bounds of memory. Time is virtual."""

import threading
from datetime import UTC, datetime
from typing import Final

import pytest

from shared.adapters.local.timer.due_queue import DueQueue, Entry, TimerLimits
from shared.domain.due import Due, DueKind
from tests.waiting import HANG_TIMEOUT

_LIMITS: Final = TimerLimits(
    threads=8,
    group_threads=4,
    trouble_threads=3,
    slow_seconds=1.0,
    window=20,
    group_window=10,
    group_reserve=4,
)


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


class Queue:
    """A queue over a virtual clock. ``take`` returns the subjects that may run now."""

    def __init__(self, limits: TimerLimits = _LIMITS) -> None:
        self.clock = Clock()
        self.queue = DueQueue(limits, self.clock)
        self._count = 0

    def add(self, group: str, count: int = 1, *, seconds: float = 0.0) -> list[Due]:
        added = []
        for _ in range(count):
            self._count += 1
            moment = datetime.fromtimestamp(self.clock.seconds + seconds, UTC)
            added.append(Due.at(moment, DueKind.WEBHOOK_DELIVERY, "t", f"{group}-{self._count:03d}"))
            self.queue.add(added[-1], group)
        return added

    def take(self) -> list[Entry]:
        """Take all entries that may run now: up to one that is added here as the last."""
        with self.queue._changed:
            self.queue._release_due(self.clock.seconds)
            taken: list[Entry] = []
            while self.queue._running < _LIMITS.threads:
                entry = self.queue._take(self.clock.seconds)
                if entry is None:
                    break
                taken.append(entry)
        return taken

    def run(self, entries: list[Entry], *, seconds: float = 0.0, succeeded: bool = True) -> None:
        self.clock.seconds += seconds
        for entry in entries:
            self.queue.done(entry, succeeded=succeeded)


@pytest.fixture
def queue() -> Queue:
    return Queue()


def groups(entries: list[Entry]) -> str:
    return "".join(sorted(entry.group for entry in entries))


def test_work_waits_for_its_time(queue: Queue) -> None:
    queue.add("a", seconds=5)
    assert queue.take() == []
    queue.clock.seconds += 5
    assert groups(queue.take()) == "a"


def test_earlier_work_of_a_group_runs_first(queue: Queue) -> None:
    (late,) = queue.add("a", seconds=2)
    (early,) = queue.add("a", seconds=1)
    queue.clock.seconds += 3
    (first,) = queue.take()
    queue.run([first])
    (second, *_) = queue.take()
    assert [first.due, second.due] == [early, late]


def test_group_gets_one_more_run_with_each_success(queue: Queue) -> None:
    queue.add("a", 10)
    widths = []
    for _ in range(3):
        running = queue.take()
        widths.append(len(running))
        queue.run(running)
    assert widths == [1, 2, 4]


def test_group_never_exceeds_its_threads(queue: Queue) -> None:
    for _ in range(5):
        queue.add("a", 10)
        running = queue.take()
        assert len(running) <= 4
        queue.run(running)


def test_groups_take_turns(queue: Queue) -> None:
    queue.add("a", 5)
    queue.add("b", 5)
    queue.add("c", 5)
    assert groups(queue.take()) == "abc"


def test_group_that_hangs_has_one_run(queue: Queue) -> None:
    queue.add("a", 10)
    queue.run(queue.take())
    queue.run(queue.take())
    running = queue.take()
    assert len(running) == 4
    queue.run(running[:3], seconds=1.1)
    assert queue.take() == []


@pytest.mark.parametrize(("seconds", "succeeded"), [(1.1, True), (0.0, False)])
def test_group_in_trouble_has_one_run_until_a_success(queue: Queue, seconds: float, succeeded: bool) -> None:
    queue.add("a", 10)
    queue.run(queue.take())
    queue.run(queue.take(), seconds=seconds, succeeded=succeeded)
    running = queue.take()
    assert len(running) == 1
    queue.run(running)
    assert len(queue.take()) == 2


def test_troubled_groups_leave_threads_for_others(queue: Queue) -> None:
    names = [f"t{number}" for number in range(6)]
    for name in names:
        queue.add(name)
    queue.run(queue.take(), succeeded=False)
    for name in names:
        queue.add(name)
    hanging = queue.take()
    assert len(hanging) == 3
    queue.add("a")
    queue.add("b")
    assert groups(queue.take()) == "ab"
    queue.run(hanging)
    assert len(queue.take()) == 3


def test_all_groups_together_do_not_exceed_the_threads(queue: Queue) -> None:
    for number in range(12):
        queue.add(f"g{number}")
    running = queue.take()
    assert len(running) == 8
    queue.run(running[:2])
    assert len(queue.take()) == 2


def test_known_work_is_not_added_again(queue: Queue) -> None:
    (due,) = queue.add("a")
    queue.queue.add(due, "a")
    running = queue.take()
    queue.queue.add(due, "a")
    queue.run(running)
    assert queue.take() == []


def test_later_time_of_running_work_is_added(queue: Queue) -> None:
    (due,) = queue.add("a")
    running = queue.take()
    retry = due.model_copy(update={"due_at": "2099-01-01T00:00:00.000Z"})
    queue.queue.add(retry, "a")
    queue.run(running)
    queue.clock.seconds = datetime.fromisoformat(retry.due_at).timestamp()
    assert [entry.due for entry in queue.take()] == [retry]


def test_failed_work_runs_again_after_growing_pauses(queue: Queue) -> None:
    queue.add("a")
    pauses = []
    for _ in range(9):
        (entry,) = queue.take()
        pauses.append(queue.queue.failed(entry))
        queue.clock.seconds += pauses[-1] - 0.1
        assert queue.take() == []
        queue.clock.seconds += 0.2
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_group_beyond_its_window_asks_for_refill(queue: Queue) -> None:
    queue.add("a", 15)
    queue.add("b", 5)
    handled = 0
    while not queue.queue.wait_for_refill(0):
        (entry, *_) = (entry for entry in queue.take() if entry.group == "a")
        queue.run([entry])
        handled += 1
    assert handled == 5
    assert not queue.queue.wait_for_refill(0)


def test_full_window_keeps_reserve_of_each_group(queue: Queue) -> None:
    for name in "abcd":
        queue.add(name, 10)
    for name in "abc":
        queue.add(name, 10)
    ran = ""
    while entries := queue.take():
        ran += groups(entries)
        queue.run(entries)
    assert {name: ran.count(name) for name in "abcd"} == {"a": 10, "b": 10, "c": 4, "d": 4}
    assert queue.queue.wait_for_refill(0)


def test_groups_that_hang_do_not_keep_others_out(queue: Queue) -> None:
    for name in "abc":
        queue.add(name, 10)
    hanging = queue.take()
    queue.clock.seconds += 2
    for number in range(9):
        queue.add("z")
        entries = [entry for entry in queue.take() if entry.group == "z"]
        assert groups(entries) == "z", number
        queue.run(entries)
    assert len(hanging) == 3


def test_waiting_thread_gets_new_work(queue: Queue) -> None:
    taken: list[Entry | None] = []
    thread = threading.Thread(target=lambda: taken.append(queue.queue.next()))
    thread.start()
    (due,) = queue.add("a")
    thread.join(HANG_TIMEOUT)
    assert [entry.due for entry in taken if entry] == [due]


def test_closed_queue_ends_waits_and_takes_nothing(queue: Queue) -> None:
    taken: list[Entry | None] = []
    thread = threading.Thread(target=lambda: taken.append(queue.queue.next()))
    thread.start()
    queue.queue.close()
    thread.join(HANG_TIMEOUT)
    queue.add("a")
    assert taken == [None]
    assert queue.queue.next() is None
    assert queue.queue.wait_for_close(HANG_TIMEOUT)
