"""Reads of webhooks: one that lives, or all of a tenant."""

from shared.domain import keys
from shared.domain.errors import Conflict, NotFound
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.services.records.documents import Documents


def find_webhook(documents: Documents, tenant_id: str, webhook_id: str) -> Webhook | None:
    return documents.get(Webhook, keys.webhook(tenant_id, webhook_id)) if webhook_id else None


def live_webhook(documents: Documents, tenant_id: str, webhook_id: str) -> Webhook:
    """Read a webhook. Raises: NotFound: it is unknown, another tenant's, or deleted."""
    found = find_webhook(documents, tenant_id, webhook_id)
    if found is None:
        raise NotFound("webhook", webhook_id)
    return found


def all_webhooks(documents: Documents, tenant_id: str) -> list[Webhook]:
    """Read all webhooks of a tenant, the oldest first. An id does not tell the age of its webhook."""
    found = documents.every(Webhook, keys.webhook(tenant_id))
    return sorted(found, key=lambda webhook: (webhook.created_at, webhook.webhook_id))


def require_active(webhook: Webhook) -> None:
    """Raises: Conflict: the webhook is paused or disabled (``webhook_not_active``)."""
    if webhook.status is not WebhookStatus.ACTIVE:
        raise Conflict(
            f"The webhook is {webhook.status}. Set its status to active first.",
            code="webhook_not_active",
            details={"webhook_id": webhook.webhook_id, "status": webhook.status},
        )
