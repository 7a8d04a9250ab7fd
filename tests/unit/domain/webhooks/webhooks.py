"""Webhooks and deliveries for the tests of their rules."""

from typing import Any

from shared.domain.events.types import EventType
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.webhook import Webhook

CREATED = "2026-01-01T00:00:00.000Z"


def some_webhook(**fields: Any) -> Webhook:
    defaults: dict[str, Any] = {
        "webhook_id": "whk_1",
        "tenant_id": "t",
        "user_id": "usr_1",
        "name": "flow",
        "url": "https://receiver.example/hook",
        "events": [EventType.MEDIA_CREATED],
        "secret_version": "1",
        "created_at": CREATED,
        "updated_at": CREATED,
    }
    return Webhook(**defaults | fields)


def some_delivery(**fields: Any) -> Delivery:
    defaults: dict[str, Any] = {
        "delivery_id": "dlv_1",
        "webhook_id": "whk_1",
        "tenant_id": "t",
        "event_id": "evt_1",
        "event_type": EventType.MEDIA_CREATED,
        "due_at": CREATED,
        "created_at": CREATED,
    }
    return Delivery(**defaults | fields)
