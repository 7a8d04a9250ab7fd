"""Deliveries that were held while their webhook was paused."""

import logging
from collections.abc import Sequence
from itertools import islice
from typing import Final

from shared.domain import clock, keys
from shared.domain.errors import DomainError
from shared.domain.webhooks.attempts import released
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.webhook import Webhook
from shared.ports.records import MAX_WRITES, Write
from shared.services.notifications.delivery_queue import DeliveryQueue, change_writes, delivery_key
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision

_PAGE: Final = 500
_SEARCHED: Final = 5_000
"""Deliveries that a release looks through, the newest first. It bounds the time of the client's request."""

_PER_TRANSACTION: Final = MAX_WRITES // 3
"""A released delivery takes three writes: its record, the old due record and the new one."""

log = logging.getLogger(__name__)


class HeldDeliveries:
    """Releases deliveries when their webhook becomes active."""

    def __init__(self, documents: Documents, queue: DeliveryQueue) -> None:
        self._documents = documents
        self._queue = queue

    def release(self, webhook: Webhook) -> None:
        """Make the held deliveries of a webhook due now.

        A delivery that is left, because the process dies, a store does not answer or there are too many, is
        due within ``shared.domain.webhooks.attempts.HOLD``.
        """
        try:
            self._release(webhook)
        except DomainError:
            log.exception("Held deliveries of a webhook were not released. They go on later.")

    def _release(self, webhook: Webhook) -> None:
        partition = keys.webhook_delivery(webhook.tenant_id, webhook.webhook_id)
        newest = islice(self._documents.each(Delivery, partition, limit=_PAGE, descending=True), _SEARCHED)
        held = [delivery_key(each) for each in newest if each.held and each.belongs_to(webhook)]
        held.reverse()
        for start in range(0, len(held), _PER_TRANSACTION):
            self._release_together(held[start : start + _PER_TRANSACTION])

    def _release_together(self, delivery_keys: Sequence[keys.Key]) -> None:
        def decide() -> Decision[list[Delivery]]:
            batch = self._documents.batch(delivery_keys)
            moment = clock.now()
            changed: list[Delivery] = []
            writes: list[Write] = []
            for key in delivery_keys:
                before = batch.get(Delivery, key)
                if before is not None and before.held:
                    changed.append(released(before, moment))
                    writes += change_writes(before, changed[-1], expected_version=batch.version(key))
            return Decision(changed, writes)

        due = self._documents.transact(decide)
        self._queue.announce(due)
