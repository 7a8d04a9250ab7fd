"""Deliveries of a webhook that is paused and active again."""

from pathlib import Path

import pytest

from shared.domain import clock, keys
from shared.domain.webhooks.definition import WebhookChanges
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from tests.unit.services.notifications.client_world import ClientWorld
from tests.unit.services.storage import ANNA


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path)


def set_status(world: ClientWorld, webhook: Webhook, status: WebhookStatus) -> None:
    world.notifications.webhooks.update(ANNA, webhook.webhook_id, WebhookChanges(status=status))


def handle_due(world: ClientWorld) -> None:
    """Do the work that is due now."""
    for due in world.due():
        if due.due_at <= clock.timestamp():
            world.notifications.delivery_attempts.handle(due)


def waits(world: ClientWorld, webhook: Webhook) -> list[Delivery]:
    """Return the deliveries that are not due yet."""
    moment = clock.timestamp()
    return [each for each in world.deliveries(webhook.webhook_id) if (each.due_at or "") > moment]


def test_held_deliveries_are_due_when_webhook_is_active(world: ClientWorld) -> None:
    webhook = world.create().webhook
    world.deliver(webhook, *(world.event() for _ in range(40)))
    set_status(world, webhook, WebhookStatus.PAUSED)
    handle_due(world)
    assert len(waits(world, webhook)) == 40
    set_status(world, webhook, WebhookStatus.ACTIVE)
    assert waits(world, webhook) == []
    deliveries = world.deliveries(webhook.webhook_id)
    assert {(each.status, each.held) for each in deliveries} == {(DeliveryStatus.PENDING, False)}
    assert sorted(due.due_at for due in world.due()) == sorted(str(each.due_at) for each in deliveries)


def test_retry_that_was_not_due_in_pause_keeps_its_time(world: ClientWorld) -> None:
    webhook = world.create().webhook
    world.deliver(webhook, world.event())
    handle_due(world)  # nothing listens there
    (before,) = world.deliveries(webhook.webhook_id)
    assert before.status is DeliveryStatus.RETRYING
    set_status(world, webhook, WebhookStatus.PAUSED)
    set_status(world, webhook, WebhookStatus.ACTIVE)
    assert world.deliveries(webhook.webhook_id) == [before]


def test_retry_by_hand_ends_hold(world: ClientWorld) -> None:
    """The delivery is left from an activation whose process died."""
    webhook = world.create().webhook
    (delivery,) = world.deliver(webhook, world.event())
    set_status(world, webhook, WebhookStatus.PAUSED)
    handle_due(world)
    key = keys.webhook(ANNA.tenant_id, webhook.webhook_id)
    world.documents.update(Webhook, key, _active)
    again = world.notifications.deliveries.retry(ANNA, delivery.delivery_id).delivery
    assert (again.status, again.held) == (DeliveryStatus.PENDING, False)
    assert waits(world, webhook) == []
    assert [due.due_at for due in world.due()] == [again.due_at]


def _active(webhook: Webhook) -> Webhook:
    return webhook.model_copy(update={"status": WebhookStatus.ACTIVE})
