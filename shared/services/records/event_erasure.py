"""Erasure of events, and of their deliveries to webhooks, when what they tell of is deleted."""

from collections.abc import Callable, Sequence
from typing import Final

from shared.domain import keys
from shared.domain.due import Due, DueKind
from shared.domain.events.event import Event
from shared.domain.keys import Key
from shared.domain.webhooks.delivery import Delivery, delivery_prefix
from shared.ports.records import MAX_WRITES, Delete, Write
from shared.services.records.documents import Documents
from shared.services.records.due_work import due_delete
from shared.services.records.transact import Decision

_PAGE_SIZE: Final = 500
_DELIVERIES: Final = MAX_WRITES // 2
"""Deliveries per transaction. Each is deleted together with its due record."""


def erase_events(
    documents: Documents,
    tenant_id: str,
    selects: Callable[[Event], bool],
    *,
    after: str = "",
    check: Callable[[], None] = lambda: None,
) -> None:
    """Erase the events of a tenant for which ``selects`` is true, and all their deliveries.

    One walk over the log after the event id ``after`` finds them, and one over the deliveries of each
    webhook. Deliveries are erased before their events, so an interrupted erasure can be repeated. ``check``
    is called between pages and may raise an exception to stop.
    """
    webhooks = keys.webhook(tenant_id)
    webhook_ids = [each for page in documents.sort_key_pages(webhooks, limit=_PAGE_SIZE) for each in page]
    pages = documents.pages(Event, keys.event(tenant_id), limit=_PAGE_SIZE, after=after or None)
    for events in pages:
        check()
        erased = [event.event_id for event in events if selects(event)]
        if not erased:
            continue
        for webhook_id in webhook_ids:
            _erase_deliveries(documents, tenant_id, webhook_id, erased)
        event_deletes = [Delete(keys.event(tenant_id, event_id)) for event_id in erased]
        for start in range(0, len(event_deletes), MAX_WRITES):
            documents.write(*event_deletes[start : start + MAX_WRITES])


def _erase_deliveries(
    documents: Documents, tenant_id: str, webhook_id: str, event_ids: Sequence[str]
) -> None:
    """Erase the deliveries of events to one webhook. ``event_ids`` are in order."""
    first, last = (delivery_prefix(webhook_id, event_id) for event_id in (event_ids[0], event_ids[-1]))
    known = frozenset(event_ids)
    found: list[Key] = []
    partition = keys.webhook_delivery(tenant_id, webhook_id)
    for delivery in documents.each(Delivery, partition, limit=_PAGE_SIZE, after=first):
        if delivery.delivery_id[: len(last)] > last:
            break
        if delivery.event_id in known:
            found.append(keys.webhook_delivery(tenant_id, webhook_id, delivery.delivery_id))
    for start in range(0, len(found), _DELIVERIES):
        _erase_with_due_work(documents, found[start : start + _DELIVERIES])


def _erase_with_due_work(documents: Documents, delivery_keys: Sequence[Key]) -> None:
    """Erase deliveries and their due records. An attempt that moves a due record meanwhile is a conflict."""

    def decide() -> Decision[None]:
        batch = documents.batch(delivery_keys)
        writes: list[Write] = []
        for key in delivery_keys:
            delivery = batch.get(Delivery, key)
            if delivery is None:
                continue
            writes.append(Delete(key, batch.version(key)))
            if delivery.due_at is not None:
                writes.append(due_delete(_due(delivery, delivery.due_at)))
        return Decision(None, writes)

    documents.transact(decide)


def _due(delivery: Delivery, due_at: str) -> Due:
    return Due(
        kind=DueKind.WEBHOOK_DELIVERY,
        tenant_id=delivery.tenant_id,
        subject=delivery.delivery_id,
        due_at=due_at,
    )
