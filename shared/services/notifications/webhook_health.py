"""The writes that note the outcome of an attempt in its webhook."""

from datetime import datetime

from shared.domain import keys
from shared.domain.events.event import Event
from shared.domain.events.payloads import WebhookPayload
from shared.domain.events.types import EventType
from shared.domain.webhooks import health
from shared.domain.webhooks.answer import ReceiverAnswer
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import Write
from shared.services.records.documents import put
from shared.services.records.event_log import event_write


def health_writes(
    webhook: Webhook,
    moment: datetime,
    answer: ReceiverAnswer | None,
    error: str | None,
    *,
    expected_version: int,
) -> list[Write]:
    """Build the writes that note an outcome; none if there is nothing new to note.

    ``error`` says why the attempt failed; it is None after a success. The event that tells of a disabled
    webhook is among the writes.
    """
    if error is None:
        after = health.after_success(webhook, moment)
    else:
        after = health.after_failure(webhook, moment, gone=answer is not None and answer.is_gone)
    if after == webhook:
        return []
    key = keys.webhook(webhook.tenant_id, webhook.webhook_id)
    writes: list[Write] = [put(key, after, expected_version=expected_version)]
    if after.status is WebhookStatus.DISABLED and webhook.status is not WebhookStatus.DISABLED:
        writes.append(event_write(_disabled(after)))
    return writes


def _disabled(webhook: Webhook) -> Event:
    payload = WebhookPayload(
        webhook_id=webhook.webhook_id,
        name=webhook.name,
        status=webhook.status,
        reason=webhook.disabled_reason,
    )
    return Event.of(EventType.WEBHOOK_DISABLED, payload, tenant_id=webhook.tenant_id, user_id=webhook.user_id)
