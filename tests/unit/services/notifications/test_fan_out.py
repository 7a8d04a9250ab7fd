from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.webhooks.webhook import WebhookStatus
from shared.ports.records import MAX_WRITES
from shared.services.notifications.delivery_queue import new_delivery
from tests.unit.services.notifications.webhook_world import WebhookWorld, open_world

URL = "http://127.0.0.1:9/hook"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WebhookWorld]:
    with open_world(tmp_path) as opened:
        yield opened


def test_each_subscribed_webhook_gets_one_delivery(world: WebhookWorld) -> None:
    hooks = [world.create_webhook(URL) for _ in range(2)]
    event = world.event()
    world.tell(event)
    for hook in hooks:
        (delivery,) = world.deliveries(hook)
        assert (delivery.event_id, delivery.event_type) == (event.event_id, event.event_type)
    assert {due.subject for due in world.timer.due} == {due.subject for due in world.due()}
    assert len(world.due()) == 2


def test_event_that_comes_again_is_not_delivered_again(world: WebhookWorld) -> None:
    hook = world.create_webhook(URL)
    first, second = world.event(), world.event()
    world.tell(first, first)
    world.tell(first, second)
    world.tell(second, first)
    assert {each.event_id for each in world.deliveries(hook)} == {first.event_id, second.event_id}
    assert len(world.deliveries(hook)) == 2
    assert len(world.due()) == len(world.timer.due) == 2


def test_event_that_comes_after_its_delivery_has_no_effect(world: WebhookWorld) -> None:
    hook = world.create_webhook(URL)
    event = world.event()
    world.tell(event)
    world.run_next()
    before = world.deliveries(hook)
    world.tell(event)
    assert world.deliveries(hook) == before


def test_interrupted_fan_out_is_completed_by_repetition(world: WebhookWorld) -> None:
    hooks = [world.create_webhook(URL)]
    event = world.event()
    world.tell(event)
    hooks.append(world.create_webhook(URL))
    world.tell(event)
    assert [len(world.deliveries(hook)) for hook in hooks] == [1, 1]


def test_more_deliveries_than_one_transaction_takes(world: WebhookWorld) -> None:
    hooks = [world.create_webhook(URL) for _ in range(3)]
    events = [world.event() for _ in range(MAX_WRITES // 2 + 1)]
    world.tell(*events)
    assert [len(world.deliveries(hook)) for hook in hooks] == [len(events)] * 3
    assert len(world.due()) == 3 * len(events)


def test_webhook_of_another_tenant_gets_nothing(world: WebhookWorld) -> None:
    hook, foreign = world.create_webhook(URL), world.create_webhook(URL, tenant_id="bert")
    world.tell(world.event(), world.event(tenant="carl"))
    assert len(world.deliveries(hook)) == 1
    assert world.deliveries(foreign) == []


def test_index_filter_is_applied(world: WebhookWorld) -> None:
    hook = world.create_webhook(URL, index_ids=["idx_1"])
    fitting = [world.event(index_id="idx_1"), world.event(index_id=None)]
    world.tell(world.event(index_id="idx_2"), *fitting)
    assert {each.event_id for each in world.deliveries(hook)} == {each.event_id for each in fitting}


def test_webhook_gets_first_event_after_its_creation(world: WebhookWorld) -> None:
    world.create_webhook(URL)
    world.tell(world.event())  # any cache of the webhooks is filled
    late = world.create_webhook(URL)
    world.tell(world.event())
    assert len(world.deliveries(late)) == 1


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_inactive_webhook_gets_no_delivery(world: WebhookWorld, status: WebhookStatus) -> None:
    hook = world.create_webhook(URL, status=status)
    world.tell(world.event())
    assert world.deliveries(hook) == []


def test_two_consumers_at_once_add_each_delivery_once(world: WebhookWorld) -> None:
    """The second consumer has read the webhooks before the first one writes."""
    hook = world.create_webhook(URL)
    events = [world.event() for _ in range(3)]
    moment = world.now()
    planned = [new_delivery(event, hook.webhook_id, moment) for event in events]
    world.tell(events[1])
    assert world.queue.add(planned) == 2
    assert len(world.deliveries(hook)) == len(world.due()) == 3


def test_delivery_is_not_older_than_webhook_of_fast_clock(world: WebhookWorld) -> None:
    world.now.moment += timedelta(seconds=30)
    hook = world.create_webhook(URL)
    world.now.moment -= timedelta(seconds=30)
    world.tell(world.event())
    (delivery,) = world.deliveries(hook)
    assert delivery.belongs_to(hook)
