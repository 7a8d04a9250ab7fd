"""The envelope of an event: the body that a receiver gets, and the headers that name the delivery."""

import json
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict
from ulid import ULID

from shared.domain.clock import isoformat
from shared.domain.events.event import API_VERSION, Event
from shared.domain.ids import EVENT
from shared.domain.webhooks.webhook import Webhook


class Envelope(BaseModel):
    """The JSON object that is sent. ``metadata`` is that of the webhook, absent if the webhook has none.

    The same event, sent to the same webhook, has the same envelope in every attempt, unless the webhook's
    metadata has changed.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    event: str
    data: dict[str, Any]
    created_at: str
    api_version: str = API_VERSION
    metadata: dict[str, Any] | None = None

    @classmethod
    def of(cls, event: Event, webhook: Webhook) -> Self:
        return cls(
            id=event.event_id,
            event=event.event_type,
            data=event.payload,
            created_at=event.created_at,
            metadata=webhook.metadata or None,
        )

    @classmethod
    def test(cls, webhook: Webhook, moment: datetime) -> Self:
        """Build the envelope of a test delivery. Its event is ``test``, which is not in the event log."""
        return cls(
            id=f"{EVENT}_test_{ULID.from_datetime(moment)}",
            event="test",
            data={"message": f"This is a test delivery for the webhook {webhook.name!r}."},
            created_at=isoformat(moment),
            metadata=webhook.metadata or None,
        )

    def content(self) -> dict[str, Any]:
        """Return the JSON object, without ``metadata`` if the webhook has none."""
        return self.model_dump(mode="json", exclude={"metadata"} if self.metadata is None else None)

    def body(self) -> bytes:
        """Return the exact bytes that are signed and sent."""
        return json.dumps(self.content(), allow_nan=False, separators=(",", ":")).encode()


def delivery_headers(
    webhook_id: str, event: str, *, delivery_id: str | None = None, attempt_id: str | None = None
) -> dict[str, str]:
    """Build the headers that name the webhook, the event, the delivery and the attempt.

    A test delivery has neither id. ``Idempotency-Key`` names the attempt, not the delivery: receivers tell
    repeated deliveries apart by ``X-Delivery-ID``.
    """
    headers = {"X-Webhook-ID": webhook_id, "X-Event-Type": event}
    if delivery_id is not None:
        headers["X-Delivery-ID"] = delivery_id
    if attempt_id is not None:
        headers |= {"Idempotency-Key": attempt_id, "X-Delivery-Attempt-ID": attempt_id}
    return headers
