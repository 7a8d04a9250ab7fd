"""A receiver that is down for three days, in virtual time, and many attempts at once."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from shared.domain.webhooks.delivery import DeliveryStatus
from shared.domain.webhooks.webhook import WebhookStatus
from tests.receiver import Answer, running_receiver
from tests.unit.services.notifications.webhook_world import WebhookWorld, open_world
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WebhookWorld]:
    with open_world(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("spread", [0.0, 1.0])
def test_every_event_arrives_after_three_days_of_dead_receiver(world: WebhookWorld, spread: float) -> None:
    world.spread = spread
    with running_receiver() as receiver:
        port = receiver.port
    webhook = world.create_webhook(f"http://127.0.0.1:{port}/hook")
    told = []
    for _ in range(12):
        told.append(world.event())
        world.tell(told[-1], told[-1])
        world.run_for(3 * DAY / 12)
    assert world.webhook(webhook).failure_count > len(told)
    with running_receiver(port=port) as receiver:
        world.run_for(DAY)
        arrived = Counter(request.delivery_id for request in receiver.received)
        assert {request.envelope["id"] for request in receiver.received} == {each.event_id for each in told}
    assert set(arrived.values()) == {1}
    assert len(arrived) == len(told)
    healed = world.webhook(webhook)
    assert (healed.status, healed.failure_count, healed.failing_since) == (WebhookStatus.ACTIVE, 0, None)
    assert world.due() == []


def test_delivery_to_receiver_that_stays_dead_fails_after_three_days(world: WebhookWorld) -> None:
    with running_receiver() as receiver:
        url = receiver.url
    webhook = world.create_webhook(url)
    world.tell(world.event())
    world.run_for(3 * DAY)
    assert world.deliveries(webhook)[0].status is DeliveryStatus.RETRYING
    world.run_for(DAY)
    (failed,) = world.deliveries(webhook)
    assert (failed.status, failed.attempts) == (DeliveryStatus.FAILED, 19)
    assert failed.error_message == "No connection to 127.0.0.1."


def test_attempts_that_fail_together_are_all_counted(world: WebhookWorld) -> None:
    together = threading.Barrier(16)

    def answer(_: object) -> Answer:
        together.wait(HANG_TIMEOUT)
        return Answer(500)

    with running_receiver(answer) as receiver:
        webhook = world.create_webhook(receiver.url)
        world.tell(*(world.event() for _ in range(16)))
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(world.attempts.handle, world.due()))
    assert world.webhook(webhook).failure_count == 16
    assert {each.status for each in world.deliveries(webhook)} == {DeliveryStatus.RETRYING}
