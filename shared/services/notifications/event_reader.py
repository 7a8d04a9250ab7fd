"""A reader of one tenant's event log: each event once, in a log whose order is not that of the commits.

The reader walks over the log in passes. A deep pass starts at the settled position and finds every event that
was committed since. A near pass starts shortly before the newest event that was read; it costs little, and
finds new events as soon as they are committed.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from shared.domain import clock
from shared.domain.events.event import Event
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import (
    MAX_DIGESTS,
    OVERLAP,
    StreamPosition,
    digest,
    first_id,
    moment_of,
    position_text,
)
from shared.services.records.event_log import EventLog

PAGE_SIZE: Final = 100
"""Events in memory at a time. A reader reads the next page when it has returned all events of the last."""

MAX_UNSETTLED: Final = 10_000
"""Ids of events that a reader remembers: about 2 MB.

A reader that remembers so many waits until the oldest are settled. No event waits longer than ``OVERLAP``.
"""

_NEAR: Final = timedelta(seconds=1)
_DEEP_PASS_EVERY: Final = timedelta(seconds=5)
_PAGES_PER_READ: Final = 20


@dataclass(frozen=True, slots=True)
class Batch:
    """Events in the order in which they were read. ``has_more``: the pass has not ended, so read again."""

    events: Sequence[Event]
    has_more: bool


class EventReader:
    """Reads the events of a tenant that pass a filter, each once. It is not thread-safe."""

    def __init__(
        self,
        log: EventLog,
        tenant_id: str,
        wanted: EventFilter,
        position: StreamPosition,
        *,
        now: Callable[[], datetime] = clock.now,
        max_unsettled: int = MAX_UNSETTLED,
    ) -> None:
        self._log = log
        self._tenant_id = tenant_id
        self._wanted = wanted
        self._now = now
        self._max_unsettled = max_unsettled
        self._settled = position.settled
        self._resumed = position.read
        self._unsettled: dict[str, None] = {}
        """Ids after the settled position that were read, in the order of reading."""
        self._newest = position.settled
        self._pass: _Pass | None = None
        self._last_deep_pass: datetime | None = None

    @property
    def position(self) -> str:
        """The text of the position after the last event that was returned."""
        latest = islice(reversed(self._unsettled), MAX_DIGESTS)
        return position_text(self._settled, [*self._resumed, *map(digest, reversed([*latest]))])

    def skip_existing(self) -> None:
        """Treat the events in the log as read: the reader returns those that are committed from now on.

        If more than ``max_unsettled`` events are in the overlap, an event of the oldest transactions that
        have not ended yet may be missing.
        """
        while True:
            walk = self._pass or self._begin_pass()
            while self._walk(walk, PAGE_SIZE).has_more:
                pass
            if not walk.is_cut:
                return
            self._settled = walk.after
            self._unsettled.clear()

    def read(self, limit: int) -> Batch:
        """Return up to ``limit`` events. It reads at most 20 pages, so that filtered events cost little time.

        Raises: Unavailable: the record store does not answer. The reader can go on afterwards.
        """
        return self._walk(self._pass or self._begin_pass(), limit)

    def _walk(self, walk: "_Pass", limit: int) -> Batch:
        self._pass = walk
        found: list[Event] = []
        pages = 0
        while len(found) < limit and not walk.is_cut:
            if walk.page:
                found += self._take_first(walk)
            elif walk.is_at_end or pages == _PAGES_PER_READ:
                break
            else:
                pages += 1
                page = self._log.page(self._tenant_id, after=walk.after, limit=PAGE_SIZE)
                walk.page.extend(page.items)
                walk.is_at_end = page.next_after is None
        has_more = not walk.is_cut and (bool(walk.page) or not walk.is_at_end)
        if not has_more:
            self._end_pass(walk)
        return Batch(found, has_more)

    def _begin_pass(self) -> "_Pass":
        started = self._now()
        since = None if self._last_deep_pass is None else started - self._last_deep_pass
        is_deep = since is None or since >= _DEEP_PASS_EVERY
        near = first_id(moment_of(self._newest) - _NEAR)
        after = self._settled if is_deep else max(self._settled, near)
        return _Pass(started, after, is_deep, first_id(started - OVERLAP))

    def _take_first(self, walk: "_Pass") -> list[Event]:
        """Take the first event of the page. Return it if it is wanted and new."""
        event = walk.page[0]
        event_id = event.event_id
        is_settled = walk.is_deep and event_id <= walk.horizon
        is_new = self._wanted.matches(event) and not self._was_read(event_id)
        if is_new and not is_settled and len(self._unsettled) >= self._max_unsettled:
            walk.is_cut = True
            return []
        walk.page.popleft()
        walk.after = event_id
        self._newest = max(self._newest, event_id)
        if is_settled:
            self._settled = max(self._settled, event_id)
            self._unsettled.pop(event_id, None)
        elif is_new:
            self._unsettled[event_id] = None
        return [event] if is_new else []

    def _was_read(self, event_id: str) -> bool:
        if event_id in self._unsettled:
            return True
        if not self._resumed or (known := digest(event_id)) not in self._resumed:
            return False
        self._resumed -= {known}
        self._unsettled[event_id] = None
        return True

    def _end_pass(self, walk: "_Pass") -> None:
        self._pass = None
        if walk.is_cut:
            self._last_deep_pass = None  # only a deep pass settles events, and so makes room
        elif walk.is_deep:
            self._last_deep_pass = walk.started
        if not walk.is_deep:
            return
        settled = min(walk.horizon, walk.after) if walk.is_cut else walk.horizon
        self._settled = max(self._settled, settled)
        self._newest = max(self._newest, self._settled)
        self._unsettled = {each: None for each in self._unsettled if each > self._settled}
        if not walk.is_cut:
            self._resumed = frozenset()


@dataclass(slots=True)
class _Pass:
    """A walk over the log, by pages.

    A deep pass reads every event up to ``horizon`` after its transaction has ended. A pass is cut if the
    reader remembers too many events.
    """

    started: datetime
    after: str
    is_deep: bool
    horizon: str
    page: deque[Event] = field(default_factory=deque)
    is_at_end: bool = False
    is_cut: bool = False
