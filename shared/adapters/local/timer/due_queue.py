"""The due work that a timer keeps in memory: when it runs, and how much of it runs at once.

Work is grouped, for example by the receiver of deliveries. A group starts with one run at a time. Each
quick success permits one more, up to ``group_threads``. A group is in trouble while its latest run failed or
took longer than ``slow_seconds``, or one still runs for longer; then it has one run at a time, and all groups
in trouble have at most ``trouble_threads`` together. So a receiver that hangs takes one thread, and many that
hang leave threads for the others.
"""

import heapq
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.domain.due import Due

_LOOK_SECONDS: Final = 1.0
"""The clock is read at least so often, because a computer that sleeps moves it."""

_REMEMBERED_TROUBLE: Final = 1000
_LONGEST_PAUSE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class TimerLimits:
    """Limits of a timer.

    A group has at most ``group_window`` due works in memory. Once all groups together have ``window``, each
    may have ``group_reserve`` still: many groups that hang do not keep the work of another out.

    Work whose handler fails runs again after ``pause_seconds``, which doubles with each failure in a row, up
    to five minutes.
    """

    threads: int = 64
    group_threads: int = 16
    trouble_threads: int = 32
    slow_seconds: float = 1.0
    window: int = 10_000
    group_window: int = 1_000
    group_reserve: int = 100
    pause_seconds: float = 5.0


@dataclass(slots=True, eq=False)
class Entry:
    """Due work in memory. ``failures`` counts the runs in a row that raised an exception."""

    due: Due
    group: str
    failures: int = 0


@dataclass(slots=True, eq=False)
class _Group:
    """The work of one group. ``known`` counts its entries: later, waiting and running. ``queued``: the group
    waits for its turn. A refill is wanted once ``known`` has fallen to ``refill_at``."""

    name: str
    waiting: deque[Entry] = field(default_factory=deque)
    started: dict[Entry, float] = field(default_factory=dict)
    permitted: int = 1
    known: int = 0
    refill_at: int = -1
    queued: bool = False


