"""Webhooks as clients use them, over the services of a real runtime whose timer is not started."""

from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sqlite3 import connect
from typing import Any

from ulid import ULID

from shared.domain import clock, keys
from shared.domain.access import Caller
from shared.domain.clock import isoformat
from shared.domain.due import SHARDS, Due
from shared.domain.events.event import Event
from shared.domain.events.payloads import DeletionPayload, MediaPayload
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, INDEX, new_id
from shared.domain.media import Index
from shared.domain.webhooks.definition import WebhookDefinition
from shared.domain.webhooks.delivery import Delivery
from shared.domain.webhooks.webhook import Webhook
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.notifications.delivery_queue import new_delivery
from shared.services.notifications.webhooks import CreatedWebhook
from shared.services.records.documents import put
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.unit.services.storage import ANNA

URL = "http://127.0.0.1:9/hook"
"""An address that the operator permits. Nothing listens there."""


@dataclass
class ClientWorld:
    folder: Path
    webhook_hosts: str = "127.0.0.1"
    max_webhooks: int = 100
    runtime: Runtime = field(init=False)

    def __post_init__(self) -> None:
        self.settings = Settings(
            data_folder=self.folder, webhook_hosts=self.webhook_hosts, max_webhooks=self.max_webhooks
        )
        self.runtime = local_runtime(self.settings)
        self.notifications = self.runtime.notifications
        self.documents = self.runtime.documents

    def create(self, caller: Caller = ANNA, *, key: str | None = None, **fields: Any) -> CreatedWebhook:
        defined = {"name": "flow", "url": URL, "events": [EventType.MEDIA_CREATED]} | fields
        return self.notifications.webhooks.create(caller, WebhookDefinition(**defined), idempotency_key=key)

    def new_index(self, caller: Caller = ANNA) -> str:
        index = Index(
            index_id=new_id(INDEX),
            tenant_id=caller.tenant_id,
            user_id=caller.user_id,
            name="films",
            created_at=clock.timestamp(),
        )
        self.documents.write(put(keys.index(caller.tenant_id, index.index_id), index))
        return index.index_id

    def event(self, *, at: datetime | None = None, other: bool = False, index_id: str | None = None) -> Event:
        """Append an event of a time to the log. ``other``: its type is not for webhooks."""
        moment = at or clock.now()
        event = Event.of(
            EventType.DELETION_STARTED if other else EventType.MEDIA_CREATED,
            _deletion() if other else _medium(index_id),
            tenant_id=ANNA.tenant_id,
            index_id=index_id,
        ).model_copy(
            update={"event_id": f"{EVENT}_{ULID.from_datetime(moment)}", "created_at": isoformat(moment)}
        )
        self.documents.write(event_write(event))
        return event

    def deliver(self, webhook: Webhook, *events: Event) -> list[Delivery]:
        """Queue a delivery of each event, as the fan-out does."""
        moment = clock.now()
        made = [new_delivery(event, webhook.webhook_id, moment) for event in events]
        self.notifications.delivery_queue.add(made)
        return made

    def deliveries(self, webhook_id: str) -> list[Delivery]:
        return self.documents.every(Delivery, keys.webhook_delivery(ANNA.tenant_id, webhook_id))

    def due(self) -> list[Due]:
        found = [due for shard in range(SHARDS) for due in self.documents.every(Due, keys.due(shard))]
        return sorted(found, key=lambda due: due.due_at)

    def traces(self, text: str) -> list[str]:
        """Return the keys of all records, and the files of all secrets, that contain ``text``."""
        with closing(connect(self.folder / "records.sqlite")) as connection:
            found = connection.execute("SELECT partition, sort, body FROM record").fetchall()
        named = [f"{row[0]} / {row[1]}" for row in found if text in f"{row[0]}{row[1]}{row[2]!r}"]
        return named + self.secret_files(text)

    def secret_files(self, text: str = "") -> list[str]:
        files = (self.folder / "tenant-secrets").rglob("*")
        return [str(path) for path in files if path.is_file() and text in str(path)]


def _deletion() -> DeletionPayload:
    return DeletionPayload(
        deletion_id="del_1", kind="media", target_id="vid_1", status="draining", index_id=None
    )


def _medium(index_id: str | None) -> MediaPayload:
    return MediaPayload(
        video_id="vid_1",
        index_id=index_id,
        title="clip",
        media_type="video",
        status="not_processed",
        duration_seconds=1.0,
        import_job_id=None,
        part_index=0,
        part_count=1,
    )
