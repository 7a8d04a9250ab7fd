"""Services that tell clients of events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room
from shared.services.records.event_log import EventLog

if TYPE_CHECKING:
    from shared.services.notifications.live_stream import LiveStream
    from shared.services.notifications.stream_tickets import StreamTickets


class NotificationsRoom(Room):
    """The event log, webhooks and the live stream."""

    @lazy
    def event_log(self) -> EventLog:
        return EventLog(self._documents)

    @lazy
    def live_stream(self) -> LiveStream:
        from shared.services.notifications.live_stream import LiveStream

        return LiveStream(self.event_log)

    @lazy
    def stream_tickets(self) -> StreamTickets:
        from shared.services.notifications.stream_tickets import StreamTickets

        return StreamTickets(self._documents)
