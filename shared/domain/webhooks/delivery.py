"""Deliveries: one event for one webhook, with its attempts."""

import hashlib
import re
from enum import StrEnum
from typing import Final

from pydantic import BaseModel
from ulid import ULID

from shared.domain.events.types import EventType
from shared.domain.ids import DELIVERY, WEBHOOK
from shared.domain.webhooks.webhook import Webhook

_DELIVERY_ID: Final = re.compile(rf"{DELIVERY}_(?P<webhook>[0-9A-Z]{{26}})_[0-9A-Z]{{26}}")

_MOMENT_CHARACTERS: Final = 10
"""Characters of a ULID that hold its time."""


class DeliveryStatus(StrEnum):
    """``pending`` waits for its first attempt, ``processing`` is in an attempt, ``retrying`` waits for the
    next one."""

    PENDING = "pending"
    PROCESSING = "processing"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETRYING = "retrying"

    @property
    def is_terminal(self) -> bool:
        return self in (DeliveryStatus.DELIVERED, DeliveryStatus.FAILED)


class Delivery(BaseModel):
    """The delivery of one event to one webhook.

    The body that is sent follows from the event and the webhook, so the record holds neither. ``due_at`` is
    the time of its due record, None once the delivery has ended. ``attempt_id`` names the latest attempt.
    ``failures`` counts the failed attempts since the delivery was queued; ``attempts`` counts all. ``held``:
    the delivery waits because its webhook was paused when it was due.
    """

    delivery_id: str
    webhook_id: str
    tenant_id: str
    event_id: str
    event_type: EventType
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    failures: int = 0
    attempt_id: str | None = None
    due_at: str | None = None
    held: bool = False
    last_attempt_at: str | None = None
    next_retry_at: str | None = None
    response_status_code: int | None = None
    response_body: str | None = None
    error_message: str | None = None
    created_at: str
    completed_at: str | None = None

    def belongs_to(self, webhook: Webhook) -> bool:
        """Return whether the delivery is of ``webhook``, and not of a deleted one with the same id."""
        return self.webhook_id == webhook.webhook_id and self.created_at >= webhook.created_at


def delivery_id(webhook_id: str, event_id: str, replay: str = "") -> str:
    """Return the id of the delivery of an event to a webhook.

    It follows from both, so that an event that a consumer receives twice is delivered once. It sorts by the
    time of the event. ``replay`` makes another delivery of the same event.
    """
    event = ULID.from_str(event_id.split("_", 1)[1])
    digest = hashlib.sha256(f"{webhook_id}#{event_id}#{replay}".encode()).digest()
    return f"{DELIVERY}_{webhook_id.split('_', 1)[1]}_{ULID(event.bytes[:6] + digest[:10])}"


def delivery_prefix(webhook_id: str, event_id: str) -> str:
    """Return the prefix of the ids of all deliveries of an event to a webhook, replays included. Deliveries
    of events of the same millisecond share it."""
    moment = event_id.split("_", 1)[1][:_MOMENT_CHARACTERS]
    return f"{DELIVERY}_{webhook_id.split('_', 1)[1]}_{moment}"


def webhook_of(delivery: str) -> str | None:
    """Return the id of the webhook that a delivery id names, or None if it is no delivery id."""
    match = _DELIVERY_ID.fullmatch(delivery)
    return f"{WEBHOOK}_{match['webhook']}" if match else None
