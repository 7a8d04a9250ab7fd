"""Replays: the events of a time range, delivered to a webhook again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from ulid import ULID

from shared.domain import clock
from shared.domain.access import Caller
from shared.domain.clock import isoformat
from shared.domain.errors import InvalidRequest
from shared.domain.events.event import Event
from shared.domain.ids import EVENT
from shared.domain.webhooks.subscription import matches
from shared.domain.webhooks.webhook import Webhook
from shared.services.notifications.delivery_queue import DeliveryQueue, new_delivery
from shared.services.notifications.webhook_access import live_webhook, require_active
from shared.services.records.documents import Documents
from shared.services.records.event_log import EVENT_LIFE, EventLog

MAX_DELIVERIES: Final = 500
"""Deliveries that one request adds."""

MAX_EVENTS: Final = 5_000
"""Events that one request looks through."""

CLOCK_DIFFERENCE: Final = timedelta(minutes=5)
"""The end of a range may be later than now by this much, for clients whose clocks are ahead."""

_PAGE: Final = 500
_LAG: Final = timedelta(seconds=1)
"""``created_at`` of an event is its id's time, or a moment later."""


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Events from ``start`` to ``end``, both included, by the time of the event."""

    start: datetime
    end: datetime

    @classmethod
    def of(cls, start: datetime, end: datetime, now: datetime) -> Self:
        """Build a range that begins within the event log.

        Raises: InvalidRequest: the range is empty, older than the event log, or in the future.
        """
        if end < start:
            raise InvalidRequest("to", "must not be before from")
        if end < now - EVENT_LIFE:
            raise InvalidRequest("to", f"must be within the last {EVENT_LIFE.days} days, which the log keeps")
        if end > now + CLOCK_DIFFERENCE:
            raise InvalidRequest("to", "must not be in the future; leave it out for a range up to now")
        return cls(max(start, now - EVENT_LIFE), end)


@dataclass(frozen=True, slots=True)
class Replayed:
    """The outcome of one request. ``after`` is the event after which the next request goes on, None at the
    end of the range."""

    deliveries: int
    after: str | None


class Replays:
    """Adds deliveries of events that are still in the event log."""

    def __init__(self, documents: Documents, queue: DeliveryQueue, events: EventLog) -> None:
        self._documents = documents
        self._queue = queue
        self._events = events

    def replay(
        self, caller: Caller, webhook_id: str, times: TimeRange, *, seed: str, after: str | None = None
    ) -> Replayed:
        """Deliver the events of a range that the webhook subscribes to now, whether or not they have been
        delivered before.

        One request adds at most ``MAX_DELIVERIES``. ``seed`` is a ULID: a second request with the same seed
        adds nothing twice.

        Raises:
            NotFound
            Conflict: the webhook is paused or disabled (``webhook_not_active``).
        """
        webhook = live_webhook(self._documents, caller.tenant_id, webhook_id)
        require_active(webhook)
        found, next_after = self._events_of(webhook, times, after)
        # As the fan-out dates deliveries.
        created = max(clock.now(), datetime.fromisoformat(webhook.created_at))
        deliveries = [new_delivery(event, webhook_id, created, replay=seed) for event in found]
        self._queue.add(deliveries)
        return Replayed(len(deliveries), next_after)

    def _events_of(
        self, webhook: Webhook, times: TimeRange, after: str | None
    ) -> tuple[list[Event], str | None]:
        """Read the events that the webhook subscribes to, and where the next request goes on."""
        start, end = isoformat(times.start), isoformat(times.end)
        first, last = _id_at(times.start - _LAG), _id_at(times.end + timedelta(milliseconds=1))
        walked = self._events.each(webhook.tenant_id, after=after or first, limit=_PAGE)
        found: list[Event] = []
        for number, event in enumerate(walked):
            if event.event_id >= last:
                break
            if number == MAX_EVENTS or len(found) == MAX_DELIVERIES:
                return found, after
            if start <= event.created_at <= end and matches(webhook, event):
                found.append(event)
            after = event.event_id
        return found, None


def _id_at(moment: datetime) -> str:
    """Return an id that sorts before the events of the millisecond of ``moment``, and after earlier ones."""
    return f"{EVENT}_{ULID(int(moment.timestamp() * 1000).to_bytes(6) + bytes(10))}"
