"""Webhooks: addresses of clients that events are delivered to."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from shared.domain.events.types import EventType


class WebhookStatus(StrEnum):
    """Clients set ``active`` and ``paused``. The server disables a webhook after sustained failure."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class Webhook(BaseModel):
    """A webhook. Its signing key is a secret, of which it names the version.

    ``index_ids`` None: the events of all indexes. ``failure_count`` counts the failed attempts since the last
    success. ``failing_since`` is the time of the first of them, or of the first after a day
    without attempts. After a rotation, the previous version of the secret signs too, until
    ``previous_secret_until``. ``creation`` is a digest of the request that created the webhook under an
    idempotency key.
    """

    webhook_id: str
    tenant_id: str
    user_id: str
    name: str
    url: str
    events: list[EventType]
    index_ids: list[str] | None = None
    metadata: dict[str, Any] | None = None
    status: WebhookStatus = WebhookStatus.ACTIVE
    disabled_reason: str | None = None
    failure_count: int = 0
    failing_since: str | None = None
    last_failure_at: str | None = None
    last_success_at: str | None = None
    secret_version: str
    previous_secret_version: str | None = None
    previous_secret_until: str | None = None
    creation: str | None = None
    created_at: str
    updated_at: str

    @property
    def secret_name(self) -> str:
        """Name of the webhook's secret among those of its tenant."""
        return self.webhook_id
