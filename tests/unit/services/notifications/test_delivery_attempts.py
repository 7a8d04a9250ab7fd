from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from shared.domain import clock, keys
from shared.domain.clock import isoformat
from shared.domain.due import Due
from shared.domain.events.event import Event, moment_of
from shared.domain.events.types import EventType
from shared.domain.webhooks.attempts import HOLD, LEASE, requeued
from shared.domain.webhooks.delivery import Delivery, DeliveryStatus
from shared.domain.webhooks.health import DISABLE_AFTER, SUSTAINED_FAILURE
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.ports.records import Delete
from shared.services.notifications.delivery_attempts import DeliveryAttempts
from shared.services.notifications.delivery_queue import change_writes
from shared.services.records.event_log import EVENT_LIFE
from tests.receiver import Answer, Received, Receiver, running_receiver
from tests.unit.services.notifications.webhook_world import TENANT, WebhookWorld, open_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[WebhookWorld]:
    with open_world(tmp_path) as opened:
        yield opened


@pytest.fixture(scope="module")
def running() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(running: Receiver) -> Receiver:
    running.received.clear()
    running.answer = lambda _: Answer()
    return running


def _delivered(world: WebhookWorld, webhook: Webhook) -> tuple[Event, Due]:
    """Append an event and fan it out. Return the due work of its delivery."""
    event = world.event()
    world.tell(event)
    (due,) = [due for due in world.due() if webhook.webhook_id.split("_")[1] in due.subject]
    return event, due


def _only(world: WebhookWorld, webhook: Webhook) -> Delivery:
    (delivery,) = world.deliveries(webhook)
    return delivery


def test_delivery_is_sent_signed_with_six_headers(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url, metadata={"flow": 7})
    event, due = _delivered(world, webhook)
    world.attempts.handle(due)
    (request,) = receiver.received
    assert request.envelope == {
        "id": event.event_id,
        "event": "media.created",
        "data": event.payload,
        "created_at": event.created_at,
        "api_version": "2024-01",
        "metadata": {"flow": 7},
    }
    Verifier(world.secret(webhook)).verify(request.body, dict(request.headers))
    delivery = _only(world, webhook)
    assert request.headers["x-webhook-id"] == webhook.webhook_id
    assert request.headers["x-delivery-id"] == request.headers["webhook-id"] == delivery.delivery_id
    assert request.headers["x-event-type"] == "media.created"
    assert request.headers["idempotency-key"] == request.headers["x-delivery-attempt-id"]
    assert request.headers["x-delivery-attempt-id"] == delivery.attempt_id
    assert request.headers["x-webhook-signature"].startswith("sha256=")
    assert request.headers["content-type"] == "application/json"


def test_outcome_is_stored_with_answer(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    world.attempts.handle(_delivered(world, webhook)[1])
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1)
    assert (delivery.response_status_code, delivery.response_body) == (200, "thanks")
    assert world.due() == []
    assert world.webhook(webhook).last_success_at == isoformat(world.now())


def test_failed_attempt_is_retried_at_its_time(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(500, b"broken")
    webhook = world.create_webhook(receiver.url)
    world.attempts.handle(_delivered(world, webhook)[1])
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.response_body) == (DeliveryStatus.RETRYING, "broken")
    (due,) = world.due()
    assert due.due_at == delivery.next_retry_at == isoformat(world.now() + timedelta(seconds=5))
    assert world.timer.due[-1] == due
    assert world.webhook(webhook).failure_count == 1
    receiver.answer = lambda _: Answer()
    world.run_next()
    assert _only(world, webhook).status is DeliveryStatus.DELIVERED
    assert world.webhook(webhook).failure_count == 0
    first, second = receiver.received
    assert first.body == second.body
    assert first.delivery_id == second.delivery_id
    assert first.headers["x-delivery-attempt-id"] != second.headers["x-delivery-attempt-id"]


def test_retry_after_of_receiver_is_kept(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(429, headers={"Retry-After": "120"})
    webhook = world.create_webhook(receiver.url)
    world.attempts.handle(_delivered(world, webhook)[1])
    assert world.due()[0].due_at == isoformat(world.now() + timedelta(seconds=120))


def test_work_that_is_handled_again_has_no_effect(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    world.attempts.handle(due)
    before = _only(world, webhook)
    world.attempts.handle(due)
    assert len(receiver.received) == 1
    assert _only(world, webhook) == before


def test_work_in_progress_is_not_begun_again(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]

    def answer(_: Received) -> Answer:
        world.attempts.handle(due)
        return Answer()

    receiver.answer = answer
    world.attempts.handle(due)
    assert len(receiver.received) == 1
    assert _only(world, webhook).attempts == 1


def test_interrupted_attempt_is_repeated_after_its_lease(world: WebhookWorld, receiver: Receiver) -> None:
    class Killed(Exception):
        pass

    class DyingSender:
        def check(self, url: str) -> None:
            raise AssertionError(url)

        def send(self, *_: object) -> None:
            raise Killed

    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    with pytest.raises(Killed):
        world.attempts_with(DyingSender()).handle(due)  # type: ignore[arg-type]
    assert _only(world, webhook).status is DeliveryStatus.PROCESSING
    assert world.due()[0].due_at == isoformat(world.now() + LEASE)
    world.run_next()
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)


def test_late_outcome_does_not_replace_newer_one(world: WebhookWorld, receiver: Receiver) -> None:
    """The receiver answers the first attempt after the lease has ended and a second attempt has succeeded."""
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]

    def answer(_: Received) -> Answer:
        receiver.answer = lambda _: Answer()
        world.run_next()
        return Answer(500)

    receiver.answer = answer
    world.attempts.handle(due)
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)
    assert world.due() == []
    assert world.webhook(webhook).failure_count == 0