class DueQueue:
    """Entries that wait for their time, wait for a thread, or run. Several threads may use it."""

    def __init__(self, limits: TimerLimits, clock: Callable[[], float]) -> None:
        """``clock`` returns the seconds since the epoch."""
        self._limits = limits
        self._clock = clock
        self._changed = threading.Condition()
        self._later: list[tuple[float, int, Entry]] = []
        self._pushed = 0
        self._known: set[str] = set()
        self._groups: dict[str, _Group] = {}
        self._ready: deque[_Group] = deque()
        self._troubled_ready: deque[_Group] = deque()
        self._busy: dict[str, _Group] = {}
        self._in_trouble: OrderedDict[str, None] = OrderedDict()
        self._running = 0
        self._refill_wanted = False
        self._closed = False

    def add(self, due: Due, name: str) -> None:
        """Add work of the group ``name``. Known work is ignored, and so is work beyond the limits, which a
        refill finds."""
        key = due.key.sort
        with self._changed:
            if self._closed or key in self._known:
                return
            group = self._groups.setdefault(name, _Group(name))
            if group.known >= self._permitted_in_memory():
                group.refill_at = group.known // 2
                return
            self._known.add(key)
            group.known += 1
            self._put_later(Entry(due, name), datetime.fromisoformat(due.due_at).timestamp())

    def next(self) -> Entry | None:
        """Wait for an entry that is due and may run now, and count it as running. None once closed."""
        with self._changed:
            while not self._closed:
                now = self._clock()
                self._release_due(now)
                if self._running < self._limits.threads and (entry := self._take(now)) is not None:
                    return entry
                until_next = self._later[0][0] - now if self._later else _LOOK_SECONDS
                self._changed.wait(min(max(until_next, 0.0), _LOOK_SECONDS))
            return None

    def done(self, entry: Entry, *, succeeded: bool) -> None:
        """End the run of an entry, whose handler returned ``succeeded``."""
        with self._changed:
            group = self._end_run(entry, succeeded=succeeded)
            self._known.discard(entry.due.key.sort)
            group.known -= 1
            if group.known <= group.refill_at:
                group.refill_at, self._refill_wanted = -1, True
            if not group.known:
                del self._groups[group.name]
            self._changed.notify_all()

    def failed(self, entry: Entry) -> float:
        """End the run of an entry that raised an exception. Returns the pause until the next, in seconds."""
        with self._changed:
            self._end_run(entry, succeeded=False)
            pause: float = min(self._limits.pause_seconds * 2**entry.failures, _LONGEST_PAUSE_SECONDS)
            entry.failures += 1
            self._put_later(entry, self._clock() + pause)
            return pause

    def expect_more(self) -> None:
        """Note that more work is recorded than was read. A refill is wanted when half of any group is done,
        or at once if there is no group."""
        with self._changed:
            self._refill_wanted |= not self._groups
            for group in self._groups.values():
                group.refill_at = max(group.refill_at, group.known // 2)

    def wait_for_refill(self, seconds: float) -> bool:
        """Wait until there is room for ignored work, at most ``seconds``. Returns whether there is."""
        with self._changed:
            self._changed.wait_for(lambda: self._refill_wanted or self._closed, seconds)
            wanted, self._refill_wanted = self._refill_wanted, False
            return wanted

    def wait_for_close(self, seconds: float) -> bool:
        """Wait until the queue is closed, at most ``seconds``. Returns whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._closed, seconds)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    def _permitted_in_memory(self) -> int:
        """Return how many works a group may have in memory now."""
        is_full = len(self._known) >= self._limits.window
        return self._limits.group_reserve if is_full else self._limits.group_window

    def _put_later(self, entry: Entry, moment: float) -> None:
        self._pushed += 1
        heapq.heappush(self._later, (moment, self._pushed, entry))
        self._changed.notify_all()

    def _release_due(self, now: float) -> None:
        while self._later and self._later[0][0] <= now:
            _, _, entry = heapq.heappop(self._later)
            group = self._groups[entry.group]
            group.waiting.append(entry)
            self._queue(group)

    def _queue(self, group: _Group) -> None:
        if group.waiting and not group.queued:
            group.queued = True
            self._ready.append(group)

    def _take(self, now: float) -> Entry | None:
        """Take an entry of the group whose turn it is. A group without room is queued when a run ends."""
        while self._ready:
            group = self._ready.popleft()
            if self._is_troubled(group, now):
                self._troubled_ready.append(group)
            elif (entry := self._start(group, group.permitted, now)) is not None:
                return entry
        while self._troubled_ready and self._troubled_running(now) < self._limits.trouble_threads:
            group = self._troubled_ready.popleft()
            most = 1 if self._is_troubled(group, now) else group.permitted
            if (entry := self._start(group, most, now)) is not None:
                return entry
        return None

    def _start(self, group: _Group, most: int, now: float) -> Entry | None:
        group.queued = False
        if not group.waiting or len(group.started) >= most:
            return None
        entry = group.waiting.popleft()
        group.started[entry] = now
        self._busy[group.name] = group
        self._running += 1
        self._queue(group)
        return entry

    def _end_run(self, entry: Entry, *, succeeded: bool) -> _Group:
        group = self._groups[entry.group]
        took = self._clock() - group.started.pop(entry)
        self._running -= 1
        if not group.started:
            del self._busy[group.name]
        if not succeeded or took > self._limits.slow_seconds:
            group.permitted = 1
            self._in_trouble[group.name] = None
            if len(self._in_trouble) > _REMEMBERED_TROUBLE:
                self._in_trouble.popitem(last=False)
        else:
            group.permitted = min(group.permitted + 1, self._limits.group_threads)
            self._in_trouble.pop(group.name, None)
        self._queue(group)
        return group

    def _is_troubled(self, group: _Group, now: float) -> bool:
        if group.name in self._in_trouble:
            return True
        return bool(group.started) and now - next(iter(group.started.values())) > self._limits.slow_seconds

    def _troubled_running(self, now: float) -> int:
        return sum(len(group.started) for group in self._busy.values() if self._is_troubled(group, now))
