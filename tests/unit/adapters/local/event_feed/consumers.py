"""Consumers and events for the tests of the event feed."""

import threading
from collections.abc import Callable, Sequence

from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.services.records.documents import Documents
from shared.services.records.event_log import event_write

TENANT = "tenant_a"


class Consumer:
    """Notes the events that it takes. ``fails`` raises an exception for events that it cannot take."""

    def __init__(self, name: str, fails: Callable[[Event], None] = lambda _: None) -> None:
        self.name = name
        self.fails = fails
        self.taken: list[str] = []
        self.calls: list[list[str]] = []
        self._lock = threading.Lock()

    def consume(self, events: Sequence[Event]) -> None:
        with self._lock:
            self.calls.append([event.event_id for event in events])
            for event in events:
                self.fails(event)
            self.taken += [event.event_id for event in events]


def new_event() -> Event:
    payload = DeletionPayload(deletion_id="d", kind="media", target_id="t", status="pending")
    return Event.of(EventType.DELETION_STARTED, payload, tenant_id=TENANT)


def append(documents: Documents, count: int = 1) -> list[str]:
    """Append events, each in a transaction of its own. Returns their ids."""
    events = [new_event() for _ in range(count)]
    for event in events:
        documents.write(event_write(event))
    return [event.event_id for event in events]
