"""Webhooks by the official client, with a receiver on loopback that verifies the signatures."""

import hashlib
import hmac
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from videovector import ConflictError, NotFoundError, ValidationError, VideoVector
from videovector.resources.webhooks import WEBHOOK_EVENTS

from shared.cli.demo.server import Address
from tests.api.imports import picture
from tests.clients.conftest import POLL
from tests.clients.either_client import EitherClient, refused_field
from tests.receiver import Answer, Received, Receiver, running_receiver
from tests.waiting import wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as running:
        yield running


@pytest.fixture
def webhook(client: EitherClient, receiver: Receiver, address: Address) -> Iterator[Any]:
    """A webhook for ``media.created``. Another client deletes it, since a recorded call would count as one of
    the next test."""
    made = client.webhooks.create(
        name="Listener", url=receiver.url, events=["media.created"], metadata={"flow": 7}
    )
    yield made
    with VideoVector(api_key=address.api_key, base_url=address.base_url) as other:
        other.webhooks.delete(made.webhook_id)


def _create_medium(client: EitherClient, folder: Path, seed: int) -> str:
    job = client.videos.upload(file=picture(folder, f"leaf-{seed}.png", seed=seed), title="A leaf")
    return str(client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL).video_ids[0])


def _arrived(receiver: Receiver, video_id: str) -> Received:
    """Wait for the delivery about a medium. Events of earlier tests may still be on their way."""

    def found() -> list[Received]:
        return [each for each in receiver.received if each.envelope["data"].get("video_id") == video_id]

    wait_until(found, "the delivery")
    return found()[0]


def _verify(request: Received, secret: str) -> None:
    expected = hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-webhook-signature"] == f"sha256={expected}"
    Verifier(secret).verify(request.body, dict(request.headers))


def test_webhook_is_created_read_updated_and_deleted(client: EitherClient, receiver: Receiver) -> None:
    made = client.webhooks.create(name="Flow", url=receiver.url, events=["export.ready", "export.failed"])
    assert made.secret.startswith("whsec_")
    assert (made.status, made.index_ids, made.metadata, made.failure_count) == ("active", None, None, 0)
    assert client.webhooks.retrieve(made.webhook_id).model_dump() == made.model_dump(exclude={"secret"})
    assert made.webhook_id in {each.webhook_id for each in client.webhooks.list()}
    changed = client.webhooks.update(
        made.webhook_id,
        name="Renamed",
        url=f"{receiver.url}/2",
        events=["media.created"],
        status="paused",
        metadata={"flow": 1},
    )
    assert (changed.name, changed.status, changed.metadata) == ("Renamed", "paused", {"flow": 1})
    index_id = client.indexes.create(name="Filtered").index_id
    assert client.webhooks.update(made.webhook_id, index_ids=[index_id]).index_ids == [index_id]
    assert client.webhooks.update(made.webhook_id, index_ids=[]).index_ids is None
    assert client.webhooks.delete(made.webhook_id).message
    with pytest.raises(NotFoundError) as refused:
        client.webhooks.retrieve(made.webhook_id)
    assert refused.value.error_code == "resource_webhook_not_found"


def test_events_are_those_of_the_client_and_saved_searches(client: EitherClient) -> None:
    assert client.webhooks.list_events() == [*WEBHOOK_EVENTS, "search.matched"]


def test_repeated_key_returns_webhook_with_secret(client: EitherClient, receiver: Receiver) -> None:
    wanted: dict[str, Any] = {
        "name": "Once",
        "url": "http://127.0.0.1:9/hook",
        "events": ["export.ready"],
        "idempotency_key": f"webhook-{client.mode}",
    }
    first, again = (client.webhooks.create(**wanted) for _ in range(2))
    assert again == first
    with pytest.raises(ConflictError) as refused:
        client.webhooks.create(**wanted | {"name": "Other"})
    assert refused.value.error_code == "idempotency_request_mismatch"
    client.webhooks.delete(first.webhook_id)
    anew = client.webhooks.create(**wanted)
    assert anew.webhook_id == first.webhook_id
    assert anew.secret != first.secret
    client.webhooks.delete(anew.webhook_id)


