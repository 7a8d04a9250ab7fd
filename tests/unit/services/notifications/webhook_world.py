"""Webhooks over real records in virtual time, with the real sender."""

import base64
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ulid import ULID

from shared.adapters.http.webhook_sender import HttpWebhookSender
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.domain import clock, keys
from shared.domain.clock import isoformat
from shared.domain.due import SHARDS, Due
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, WEBHOOK, new_id
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.signature import KEY_PREFIX
from shared.domain.webhooks.webhook import Webhook
from shared.ports.webhook_sender import WebhookSender
from shared.services.notifications.delivery_attempts import DeliveryAttempts
from shared.services.notifications.delivery_queue import DeliveryQueue
from shared.services.notifications.fan_out import WebhookFanOut
from shared.services.records.documents import Documents, put
from shared.services.records.event_log import event_write
from shared.settings import Settings

TENANT = "anna"


@dataclass
class VirtualTime:
    moment: datetime = field(default_factory=clock.now)

    def __call__(self) -> datetime:
        return self.moment


@dataclass
class Announced:
    """Implements ``shared.ports.timer.Timer``: notes the work, and leaves it to the test."""

    due: list[Due] = field(default_factory=list)

    def announce(self, *work: Due) -> None:
        self.due.extend(work)


class WebhookWorld:
    def __init__(self, folder: Path, records: SqliteRecords, webhook_hosts: str) -> None:
        self.now = VirtualTime()
        self.spread = 0.0
        self.records = records
        self.documents = Documents(records)
        self.secrets = FileTenantSecrets(folder / "secrets")
        self.timer = Announced()
        self.queue = DeliveryQueue(self.documents, self.timer)
        self.fan_out = WebhookFanOut(self.documents, self.queue, now=self.now)
        self.sender = HttpWebhookSender(Settings(webhook_hosts=webhook_hosts))
        self.attempts = self.attempts_with(self.sender)

    def attempts_with(self, sender: WebhookSender) -> DeliveryAttempts:
        return DeliveryAttempts(
            self.documents, self.queue, sender, self.secrets, now=self.now, spread=lambda: self.spread
        )

    def create_webhook(self, url: str, **fields: Any) -> Webhook:
        webhook_id = new_id(WEBHOOK)
        text = KEY_PREFIX + base64.b64encode(secrets.token_bytes(24)).decode()
        moment = isoformat(self.now())
        fields = {"events": [EventType.MEDIA_CREATED], "tenant_id": TENANT} | fields
        webhook = Webhook(
            webhook_id=webhook_id,
            user_id="usr_anna",
            name="flow",
            url=url,
            secret_version=self.secrets.put(fields["tenant_id"], webhook_id, text.encode()),
            created_at=moment,
            updated_at=moment,
            **fields,
        )
        self.store(webhook)
        return webhook

    def store(self, webhook: Webhook) -> None:
        self.documents.write(put(keys.webhook(webhook.tenant_id, webhook.webhook_id), webhook))

    def webhook(self, webhook: Webhook) -> Webhook:
        found = self.documents.get(Webhook, keys.webhook(webhook.tenant_id, webhook.webhook_id))
        assert found is not None
        return found

    def secret(self, webhook: Webhook) -> str:
        value = self.secrets.read(webhook.tenant_id, webhook.webhook_id, webhook.secret_version)
        return value.decode()

    def event(
        self, *, tenant: str = TENANT, index_id: str | None = None, at: datetime | None = None
    ) -> Event:
        """Append an event to the log of a tenant. ``at`` is the real time in its id."""
        event = Event(
            event_id=f"{EVENT}_{ULID.from_datetime(at)}" if at else new_id(EVENT),
            event_type=EventType.MEDIA_CREATED,
            tenant_id=tenant,
            index_id=index_id,
            created_at=isoformat(self.now()),
            payload={"video_id": "vid_1", "index_id": index_id, "title": "clip"},
        )
        self.documents.write(event_write(event))
        return event

    def tell(self, *events: Event) -> None:
        self.fan_out.consume(events)

    def deliveries(self, webhook: Webhook) -> list[Delivery]:
        return self.documents.every(Delivery, keys.webhook_delivery(webhook.tenant_id, webhook.webhook_id))

    def due(self) -> list[Due]:
        """Return all due work, the earliest first."""
        found = [due for shard in range(SHARDS) for due in self.documents.every(Due, keys.due(shard))]
        return sorted(found, key=lambda due: due.due_at)

    def run_next(self) -> None:
        """Advance the time to the earliest due work, and do it."""
        due = self.due()[0]
        self.now.moment = max(self.now.moment, datetime.fromisoformat(due.due_at))
        self.attempts.handle(due)

    def run_for(self, span: timedelta) -> None:
        """Do the work that becomes due in a span of time."""
        end = self.now.moment + span
        while (due := self.due()) and due[0].due_at <= isoformat(end):
            self.run_next()
        self.now.moment = end


@contextmanager
def open_world(folder: Path, webhook_hosts: str = "127.0.0.1") -> Iterator[WebhookWorld]:
    records = SqliteRecords(folder / "records.sqlite")
    try:
        yield WebhookWorld(folder, records, webhook_hosts)
    finally:
        records.close()
