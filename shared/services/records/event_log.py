"""The event log of a tenant: events are appended in the transaction of the change that they tell of."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.domain import default_index, keys
from shared.domain.events.event import Event, moment_of
from shared.ports.records import Put
from shared.services.records.documents import Documents, put
from shared.services.records.pages import Page

EVENT_LIFE: Final = timedelta(days=7)


def expiry_of(event_id: str) -> datetime:
    """Return when an event expires. What repeats its content or its id expires at the same time: a deletion
    finds it by the event."""
    return moment_of(event_id) + EVENT_LIFE


def event_write(event: Event) -> Put:
    """Build the write that appends an event. It belongs into the transaction of the change itself."""
    return put(keys.event(event.tenant_id, event.event_id), event, expires_at=expiry_of(event.event_id))


def event_writes(*events: Event | None) -> list[Put]:
    """Build the writes that append events, None left out.

    The reserved tenant of the default index has no log: nobody can listen to it.
    """
    return [
        event_write(event)
        for event in events
        if event is not None and event.tenant_id != default_index.TENANT
    ]


class EventLog:
    """Reads event logs."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def get(self, tenant_id: str, event_id: str) -> Event | None:
        return self._documents.get(Event, keys.event(tenant_id, event_id))

    def page(self, tenant_id: str, *, after: str | None, limit: int) -> Page[Event]:
        """Read events after an event id (exclusive; any text that sorts like one), in the order of ids."""
        return self._documents.page(Event, keys.event(tenant_id), after=after, limit=limit)

    def each(self, tenant_id: str, *, after: str | None, limit: int) -> Iterator[Event]:
        """Walk over the events after an event id. ``limit`` is the size of a page."""
        return self._documents.each(Event, keys.event(tenant_id), after=after, limit=limit)
