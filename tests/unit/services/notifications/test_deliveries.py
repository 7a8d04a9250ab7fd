"""Deliveries as clients see them: list, payload, retry."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain import clock, keys
from shared.domain.errors import Conflict, NotFound
from shared.domain.webhooks.definition import WebhookChanges
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import Delete
from shared.services.notifications.deliveries import Deliveries
from shared.services.records.documents import put
from tests.receiver import Answer, Receiver, running_receiver
from tests.unit.services.notifications.client_world import ClientWorld
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path / "data")


@pytest.fixture(scope="module")
def running() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(running: Receiver) -> Receiver:
    running.received.clear()
    running.answer = lambda _: Answer()
    return running


def _deliveries(world: ClientWorld) -> Deliveries:
    return world.notifications.deliveries


def _stored(world: ClientWorld, delivery: Delivery) -> Delivery:
    key = keys.webhook_delivery(delivery.tenant_id, delivery.webhook_id, delivery.delivery_id)
    found = world.documents.get(Delivery, key)
    assert found is not None
    return found


def _with_status(world: ClientWorld, delivery: Delivery, status: DeliveryStatus) -> None:
    update = {"status": status, "due_at": None if status.is_terminal else delivery.due_at}
    key = keys.webhook_delivery(delivery.tenant_id, delivery.webhook_id, delivery.delivery_id)
    world.documents.write(put(key, delivery.model_copy(update=update)))


def _attempt(world: ClientWorld, webhook: Webhook) -> None:
    """Do the due work of the deliveries, whatever its time."""
    for due in world.due():
        world.notifications.delivery_attempts.handle(due)
    assert world.deliveries(webhook.webhook_id)


def test_deliveries_are_listed_newest_event_first(world: ClientWorld) -> None:
    webhook, deliveries = world.create().webhook, _deliveries(world)
    moments = [clock.now() - timedelta(minutes=minutes) for minutes in (5, 30, 10)]
    made = world.deliver(webhook, *(world.event(at=moment) for moment in moments))
    ordered = [made[0], made[2], made[1]]
    assert deliveries.newest(ANNA, webhook.webhook_id, status=None, limit=100) == ordered
    assert deliveries.newest(ANNA, webhook.webhook_id, status=None, limit=2) == ordered[:2]
    for caller, webhook_id in ((BERT, webhook.webhook_id), (ANNA, "whk_unknown")):
        with pytest.raises(NotFound):
            deliveries.newest(caller, webhook_id, status=None, limit=100)


def test_status_filter_finds_older_deliveries(world: ClientWorld) -> None:
    webhook = world.create().webhook
    made = world.deliver(webhook, *(world.event() for _ in range(30)))
    oldest = min(made, key=lambda delivery: delivery.delivery_id)
    _with_status(world, oldest, DeliveryStatus.FAILED)
    newest = _deliveries(world).newest
    found = newest(ANNA, webhook.webhook_id, status=DeliveryStatus.FAILED, limit=1)
    assert [each.delivery_id for each in found] == [oldest.delivery_id]
    assert len(newest(ANNA, webhook.webhook_id, status=DeliveryStatus.PENDING, limit=100)) == 29


def test_payload_is_body_as_sent(world: ClientWorld, receiver: Receiver) -> None:
    webhook = world.create(url=receiver.url, metadata={"flow": 7}).webhook
    (delivery,) = world.deliver(webhook, world.event())
    _attempt(world, webhook)
    view = _deliveries(world).get(ANNA, delivery.delivery_id)
    assert view.payload == receiver.received[0].envelope
    assert (view.delivery.status, view.delivery.response_body) == (DeliveryStatus.DELIVERED, "thanks")


def test_payload_is_null_once_event_is_gone(world: ClientWorld) -> None:
    webhook, event = world.create().webhook, world.event()
    (delivery,) = world.deliver(webhook, event)
    world.documents.write(Delete(keys.event("anna", event.event_id)))
    assert _deliveries(world).get(ANNA, delivery.delivery_id).payload is None
    _with_status(world, delivery, DeliveryStatus.FAILED)
    with pytest.raises(Conflict) as refused:
        _deliveries(world).retry(ANNA, delivery.delivery_id)
    assert refused.value.code == "event_expired"


@pytest.mark.parametrize("identifier", ["", "dlv_1", "whk_1", "dlv_" + "0" * 26 + "_" + "0" * 26])
def test_unknown_and_foreign_deliveries_are_not_found(world: ClientWorld, identifier: str) -> None:
    (delivery,) = world.deliver(world.create().webhook, world.event())
    for caller, wanted in ((ANNA, identifier), (BERT, delivery.delivery_id)):
        for read in (_deliveries(world).get, _deliveries(world).retry):
            with pytest.raises(NotFound) as refused:
                read(caller, wanted)
            assert refused.value.code == "resource_webhook_delivery_not_found"


def test_failed_delivery_is_sent_again_on_retry(world: ClientWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(410, b"gone")
    webhook = world.create(url=receiver.url).webhook
    (delivery,) = world.deliver(webhook, world.event())
    _attempt(world, webhook)
    assert _stored(world, delivery).status is DeliveryStatus.FAILED
    with pytest.raises(Conflict) as refused:
        _deliveries(world).retry(ANNA, delivery.delivery_id)
    assert refused.value.code == "webhook_not_active"
    world.notifications.webhooks.update(ANNA, webhook.webhook_id, WebhookChanges(status=WebhookStatus.ACTIVE))
    receiver.answer = lambda _: Answer()
    again = _deliveries(world).retry(ANNA, delivery.delivery_id).delivery
    assert (again.status, again.attempts) == (DeliveryStatus.RETRYING, 1)
    _attempt(world, webhook)
    ended = _stored(world, delivery)
    assert (ended.status, ended.attempts) == (DeliveryStatus.DELIVERED, 2)
    assert len({request.delivery_id for request in receiver.received}) == 1


def test_retry_ends_wait_for_next_attempt(world: ClientWorld) -> None:
    webhook = world.create().webhook
    (delivery,) = world.deliver(webhook, world.event())
    _attempt(world, webhook)  # nothing listens there
    waiting = _stored(world, delivery)
    assert waiting.status is DeliveryStatus.RETRYING
    assert waiting.due_at is not None
    again = _deliveries(world).retry(ANNA, delivery.delivery_id).delivery
    assert again.due_at is not None
    assert again.due_at < waiting.due_at
    assert [due.due_at for due in world.due()] == [again.due_at]


@pytest.mark.parametrize("status", [DeliveryStatus.PENDING, DeliveryStatus.PROCESSING])
def test_retry_of_due_delivery_changes_nothing(world: ClientWorld, status: DeliveryStatus) -> None:
    (delivery,) = world.deliver(world.create().webhook, world.event())
    _with_status(world, delivery, status)
    before, work = _stored(world, delivery), world.due()
    assert _deliveries(world).retry(ANNA, delivery.delivery_id).delivery == before
    assert (_stored(world, delivery), world.due()) == (before, work)


def test_delivered_delivery_is_not_retried(world: ClientWorld) -> None:
    (delivery,) = world.deliver(world.create().webhook, world.event())
    _with_status(world, delivery, DeliveryStatus.DELIVERED)
    with pytest.raises(Conflict) as refused:
        _deliveries(world).retry(ANNA, delivery.delivery_id)
    assert refused.value.code == "delivery_already_delivered"
