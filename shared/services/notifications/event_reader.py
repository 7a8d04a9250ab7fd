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
from shared.domain.errors import Unavailable
from shared.domain.events.event import Event, moment_of
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import (
    MAX_DIGESTS,
    OVERLAP,
    PASS_LIFE,
    StreamPosition,
    digest,
    first_id,
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
        has_more = True
        while has_more:
            walk = self._pass or self._begin_pass()
            has_more = self._walk(walk, PAGE_SIZE).has_more
            if walk.is_full:
                has_more = True
                self._settled = walk.after
                self._unsettled.clear()

    def read(self, limit: int) -> Batch:
        """Return up to ``limit`` events. It reads at most 20 pages, so that filtered events cost little time.

        Raises: Unavailable: the record store does not answer. No event is lost by that: the events that were
        read before are returned first.
        """
        return self._walk(self._pass or self._begin_pass(), limit)

    def _walk(self, walk: "_Pass", limit: int) -> Batch:
        self._pass = walk
        found: list[Event] = []
        pages = 0
        while len(found) < limit and not walk.is_full:
            if walk.page:
                found += self._take_first(walk)
                continue
            walk.is_outdated = self._now() - walk.started > PASS_LIFE and walk.after >= walk.settles
            if walk.is_at_end or walk.is_outdated or pages == _PAGES_PER_READ:
                break
            pages += 1
            try:
                self._read_page(walk)
            except Unavailable:
                if found:
                    break
                raise
        is_over = walk.is_full or (not walk.page and (walk.is_at_end or walk.is_outdated))
        if is_over:
            self._end_pass(walk)
        return Batch(found, has_more=not is_over or (walk.is_outdated and not walk.is_at_end))

    def _read_page(self, walk: "_Pass") -> None:
        page = self._log.page(self._tenant_id, after=walk.after, limit=PAGE_SIZE)
        walk.page.extend(page.items)
        walk.is_at_end = page.next_after is None

    def _begin_pass(self) -> "_Pass":
        started = self._now()
        since = None if self._last_deep_pass is None else started - self._last_deep_pass
        if since is None or since >= PASS_LIFE:
            return _Pass(started, self._settled, settles=first_id(started - OVERLAP), is_deep=True)
        near = first_id(moment_of(self._newest) - _NEAR)
        return _Pass(started, max(self._settled, near), settles="", is_deep=False)

    def _take_first(self, walk: "_Pass") -> list[Event]:
        """Take the first event of the page. Return it if it is wanted and new."""
        event = walk.page[0]
        event_id = event.event_id
        is_settled = event_id <= walk.settles
        is_new = self._wanted.matches(event) and not self._was_read(event_id)
        if is_new and not is_settled and len(self._unsettled) >= self._max_unsettled:
            walk.is_full = True
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
        is_complete = walk.is_at_end and not walk.is_full
        if not is_complete:
            self._last_deep_pass = None  # the next pass is deep: only that settles events, and so makes room
        elif walk.is_deep:
            self._last_deep_pass = walk.started
        if not walk.is_deep:
            return
        self._settled = max(self._settled, walk.settles if is_complete else min(walk.settles, walk.after))
        self._newest = max(self._newest, self._settled)
        self._unsettled = {each: None for each in self._unsettled if each > self._settled}
        if is_complete:
            self._resumed = frozenset()


@dataclass(slots=True)
class _Pass:
    """A walk over the log, by pages.

    A deep pass settles the events up to the id ``settles``: it reads them after their transactions have
    ended. A pass ends early if the reader remembers too many events (``is_full``), or if it is too old to
    read on among events that are not settled (``is_outdated``).
    """

    started: datetime
    after: str
    settles: str
    is_deep: bool
    page: deque[Event] = field(default_factory=deque)
    is_at_end: bool = False
    is_full: bool = False
    is_outdated: bool = False
