"""The live stream: opens readers of event logs at a position, or now."""

from datetime import datetime
from typing import NamedTuple

from shared.domain import clock
from shared.domain.events.event import moment_of
from shared.domain.events.event_filter import EventFilter
from shared.domain.events.stream_position import MAX_DIGESTS, OVERLAP, StreamPosition, first_id
from shared.services.notifications.event_reader import MAX_UNSETTLED, EventReader
from shared.services.records.event_log import EVENT_LIFE, EventLog


class OpenedReader(NamedTuple):
    """A reader. ``lost_until`` is set if events before it may have been removed unread."""

    reader: EventReader
    lost_until: datetime | None = None


class LiveStream:
    def __init__(self, log: EventLog) -> None:
        self._log = log

    def open(
        self, tenant_id: str, wanted: EventFilter, last_event_id: str | None, *, resumes_often: bool = False
    ) -> OpenedReader:
        """Open a reader of a tenant's events.

        ``last_event_id`` is the text of a position, or the id of an event. Without it, the reader returns the
        events that are committed after this call. A reader that ``resumes_often`` reads no further ahead than
        its position can tell, so that no event is repeated.

        Raises: InvalidCursor: ``last_event_id`` is neither. Unavailable.
        """
        now = clock.now()
        max_unsettled = MAX_DIGESTS if resumes_often else MAX_UNSETTLED
        if last_event_id is None:
            start = StreamPosition(first_id(now - OVERLAP))
            reader = EventReader(self._log, tenant_id, wanted, start, max_unsettled=max_unsettled)
            reader.skip_existing()
            return OpenedReader(reader)
        position = StreamPosition.parse(last_event_id, now)
        oldest = now - EVENT_LIFE
        reader = EventReader(self._log, tenant_id, wanted, position, max_unsettled=max_unsettled)
        return OpenedReader(reader, oldest if moment_of(position.settled) < oldest else None)
