"""Test deliveries to a real receiver."""

from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from shared.domain.errors import NotFound
from shared.domain.webhooks.definition import WebhookChanges
from shared.domain.webhooks.webhook import WebhookStatus
from tests.receiver import Answer, running_receiver
from tests.unit.services.notifications.client_world import ClientWorld
from tests.unit.services.storage import ANNA, BERT


@pytest.fixture
def world(tmp_path: Path) -> ClientWorld:
    return ClientWorld(tmp_path / "data")


def test_trial_is_signed_and_has_no_delivery_id(world: ClientWorld) -> None:
    with running_receiver() as receiver:
        created = world.create(url=receiver.url, metadata={"flow": 7})
        outcome = world.notifications.trial_deliveries.send(ANNA, created.webhook.webhook_id)
    assert (outcome.success, outcome.status_code, outcome.error) == (True, 200, None)
    (request,) = receiver.received
    assert request.envelope["event"] == request.headers["x-event-type"] == "test"
    assert request.envelope["id"].startswith("evt_test_")
    assert request.envelope["data"]["message"]
    assert request.envelope["metadata"] == {"flow": 7}
    assert request.headers["x-webhook-id"] == created.webhook.webhook_id
    assert not {"x-delivery-id", "x-delivery-attempt-id", "idempotency-key"} & set(request.headers)
    Verifier(created.secret).verify(request.body, dict(request.headers))


@pytest.mark.parametrize("status", [301, 404, 410, 500])
def test_failed_trial_changes_nothing(world: ClientWorld, status: int) -> None:
    with running_receiver(lambda _: Answer(status, b"no")) as receiver:
        webhook = world.create(url=receiver.url).webhook
        outcome = world.notifications.trial_deliveries.send(ANNA, webhook.webhook_id)
    assert (outcome.success, outcome.status_code) == (False, status)
    assert str(status) in (outcome.error or "")
    assert world.notifications.webhooks.get(ANNA, webhook.webhook_id) == webhook
    assert (world.deliveries(webhook.webhook_id), world.due()) == ([], [])


def test_trial_without_answer_says_why(world: ClientWorld) -> None:
    webhook = world.create().webhook  # nothing listens there
    world.notifications.webhooks.update(ANNA, webhook.webhook_id, WebhookChanges(status=WebhookStatus.PAUSED))
    outcome = world.notifications.trial_deliveries.send(ANNA, webhook.webhook_id)
    assert (outcome.success, outcome.status_code) == (False, None)
    assert outcome.error
    with pytest.raises(NotFound):
        world.notifications.trial_deliveries.send(BERT, webhook.webhook_id)