def test_delivery_of_paused_webhook_is_held(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(500)
    webhook = world.create_webhook(receiver.url)
    world.attempts.handle(_delivered(world, webhook)[1])
    world.store(world.webhook(webhook).model_copy(update={"status": WebhookStatus.PAUSED}))
    world.run_for(timedelta(hours=2))
    held = _only(world, webhook)
    assert (held.attempts, held.failures, held.status) == (1, 1, DeliveryStatus.RETRYING)
    receiver.answer = lambda _: Answer()
    world.store(world.webhook(webhook).model_copy(update={"status": WebhookStatus.ACTIVE}))
    world.run_for(HOLD)
    assert _only(world, webhook).status is DeliveryStatus.DELIVERED


def test_delivery_of_disabled_webhook_fails_with_reason(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    disabled = {"status": WebhookStatus.DISABLED, "disabled_reason": "It is gone."}
    world.store(webhook.model_copy(update=disabled))
    world.attempts.handle(due)
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.FAILED, 0)
    assert delivery.error_message == "The webhook is disabled. It is gone."
    assert (world.due(), receiver.received) == ([], [])


@pytest.mark.parametrize("missing", ["webhook", "event", "delivery"])
def test_nothing_is_left_of_delivery_without_its_parts(
    world: WebhookWorld, receiver: Receiver, missing: str
) -> None:
    webhook = world.create_webhook(receiver.url)
    event, due = _delivered(world, webhook)
    parts = {
        "webhook": keys.webhook(TENANT, webhook.webhook_id),
        "event": keys.event(TENANT, event.event_id),
        "delivery": keys.webhook_delivery(TENANT, webhook.webhook_id, due.subject),
    }
    world.documents.write(Delete(parts[missing]))
    world.attempts.handle(due)
    assert (world.deliveries(webhook), world.due(), receiver.received) == ([], [], [])


def test_webhook_deleted_during_attempt_leaves_no_error(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]

    def answer(_: Received) -> Answer:
        world.documents.write(
            Delete(keys.webhook(TENANT, webhook.webhook_id)),
            Delete(keys.webhook_delivery(TENANT, webhook.webhook_id, due.subject)),
        )
        return Answer()

    receiver.answer = answer
    world.attempts.handle(due)
    assert world.deliveries(webhook) == []
    world.run_next()  # the due record of the lease
    assert world.due() == []


def test_gone_receiver_disables_webhook_at_once_with_event(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(410)
    webhook = world.create_webhook(receiver.url)
    world.attempts.handle(_delivered(world, webhook)[1])
    disabled = world.webhook(webhook)
    assert disabled.status is WebhookStatus.DISABLED
    assert disabled.disabled_reason == "The receiver answered with status 410: it wants no more deliveries."
    assert _only(world, webhook).status is DeliveryStatus.FAILED
    (event,) = _disabled_events(world)
    assert event.payload == {
        "webhook_id": webhook.webhook_id,
        "name": "flow",
        "status": "disabled",
        "reason": disabled.disabled_reason,
    }


def test_sustained_failure_disables_webhook_once(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(500)
    began = world.now() - DISABLE_AFTER + timedelta(hours=1)
    webhook = world.create_webhook(
        receiver.url, failure_count=30, failing_since=isoformat(began), last_failure_at=isoformat(world.now())
    )
    world.tell(world.event(), world.event())
    world.run_for(timedelta(minutes=50))
    assert world.webhook(webhook).status is WebhookStatus.ACTIVE
    world.run_for(timedelta(hours=2))
    disabled = world.webhook(webhook)
    assert (disabled.status, disabled.disabled_reason) == (WebhookStatus.DISABLED, SUSTAINED_FAILURE)
    world.run_for(timedelta(hours=12))
    assert len(_disabled_events(world)) == 1
    assert {each.status for each in world.deliveries(webhook)} == {DeliveryStatus.FAILED}
    assert world.due() == []


def test_requeued_delivery_has_all_its_retries_again(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(500)
    webhook = world.create_webhook(receiver.url)
    world.tell(world.event())
    world.run_for(timedelta(days=4))
    failed = _only(world, webhook)
    assert failed.status is DeliveryStatus.FAILED
    again = requeued(failed, world.now())
    key = keys.webhook_delivery(TENANT, webhook.webhook_id, failed.delivery_id)
    version = world.documents.batch([key]).version(key)
    world.documents.write(*change_writes(failed, again, expected_version=version))
    world.run_next()
    retried = _only(world, webhook)
    assert (retried.status, retried.failures) == (DeliveryStatus.RETRYING, 1)
    assert retried.attempts == failed.attempts + 1


def test_previous_secret_signs_until_its_time_is_over(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    old = world.secret(webhook)
    rotated = webhook.model_copy(
        update={
            "secret_version": world.secrets.put(TENANT, webhook.webhook_id, b"whsec_bmV3LXNlY3JldA=="),
            "previous_secret_version": webhook.secret_version,
            "previous_secret_until": isoformat(world.now() + timedelta(hours=24)),
        }
    )
    world.store(rotated)
    world.attempts.handle(_delivered(world, webhook)[1])
    world.now.moment += timedelta(hours=24)
    world.attempts.handle(_delivered(world, webhook)[1])
    during, after = (request.headers["webhook-signature"].split() for request in receiver.received)
    assert (len(during), len(after)) == (2, 1)
    request = receiver.received[0]
    for secret in (old, world.secret(rotated)):
        Verifier(secret).verify(request.body, dict(request.headers))


def test_secret_that_is_gone_is_a_failed_attempt(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    world.secrets.delete(TENANT, webhook.webhook_id)
    assert not world.attempts.handle(due)
    assert receiver.received == []
    delivery = _only(world, webhook)
    assert (delivery.status, delivery.failures) == (DeliveryStatus.RETRYING, 1)
    assert delivery.error_message == "The secret of the webhook is missing. Rotate it to get a new one."
    assert world.webhook(webhook).failure_count == 1


def test_delivery_expires_with_its_event(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    event = world.event(at=clock.now() - EVENT_LIFE / 2)
    world.tell(event)
    expiries = set()
    for _ in range(2):  # when it is queued, and when it has arrived
        delivery = _only(world, webhook)
        at_delivery = keys.webhook_delivery(TENANT, webhook.webhook_id, delivery.delivery_id)
        named = (keys.event(TENANT, event.event_id), at_delivery)
        expiries |= {write.expires_at for write in world.records.walk() if write.key in named}
        world.run_for(timedelta(0))
    assert expiries == {moment_of(event.event_id) + EVENT_LIFE}


def test_address_is_checked_at_every_attempt(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook("https://127.0.0.2/hook")
    world.attempts.handle(_delivered(world, webhook)[1])
    delivery = _only(world, webhook)
    assert delivery.error_message == "The url of the webhook must not point into a private network."
    assert delivery.status is DeliveryStatus.RETRYING


def _disabled_events(world: WebhookWorld) -> list[Event]:
    found = world.documents.every(Event, keys.event(TENANT))
    return [event for event in found if event.event_type is EventType.WEBHOOK_DISABLED]


def test_delivery_of_former_webhook_with_same_id_is_erased(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    world.store(webhook.model_copy(update={"created_at": isoformat(world.now() + timedelta(seconds=1))}))
    world.attempts.handle(due)
    assert (world.deliveries(webhook), world.due(), receiver.received) == ([], [], [])


def test_clock_and_jitter_have_defaults(world: WebhookWorld, receiver: Receiver) -> None:
    receiver.answer = lambda _: Answer(500)
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    before = clock.timestamp()
    DeliveryAttempts(world.documents, world.queue, world.sender, world.secrets).handle(due)
    delivery = _only(world, webhook)
    assert delivery.last_attempt_at is not None
    assert delivery.next_retry_at is not None
    assert before <= delivery.last_attempt_at < delivery.next_retry_at


def test_handler_tells_timer_whether_receiver_accepted(world: WebhookWorld, receiver: Receiver) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    assert world.attempts.handle(due)
    assert world.attempts.handle(due)  # nothing to do, and no receiver to spare
    receiver.answer = lambda _: Answer(500)
    assert not world.attempts.handle(_delivered(world, webhook)[1])


def test_failure_of_disabled_webhook_is_no_second_event(world: WebhookWorld, receiver: Receiver) -> None:
    """The webhook is disabled while another attempt is waiting for its answer."""
    webhook = world.create_webhook(receiver.url)
    world.tell(world.event(), world.event())
    first, second = world.due()

    def answer(_: Received) -> Answer:
        receiver.answer = lambda _: Answer(410)
        world.attempts.handle(second)
        return Answer(410)

    receiver.answer = answer
    world.attempts.handle(first)
    assert len(_disabled_events(world)) == 1
    assert world.webhook(webhook).failure_count == 2


def test_late_outcome_does_not_touch_new_webhook_with_same_id(
    world: WebhookWorld, receiver: Receiver
) -> None:
    webhook = world.create_webhook(receiver.url)
    due = _delivered(world, webhook)[1]
    later = webhook.model_copy(update={"created_at": isoformat(world.now() + timedelta(seconds=1))})

    def answer(_: Received) -> Answer:
        world.store(later)
        return Answer(410)

    receiver.answer = answer
    world.attempts.handle(due)
    assert world.webhook(webhook) == later
