"""Deliveries as clients see them: list, read with payload, retry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.clock import isoformat
from shared.domain.errors import Conflict, NotFound
from shared.domain.webhooks.attempts import requeued
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus, webhook_of
from shared.domain.webhooks.envelope import Envelope
from shared.domain.webhooks.webhook import Webhook
from shared.services.notifications.delivery_queue import DeliveryQueue, change_writes
from shared.services.notifications.webhook_access import live_webhook, require_active
from shared.services.records.documents import Documents
from shared.services.records.event_log import EventLog
from shared.services.records.transact import Decision

_PAGE: Final = 500
_LISTED: Final = 10_000
"""A list looks through so many of the newest deliveries. It bounds the cost of a filter that few pass."""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery with its payload: the JSON object that an attempt sends, None once its event has expired."""

    delivery: Delivery
    payload: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class _Found:
    webhook: Webhook
    delivery: Delivery
    version: int


class Deliveries:
    """Deliveries of live webhooks. Those of a deleted webhook are not found, even before they are erased and
    even if a webhook with the same id is live again."""

    def __init__(self, documents: Documents, queue: DeliveryQueue, events: EventLog) -> None:
        self._documents = documents
        self._queue = queue
        self._events = events

    def newest(
        self, caller: Caller, webhook_id: str, *, status: DeliveryStatus | None, limit: int
    ) -> Sequence[Delivery]:
        """List deliveries of a webhook, the newest event first, of the newest 10,000. Raises: NotFound."""
        webhook = live_webhook(self._documents, caller.tenant_id, webhook_id)
        partition = keys.webhook_delivery(caller.tenant_id, webhook_id)
        size = limit if status is None else _PAGE
        walked = self._documents.each(Delivery, partition, limit=size, descending=True)
        kept = (
            delivery
            for delivery in islice(walked, _LISTED)
            if delivery.belongs_to(webhook) and status in (None, delivery.status)
        )
        return list(islice(kept, limit))

    def get(self, caller: Caller, delivery_id: str) -> DeliveryView:
        """Read a delivery. Raises: NotFound."""
        found = self._find(caller, delivery_id)
        return self._view(found.webhook, found.delivery)

    def retry(self, caller: Caller, delivery_id: str) -> DeliveryView:
        """Make a delivery due now, with all its retries. One that is due or in an attempt stays as it is.

        Raises:
            NotFound
            Conflict: it has been delivered (``delivery_already_delivered``), its event has expired
                (``event_expired``), or the webhook is paused or disabled (``webhook_not_active``).
        """

        def decide() -> Decision[_Found]:
            found = self._find(caller, delivery_id)
            require_active(found.webhook)
            self._check_retry(found.delivery)
            moment = clock.now()
            if _is_under_way(found.delivery, moment):
                return Decision(found)
            again = requeued(found.delivery, moment)
            writes = change_writes(found.delivery, again, expected_version=found.version)
            return Decision(_Found(found.webhook, again, found.version + 1), writes)

        found = self._documents.transact(decide)
        self._queue.announce([found.delivery])
        return self._view(found.webhook, found.delivery)

    def _find(self, caller: Caller, delivery_id: str) -> _Found:
        webhook_id = webhook_of(delivery_id)
        if webhook_id is None:
            raise NotFound("webhook_delivery", delivery_id)
        at_webhook = keys.webhook(caller.tenant_id, webhook_id)
        at_delivery = keys.webhook_delivery(caller.tenant_id, webhook_id, delivery_id)
        batch = self._documents.batch([at_webhook, at_delivery])
        webhook, delivery = batch.get(Webhook, at_webhook), batch.get(Delivery, at_delivery)
        if webhook is None or delivery is None or not delivery.belongs_to(webhook):
            raise NotFound("webhook_delivery", delivery_id)
        return _Found(webhook, delivery, batch.version(at_delivery))

    def _check_retry(self, delivery: Delivery) -> None:
        if delivery.status is DeliveryStatus.DELIVERED:
            raise Conflict(
                "The delivery has arrived. To send its event again, replay the time of the event.",
                code="delivery_already_delivered",
                details={"delivery_id": delivery.delivery_id},
            )
        if self._events.get(delivery.tenant_id, delivery.event_id) is None:
            raise Conflict(
                "The event of the delivery is not in the event log any more.",
                code="event_expired",
                details={"delivery_id": delivery.delivery_id, "event_id": delivery.event_id},
            )

    def _view(self, webhook: Webhook, delivery: Delivery) -> DeliveryView:
        event = self._events.get(delivery.tenant_id, delivery.event_id)
        return DeliveryView(delivery, None if event is None else Envelope.of(event, webhook).content())


def _is_under_way(delivery: Delivery, moment: datetime) -> bool:
    """Return whether a delivery is in an attempt, or due."""
    is_due = delivery.due_at is not None and delivery.due_at <= isoformat(moment)
    return is_due or delivery.status is DeliveryStatus.PROCESSING
