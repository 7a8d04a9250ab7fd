"""Erasure of events: their deliveries, replays and due work go with them, and nothing else."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import isoformat, now, timestamp
from shared.domain.due import SHARDS, Due, DueKind
from shared.domain.events.event import Event, lower_bound
from shared.domain.events.payloads import DeletionPayload
from shared.domain.events.types import EventType
from shared.domain.ids import MEDIA, WEBHOOK, new_id
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus, delivery_id
from shared.ports.records import Put
from shared.services.records.documents import Documents, put
from shared.services.records.due_work import due_write
from shared.services.records.event_erasure import erase_events
from shared.services.records.event_log import event_write

pytestmark = pytest.mark.slow

TENANT = "anna"


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    records = SqliteRecords(tmp_path / "records.sqlite")
    yield Documents(records)
    records.close()


def add_event(documents: Documents, video_id: str) -> Event:
    payload = DeletionPayload(deletion_id="d", kind="media", target_id="t", index_id=None, status="deleted")
    event = Event.of(EventType.MEDIA_UPDATED, payload, tenant_id=TENANT, video_id=video_id)
    documents.write(event_write(event))
    return event


def add_delivery(
    documents: Documents, webhook_id: str, event: Event, *, replay: str = "", due: bool
) -> Delivery:
    delivery = Delivery(
        delivery_id=delivery_id(webhook_id, event.event_id, replay),
        webhook_id=webhook_id,
        tenant_id=TENANT,
        event_id=event.event_id,
        event_type=event.event_type,
        status=DeliveryStatus.PENDING if due else DeliveryStatus.DELIVERED,
        due_at=isoformat(now() + timedelta(hours=1)) if due else None,
        created_at=timestamp(),
    )
    documents.write(put(keys.webhook_delivery(TENANT, webhook_id, delivery.delivery_id), delivery))
    if delivery.due_at:
        work = DueKind.WEBHOOK_DELIVERY
        documents.write(
            due_write(Due(kind=work, tenant_id=TENANT, subject=delivery.delivery_id, due_at=delivery.due_at))
        )
    return delivery


def ids(documents: Documents, *partitions: keys.Key) -> set[str]:
    return {sort for partition in partitions for sort in documents.sort_keys(partition, limit=1000).items}


def test_deliveries_of_erased_events_go_with_them(documents: Documents) -> None:
    webhooks = [new_id(WEBHOOK), new_id(WEBHOOK)]
    documents.write(*(Put(keys.webhook(TENANT, webhook), {}) for webhook in webhooks))
    kept_deliveries, kept_events = set(), set()
    media = new_id(MEDIA)
    for number in range(60):
        event = add_event(documents, media if number % 2 else "vid_other")
        kept_events |= set() if number % 2 else {event.event_id}
        for webhook in webhooks:
            made = [
                add_delivery(documents, webhook, event, due=True),
                add_delivery(documents, webhook, event, replay="rpl_1", due=False),
            ]
            kept_deliveries |= set() if number % 2 else {delivery.delivery_id for delivery in made}
    erase_events(documents, TENANT, lambda event: event.video_id == media, after=lower_bound(media))
    assert ids(documents, keys.event(TENANT)) == kept_events
    assert ids(documents, *(keys.webhook_delivery(TENANT, each) for each in webhooks)) == kept_deliveries
    due = ids(documents, *(keys.due(shard) for shard in range(SHARDS)))
    assert len(due) == 60
    assert {moment_and_subject.rsplit("#", 1)[1] for moment_and_subject in due} <= kept_deliveries


def test_interrupted_erasure_is_completed_by_the_next(documents: Documents) -> None:
    for _ in range(501):
        add_event(documents, "vid_1")
    pages = iter([None])

    def stop_at_second_page() -> None:
        next(pages)

    with pytest.raises(StopIteration):
        erase_events(documents, TENANT, lambda _: True, check=stop_at_second_page)
    assert len(ids(documents, keys.event(TENANT))) == 1
    erase_events(documents, TENANT, lambda _: True)
    assert ids(documents, keys.event(TENANT)) == set()


def test_log_is_read_once_however_many_events_are_erased(
    documents: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(1100):
        add_event(documents, "vid_1")
    query, read = documents.records.query, []

    def counted(partition: str, **options: object) -> object:
        read.append(partition)
        return query(partition, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(documents.records, "query", counted)
    erase_events(documents, TENANT, lambda _: True)
    assert read.count(keys.event(TENANT).partition) == 3
