"""The fan-out: turns events into deliveries of the webhooks that subscribe to them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from shared.domain import clock, keys
from shared.domain.events.event import Event
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.subscription import subscribes
from shared.domain.webhooks.webhook import Webhook
from shared.services.notifications.delivery_queue import DeliveryQueue, new_delivery
from shared.services.records.documents import Documents


class WebhookFanOut:
    """Implements ``shared.ports.event_feed.EventConsumer``.

    The id of a delivery follows from webhook and event, so an event that comes twice is delivered once. The
    webhooks are read after the event has been committed and are not cached, so that a webhook gets every
    event from its creation on.
    """

    name = "webhooks"

    def __init__(
        self, documents: Documents, queue: DeliveryQueue, *, now: Callable[[], datetime] = clock.now
    ) -> None:
        self._documents = documents
        self._queue = queue
        self._now = now

    def consume(self, events: Sequence[Event]) -> None:
        """Add a delivery to the queue for each event and each webhook that subscribes to it."""
        self._queue.add(list(self._deliveries(events)))

    def _deliveries(self, events: Sequence[Event]) -> Iterator[Delivery]:
        webhooks = {
            tenant: self._documents.every(Webhook, keys.webhook(tenant))
            for tenant in dict.fromkeys(event.tenant_id for event in events)
        }
        moment = self._now()
        for event in events:
            for webhook in webhooks[event.tenant_id]:
                if subscribes(webhook, event):
                    # The clock of another machine may be ahead. A delivery that is older than its webhook
                    # would count as one of a deleted webhook with the same id.
                    created = datetime.fromisoformat(webhook.created_at)
                    yield new_delivery(event, webhook.webhook_id, max(moment, created))