def test_bad_event_and_address_are_refused_by_field(client: EitherClient) -> None:
    for changes, field in (({"events": ["prompt.run.completed"]}, "events.0"), ({"url": "ftp://a"}, "url")):
        with pytest.raises(ValidationError) as refused:
            client.webhooks.create(
                **{"name": "Flow", "url": "http://127.0.0.1:9/", "events": ["export.ready"]} | changes
            )
        assert refused_field(refused) == field


def test_import_of_medium_is_delivered_signed(
    client: EitherClient, receiver: Receiver, webhook: Any, tmp_path: Path
) -> None:
    video_id = _create_medium(client, tmp_path, 51)
    request = _arrived(receiver, video_id)
    _verify(request, webhook.secret)
    assert request.envelope["event"] == "media.created"
    assert request.envelope["metadata"] == {"flow": 7}
    wait_until(lambda: client.webhooks.get_delivery(request.delivery_id).status == "delivered")
    listed = client.webhooks.list_deliveries(webhook.webhook_id, status="delivered", limit=10)
    assert (request.delivery_id, None) in {(each.delivery_id, each.payload) for each in listed}
    read = client.webhooks.get_delivery(request.delivery_id)
    assert (read.payload, read.attempts, read.response_status_code) == (request.envelope, 1, 200)
    with pytest.raises(ConflictError):
        client.webhooks.retry_delivery(request.delivery_id)


def test_failed_attempt_is_retried_by_hand(
    client: EitherClient, receiver: Receiver, webhook: Any, tmp_path: Path
) -> None:
    receiver.answer = lambda _: Answer(500, b"not today")
    request = _arrived(receiver, _create_medium(client, tmp_path, 52))
    waiting: list[Any] = []

    def is_waiting() -> bool:
        waiting.append(client.webhooks.get_delivery(request.delivery_id))
        return bool(waiting[-1].status == "retrying")

    wait_until(is_waiting, "the end of the attempt")
    assert waiting[-1].response_body == "not today"
    assert waiting[-1].next_retry_at
    receiver.answer = lambda _: Answer()
    assert client.webhooks.retry_delivery(request.delivery_id).payload == request.envelope
    wait_until(lambda: client.webhooks.get_delivery(request.delivery_id).status == "delivered")
    assert [each.delivery_id for each in receiver.received].count(request.delivery_id) >= 2


def test_rotation_and_test_delivery(client: EitherClient, receiver: Receiver, webhook: Any) -> None:
    rotated = client.webhooks.rotate_secret(webhook.webhook_id)
    assert rotated.webhook_id == webhook.webhook_id
    outcome = client.webhooks.test(webhook.webhook_id)
    assert (outcome.success, outcome.status_code, outcome.error) == (True, 200, None)
    request = next(each for each in receiver.received if each.envelope["event"] == "test")
    _verify(request, rotated.new_secret)
    Verifier(webhook.secret).verify(request.body, dict(request.headers))
    receiver.answer = lambda _: Answer(404)
    failed = client.webhooks.test(webhook.webhook_id)
    assert (failed.success, failed.status_code, bool(failed.error)) == (False, 404, True)


def test_paused_webhook_gets_nothing(
    client: EitherClient, receiver: Receiver, webhook: Any, tmp_path: Path
) -> None:
    client.webhooks.update(webhook.webhook_id, status="paused")
    with running_receiver() as witness:
        other = client.webhooks.create(name="Witness", url=witness.url, events=["media.created"])
        hidden = _create_medium(client, tmp_path, 53)
        _arrived(witness, hidden)  # so the event has been queued for every webhook that gets it
        client.webhooks.delete(other.webhook_id)
    client.webhooks.update(webhook.webhook_id, status="active")
    _arrived(receiver, _create_medium(client, tmp_path, 54))
    assert hidden not in {each.envelope["data"].get("video_id") for each in receiver.received}
