"""Deletion of webhooks: the webhook disappears at once, then its deliveries and secrets are erased."""

import logging
from typing import Final

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.clock import isoformat
from shared.domain.due import Due
from shared.domain.errors import DomainError, NotFound
from shared.domain.keys import Key
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.erasure import STEP_LEASE, WebhookErasure
from shared.domain.webhooks.webhook import Webhook
from shared.ports.records import ABSENT, MAX_WRITES, Delete, Write
from shared.ports.secrets import TenantSecrets
from shared.ports.timer import Timer
from shared.services.notifications.delivery_queue import erase_writes
from shared.services.notifications.webhook_access import find_webhook
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_delete, due_write
from shared.services.records.transact import Decision

_PAGE: Final = MAX_WRITES // 2
"""Deliveries erased in one transaction: each takes two writes."""

_STEP_PAGES: Final = 40
"""Pages that one step reads: 2,000 deliveries."""

log = logging.getLogger(__name__)


class WebhookErasures:
    """Deletes webhooks.

    The transaction that deletes the webhook also writes what is left to erase, and due work. The request does
    the first step itself, which suffices for most webhooks. Due work does further steps, and repeats a step
    whose process died.
    """

    def __init__(self, documents: Documents, secrets: TenantSecrets, timer: Timer) -> None:
        self._documents = documents
        self._secrets = secrets
        self._timer = timer

    def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete a webhook. From then on it is not found, and nothing is sent to it. Raises: NotFound."""
        key = keys.webhook(caller.tenant_id, webhook_id)

        def decide() -> Decision[WebhookErasure]:
            record = self._documents.records.get(key) if webhook_id else None
            if record is None:
                raise NotFound("webhook", webhook_id)
            erasure, writes = self._hiding(Webhook.model_validate(record.body))
            return Decision(erasure, [Delete(key, record.version), *writes])

        erasure = self._documents.transact(decide)
        try:
            self._step(erasure)
        except DomainError:
            log.exception("The erasure of a webhook was interrupted. Due work repeats it.")

    def handle(self, due: Due) -> bool:
        """Do one step of due work, and return True. Work that has been done or moved since has no effect.

        Raises: Unavailable: a store does not answer. The step is repeated when its lease ends.
        """
        erasure = self._claimed(due)
        if erasure is not None:
            self._step(erasure)
        return True

    def _hiding(self, webhook: Webhook) -> tuple[WebhookErasure, list[Write]]:
        """Build the writes of a new erasure. It takes in an earlier one of the same id that has not ended."""
        key = keys.webhook_erasure(webhook.tenant_id, webhook.webhook_id)
        record = self._documents.records.get(key)
        earlier = None if record is None else WebhookErasure.model_validate(record.body)
        named = (webhook.secret_version, webhook.previous_secret_version)
        erasure = WebhookErasure(
            webhook_id=webhook.webhook_id,
            tenant_id=webhook.tenant_id,
            secret_versions=[
                *(earlier.secret_versions if earlier else ()),
                *(version for version in named if version is not None),
            ],
            due_at=isoformat(clock.now() + STEP_LEASE),
        )
        version = ABSENT if record is None else record.version
        return erasure, _moved(earlier, erasure, version)

    def _claimed(self, due: Due) -> WebhookErasure | None:
        """Move due work to the end of a lease. Return None if there is no such work any more."""
        key = keys.webhook_erasure(due.tenant_id, due.subject)

        def decide() -> Decision[WebhookErasure | None]:
            record = self._documents.records.get(key)
            erasure = None if record is None else WebhookErasure.model_validate(record.body)
            if record is None or erasure is None or erasure.due != due:
                return Decision(None, [due_delete(due)])
            claimed = erasure.model_copy(update={"due_at": isoformat(clock.now() + STEP_LEASE)})
            return Decision(claimed, _moved(erasure, claimed, record.version))

        return self._documents.transact(decide)

    def _step(self, erasure: WebhookErasure) -> None:
        for version in erasure.secret_versions:
            self._secrets.delete_version(erasure.tenant_id, erasure.webhook_id, version)
        after = self._erase_deliveries(erasure)
        record = self._documents.records.get(_key(erasure))
        if record is None or WebhookErasure.model_validate(record.body) != erasure:
            return  # another process goes on
        if after is None:
            self._documents.write_if_unchanged(Delete(record.key, record.version), due_delete(erasure.due))
            return
        further = erasure.model_copy(update={"after": after, "due_at": clock.timestamp()})
        if self._documents.write_if_unchanged(*_moved(erasure, further, record.version)):
            self._timer.announce(further.due)

    def _erase_deliveries(self, erasure: WebhookErasure) -> str | None:
        """Erase the deliveries of a step. Return the sort key after which the next step goes on, None at the
        end."""
        partition = keys.webhook_delivery(erasure.tenant_id, erasure.webhook_id)
        after = erasure.after
        for _ in range(_STEP_PAGES):
            page = self._documents.page(Delivery, partition, limit=_PAGE, after=after)
            # Read after the page: a delivery of a webhook that is live again is in the page only if the
            # webhook is there to be found.
            live = find_webhook(self._documents, erasure.tenant_id, erasure.webhook_id)
            writes = [
                write
                for delivery in page.items
                if live is None or not delivery.belongs_to(live)
                for write in erase_writes(delivery)
            ]
            if writes:
                self._documents.write(*writes)
            after = page.next_after
            if after is None:
                return None
        return after


def _key(erasure: WebhookErasure) -> Key:
    return keys.webhook_erasure(erasure.tenant_id, erasure.webhook_id)


def _moved(before: WebhookErasure | None, after: WebhookErasure, version: int) -> list[Write]:
    """Build the writes that store an erasure and move its due work. ``version`` is that of ``before``."""
    writes: list[Write] = [put(_key(after), after, expected_version=version)]
    if before is not None and before.due != after.due:
        writes.append(due_delete(before.due))
    if before is None or before.due != after.due:
        writes.append(due_write(after.due))
    return writes
