"""The queue of deliveries: a delivery, and the due record that leads to its next attempt."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from shared.domain import keys
from shared.domain.clock import isoformat
from shared.domain.due import Due, DueKind
from shared.domain.events.event import Event
from shared.domain.webhooks.delivery import Delivery, delivery_id
from shared.ports.records import ABSENT, MAX_WRITES, Delete, Put, Write
from shared.ports.timer import Timer
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_delete, due_write
from shared.services.records.event_log import expiry_of
from shared.services.records.transact import Decision

_PER_TRANSACTION: Final = MAX_WRITES // 2
"""A new delivery takes two writes."""


def new_delivery(event: Event, webhook_id: str, moment: datetime, *, replay: str = "") -> Delivery:
    """Build the delivery of an event to a webhook, due at ``moment``.

    ``replay`` makes another delivery of the same event.
    """
    return Delivery(
        delivery_id=delivery_id(webhook_id, event.event_id, replay),
        webhook_id=webhook_id,
        tenant_id=event.tenant_id,
        event_id=event.event_id,
        event_type=event.event_type,
        due_at=isoformat(moment),
        created_at=isoformat(moment),
    )


def due_of(delivery: Delivery) -> Due | None:
    """Return the due record of a delivery; None once the delivery has ended."""
    if delivery.due_at is None:
        return None
    return Due(
        kind=DueKind.WEBHOOK_DELIVERY,
        tenant_id=delivery.tenant_id,
        subject=delivery.delivery_id,
        due_at=delivery.due_at,
    )


def delivery_key(delivery: Delivery) -> keys.Key:
    return keys.webhook_delivery(delivery.tenant_id, delivery.webhook_id, delivery.delivery_id)


def delivery_write(delivery: Delivery, *, expected_version: int) -> Put:
    """Build the write of a delivery alone. It expires with its event."""
    expires_at = expiry_of(delivery.event_id)
    return put(delivery_key(delivery), delivery, expected_version=expected_version, expires_at=expires_at)


def change_writes(before: Delivery, after: Delivery, *, expected_version: int) -> list[Write]:
    """Build the writes that change a delivery and move, add or delete its due record accordingly."""
    writes: list[Write] = [delivery_write(after, expected_version=expected_version)]
    old, new = due_of(before), due_of(after)
    if old != new:
        writes += [due_delete(old)] if old else []
        writes += [due_write(new)] if new else []
    return writes


def erase_writes(delivery: Delivery) -> list[Delete]:
    """Build the writes that erase a delivery and its due record."""
    due = due_of(delivery)
    return [Delete(delivery_key(delivery)), *([due_delete(due)] if due else [])]


class DeliveryQueue:
    """Adds deliveries to the queue and announces them to the timer."""

    def __init__(self, documents: Documents, timer: Timer) -> None:
        self._documents = documents
        self._timer = timer

    def add(self, deliveries: Sequence[Delivery]) -> int:
        """Add the deliveries that do not exist yet, and announce them. Return their number.

        Each transaction adds ``_PER_TRANSACTION`` deliveries. Called again after an interruption, it adds the
        rest.
        """
        added = 0
        unique = list({delivery.delivery_id: delivery for delivery in deliveries}.values())
        for first in range(0, len(unique), _PER_TRANSACTION):
            new = self._add(unique[first : first + _PER_TRANSACTION])
            self.announce(new)
            added += len(new)
        return added

    def announce(self, deliveries: Iterable[Delivery]) -> None:
        """Announce deliveries that are stored. Those that have ended are left out."""
        self._timer.announce(*(due for delivery in deliveries if (due := due_of(delivery)) is not None))

    def _add(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        # Nearly all are new, so the first try reads nothing.
        if self._documents.write_if_unchanged(*_creations(deliveries)):
            return deliveries

        def decide() -> Decision[Sequence[Delivery]]:
            by_key = {delivery_key(delivery): delivery for delivery in deliveries}
            existing = {record.key for record in self._documents.records.get_many(list(by_key))}
            new = [delivery for key, delivery in by_key.items() if key not in existing]
            return Decision(new, _creations(new))

        return self._documents.transact(decide)


def _creations(deliveries: Iterable[Delivery]) -> list[Write]:
    writes: list[Write] = []
    for delivery in deliveries:
        due = due_of(delivery)
        writes.append(delivery_write(delivery, expected_version=ABSENT))
        writes += [due_write(due)] if due else []
    return writes
