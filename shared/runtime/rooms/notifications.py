"""Services that tell clients of events."""

from __future__ import annotations

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room
from shared.services.records.event_log import EventLog


class NotificationsRoom(Room):
    """The event log, webhooks and the live stream."""

    @lazy
    def event_log(self) -> EventLog:
        return EventLog(self._documents)
