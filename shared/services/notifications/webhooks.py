"""Webhooks: create within a quota, list, read, change."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from shared.domain import clock, ids, keys
from shared.domain.access import Caller
from shared.domain.errors import Conflict, IdempotencyMismatch, NotFound, WriteRejected
from shared.domain.webhooks.definition import WebhookChanges, WebhookDefinition
from shared.domain.webhooks.identity import webhook_id_of
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import ABSENT, Put
from shared.ports.webhook_sender import WebhookSender
from shared.services.library.index_access import check_own_indexes
from shared.services.notifications.held_deliveries import HeldDeliveries
from shared.services.notifications.webhook_access import all_webhooks, find_webhook, live_webhook
from shared.services.notifications.webhook_secrets import StoredSecret, WebhookSecrets
from shared.services.records.documents import Documents, put
from shared.services.records.idempotency import canonical
from shared.services.records.quota import changed_guard, check_quota
from shared.services.records.transact import Decision


@dataclass(frozen=True, slots=True)
class CreatedWebhook:
    """A webhook and its secret. ``replayed``: an earlier request with the same key created it."""

    webhook: Webhook
    secret: str
    replayed: bool = False


class Webhooks:
    """Webhooks of all tenants. Each creation expects the version of one guard record of the tenant, so that
    concurrent creations cannot exceed the quota together."""

    def __init__(
        self,
        documents: Documents,
        secrets: WebhookSecrets,
        sender: WebhookSender,
        held: HeldDeliveries,
        *,
        max_webhooks: int,
    ) -> None:
        self._documents = documents
        self._secrets = secrets
        self._sender = sender
        self._held = held
        self._max_webhooks = max_webhooks

    def create(
        self, caller: Caller, definition: WebhookDefinition, *, idempotency_key: str | None = None
    ) -> CreatedWebhook:
        """Create a webhook with a new secret.

        The live webhook is the receipt of its creation: a request with the same key and content returns it as
        it is now, with its secret. After its deletion, the same request makes the same id with a new secret.
        Concurrent requests with one key create one webhook.

        Raises:
            InvalidRequest: a field breaks a rule, or the address is refused.
            NotFound: an index of the filter is unknown or another tenant's.
            IdempotencyMismatch: the key created a webhook of other content.
            Conflict: the quota is used up (``resource_quota_exceeded``).
        """
        webhook_id = webhook_id_of(caller.tenant_id, idempotency_key) if idempotency_key else None
        creation = _digest(definition) if idempotency_key else None
        live = find_webhook(self._documents, caller.tenant_id, webhook_id) if webhook_id else None
        if live is not None:
            return self._receipt(live, creation)
        definition.check()
        check_own_indexes(self._documents, caller.tenant_id, definition.index_ids or ())
        self._sender.check(definition.url)
        return self._create(caller, webhook_id or ids.new_id(ids.WEBHOOK), definition, creation)

    def list(self, caller: Caller) -> Sequence[Webhook]:
        """List the tenant's webhooks, the oldest first."""
        return all_webhooks(self._documents, caller.tenant_id)

    def get(self, caller: Caller, webhook_id: str) -> Webhook:
        """Read a webhook. Raises: NotFound."""
        return live_webhook(self._documents, caller.tenant_id, webhook_id)

    def update(self, caller: Caller, webhook_id: str, changes: WebhookChanges) -> Webhook:
        """Change a webhook. If it becomes active, the deliveries that were held meanwhile are due now.

        Raises:
            NotFound: the webhook or an index of the filter is unknown or another tenant's.
            InvalidRequest: a field breaks a rule, or the address is refused.
        """
        before = self.get(caller, webhook_id)
        changes.check()
        check_own_indexes(self._documents, caller.tenant_id, changes.index_ids or ())
        if changes.url is not None:
            self._sender.check(changes.url)
        key, moment = keys.webhook(caller.tenant_id, webhook_id), clock.timestamp()
        changed = self._documents.update(Webhook, key, lambda webhook: changes.applied(webhook, moment))
        if changed is None:
            raise NotFound("webhook", webhook_id)
        if changed.status is WebhookStatus.ACTIVE and before.status is not WebhookStatus.ACTIVE:
            self._held.release(changed)
        return changed

    def _create(
        self, caller: Caller, webhook_id: str, definition: WebhookDefinition, creation: str | None
    ) -> CreatedWebhook:
        secret = self._secrets.add(caller.tenant_id, webhook_id)
        webhook = _new_webhook(caller, webhook_id, definition, creation, secret)

        def decide() -> Decision[Webhook]:
            existing = find_webhook(self._documents, caller.tenant_id, webhook_id)
            if existing is not None:  # a concurrent request with the same key
                return Decision(existing)
            key = keys.webhook(caller.tenant_id, webhook_id)
            return Decision(webhook, [self._guarded(caller), put(key, webhook, expected_version=ABSENT)])

        try:
            stored = self._documents.transact(decide)
        except (Conflict, WriteRejected):  # nothing is stored, for certain
            self._secrets.drop(caller.tenant_id, webhook_id, secret.version)
            raise
        if stored.secret_version != secret.version:
            self._secrets.drop(caller.tenant_id, webhook_id, secret.version)
            return self._receipt(stored, creation)
        return CreatedWebhook(stored, secret.text)

    def _receipt(self, live: Webhook, creation: str | None) -> CreatedWebhook:
        if live.creation != creation:
            raise IdempotencyMismatch(
                "This Idempotency-Key created a webhook of other content. Use a new key for a new webhook."
            )
        return CreatedWebhook(live, self._secrets.read(live), replayed=True)

    def _guarded(self, caller: Caller) -> Put:
        """Build the write of the guard. Raises: Conflict: the quota is used up."""
        guard = changed_guard(self._documents, keys.webhook_guard(caller.tenant_id))
        check_quota("webhooks", len(self.list(caller)), self._max_webhooks)
        return guard


def _new_webhook(
    caller: Caller,
    webhook_id: str,
    definition: WebhookDefinition,
    creation: str | None,
    secret: StoredSecret,
) -> Webhook:
    moment = clock.timestamp()
    return Webhook(
        webhook_id=webhook_id,
        tenant_id=caller.tenant_id,
        user_id=caller.user_id,
        name=definition.name,
        url=definition.url,
        events=definition.events,
        index_ids=definition.index_ids,
        metadata=definition.metadata,
        secret_version=secret.version,
        creation=creation,
        created_at=moment,
        updated_at=moment,
    )


def _digest(definition: WebhookDefinition) -> str:
    return hashlib.sha256(canonical(definition.model_dump(mode="json")).encode()).hexdigest()
