"""Webhooks over HTTP."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from starlette.testclient import TestClient

from shared.domain import clock, keys
from shared.domain.access import Scope
from shared.domain.clock import isoformat
from shared.domain.events.event import Event
from shared.domain.events.payloads import MediaPayload
from shared.domain.events.types import EventType
from shared.domain.webhooks.webhook import Webhook, WebhookStatus
from shared.runtime import Runtime
from shared.services.notifications.delivery_queue import new_delivery
from shared.services.records.event_log import event_write
from shared.settings import Settings
from tests.api.conftest import NewClient
from tests.receiver import Answer, Receiver, running_receiver

EVENTS = ["media.created", "prompt_run.completed"]
NOT_NULL = ("webhook_id", "name", "url", "events", "status", "failure_count", "created_at", "updated_at")
PAYLOAD = MediaPayload(
    video_id="vid_1",
    index_id=None,
    title="clip",
    media_type="video",
    status="not_processed",
    duration_seconds=1.0,
    import_job_id=None,
    part_index=0,
    part_count=1,
)


@pytest.fixture(scope="module")
def running() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(running: Receiver) -> Receiver:
    running.received.clear()
    running.answer = lambda _: Answer()
    return running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an operator that permits receivers on loopback."""
    return Settings(
        data_folder=tmp_path / "data", public_base_url="http://testserver", webhook_hosts="127.0.0.1"
    )


def _body(**changes: Any) -> dict[str, Any]:
    return {"name": "flow", "url": "http://127.0.0.1:9/hook", "events": EVENTS, **changes}


def _create(client: TestClient, key: str | None = None, **changes: Any) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = client.post("/webhooks", json=_body(**changes), headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def _field(answer: Any) -> str:
    assert answer.status_code == 422, answer.text
    return str(answer.json()["error"]["details"]["errors"][0]["field"])


def _event(runtime: Runtime) -> Event:
    event = Event.of(EventType.MEDIA_CREATED, PAYLOAD, tenant_id="acme", video_id="vid_1")
    runtime.documents.write(event_write(event))
    return event


def _deliver(runtime: Runtime, webhook_id: str) -> str:
    """Queue and attempt the delivery of a new event. Return its id."""
    delivery = new_delivery(_event(runtime), webhook_id, clock.now())
    runtime.notifications.delivery_queue.add([delivery])
    for due in _due(runtime):
        runtime.notifications.delivery_attempts.handle(due)
    return delivery.delivery_id


def _due(runtime: Runtime) -> list[Any]:
    from shared.services.records.due_work import due_until

    return list(due_until(runtime.documents, clock.now() + timedelta(days=1)))


def test_webhook_is_created_listed_and_read(client: TestClient) -> None:
    made = _create(client, metadata={"n8n_workflow_id": "7", "nested": {"list": [1, None, "ü"]}})
    assert all(made[name] is not None for name in NOT_NULL)
    assert made["secret"].startswith("whsec_")
    assert {name: made[name] for name in ("name", "url", "events", "status", "index_ids")} == {
        "name": "flow",
        "url": "http://127.0.0.1:9/hook",
        "events": EVENTS,
        "status": "active",
        "index_ids": None,
    }
    assert made["metadata"] == {"n8n_workflow_id": "7", "nested": {"list": [1, None, "ü"]}}
    shown = {name: value for name, value in made.items() if name != "secret"}
    assert client.get(f"/webhooks/{made['webhook_id']}").json() == shown
    assert client.get("/webhooks").json() == [shown]


def test_events_are_a_public_array_of_18(anonymous: TestClient) -> None:
    answer = anonymous.get("/webhooks/events")
    assert answer.status_code == 200
    assert len(set(answer.json())) == len(answer.json()) == 18
    assert answer.json()[:2] == ["media.created", "media.processing.started"]
    assert not [name for name in answer.json() if name.startswith(("connector.", "segment.", "webhook."))]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": None}, "name"),
        ({"url": "https://a.example/" + "p" * 2048}, "url"),
        ({"url": "http://93.184.216.34/"}, "url"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://user:pass@93.184.216.34/"}, "url"),
        ({"url": "not a url"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["prompt.run.completed"]}, "events.0"),
        ({"events": ["media.created", "connector.created"]}, "events.1"),
        ({"events": ["media.created", "media.created"]}, "events.1"),
        ({"events": "media.created"}, "events"),
        ({"index_ids": ["i"] * 101}, "index_ids"),
        ({"index_ids": [""]}, "index_ids.0"),
        ({"metadata": []}, "metadata"),
        ({"metadata": {"text": "x" * 17_000}}, "metadata"),
    ],
)
def test_bad_field_is_refused_by_name(client: TestClient, changes: dict[str, Any], field: str) -> None:
    created = client.post("/webhooks", json=_body(**changes))
    assert _field(created) == field
    if changes != {"name": None}:
        webhook_id = _create(client)["webhook_id"]
        assert _field(client.patch(f"/webhooks/{webhook_id}", json=changes)) == field


def test_empty_list_of_indexes_means_all(client: TestClient) -> None:
    """The official client sends no null in a change, so that an empty list is its only way to clear them."""
    assert _create(client, index_ids=[])["index_ids"] is None
    index_id = client.post("/indexes", json={"name": "Films"}).json()["index_id"]
    path = f"/webhooks/{_create(client, index_ids=[index_id])['webhook_id']}"
    assert client.patch(path, json={"name": "flow"}).json()["index_ids"] == [index_id]
    assert client.patch(path, json={"index_ids": []}).json()["index_ids"] is None


def test_key_takes_empty_list_and_null_for_the_same(client: TestClient) -> None:
    headers = {"Idempotency-Key": "webhook-create:1"}
    bodies = (_body(), _body(index_ids=None), _body(index_ids=[]))
    first, *others = (client.post("/webhooks", json=body, headers=headers).json() for body in bodies)
    assert all(other == first for other in others)


@pytest.mark.parametrize(
    "url",
    ["http://192.0.2.1/", "http://93.184.216.34/", "https://93.184.216.34:9000/", "https://flow.local/"],
)
def test_refused_host_names_setting_that_permits_it(client: TestClient, url: str) -> None:
    message = client.post("/webhooks", json=_body(url=url)).json()["error"]["message"]
    assert message.endswith("unless the operator lists its host (setting webhook_hosts)")


def test_metadata_service_is_refused_without_a_way_to_permit_it(client: TestClient) -> None:
    answer = client.post("/webhooks", json=_body(url="http://169.254.169.254/"))
    assert answer.json()["error"]["message"] == "url: must not point into a private network"


def test_unknown_event_is_refused_with_allowed_names(client: TestClient) -> None:
    answer = client.post("/webhooks", json=_body(events=["prompt.run.completed"]))
    assert "prompt_run.completed" in answer.json()["error"]["message"]


def test_n8n_activation_is_replayed_with_secret(client: TestClient) -> None:
    """The handshake of the n8n trigger: activate, activate again, check, deactivate, activate anew."""
    body = _body(
        events=sorted(EVENTS),
        index_ids=None,
        metadata={"n8n_workflow_id": "wf", "n8n_node_id": "node"},
    )
    key = "n8n-webhook-" + hashlib.sha256(json.dumps(body).encode()).hexdigest()
    headers = {"Idempotency-Key": key}
    first, again = (client.post("/webhooks", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    webhook_id = first.json()["webhook_id"]
    checked = client.get(f"/webhooks/{webhook_id}").json()
    assert (checked["status"], checked["url"], checked["index_ids"]) == ("active", body["url"], None)
    assert set(checked["events"]) == set(EVENTS)
    assert [each for each in client.get("/webhooks").json() if each["metadata"] == body["metadata"]]
    deleted = client.delete(f"/webhooks/{webhook_id}", headers={"Idempotency-Key": "n8n-1"})
    assert (deleted.status_code, bool(deleted.json()["message"])) == (200, True)
    gone = client.delete(f"/webhooks/{webhook_id}", headers={"Idempotency-Key": "n8n-1"})
    assert _error(gone) == (404, "resource_webhook_not_found")
    assert client.get(f"/webhooks/{webhook_id}").status_code == 404
    anew = client.post("/webhooks", json=body, headers=headers)
    assert (anew.status_code, anew.json()["webhook_id"]) == (201, webhook_id)
    assert anew.json()["secret"] != first.json()["secret"]
    assert client.delete(f"/webhooks/{webhook_id}", headers={"Idempotency-Key": "n8n-1"}).status_code == 200


def test_same_key_with_other_content_is_a_conflict(client: TestClient) -> None:
    _create(client, "webhook-create:1")
    answer = client.post(
        "/webhooks", json=_body(name="other"), headers={"Idempotency-Key": "webhook-create:1"}
    )
    assert _error(answer) == (409, "idempotency_request_mismatch")


def test_quota_is_refused_with_its_numbers(client: TestClient, runtime: Runtime) -> None:
    runtime.settings.max_webhooks = 1
    _create(client)
    answer = client.post("/webhooks", json=_body())
    assert _error(answer) == (409, "resource_quota_exceeded")
    assert answer.json()["error"]["details"] == {
        "resource": "webhooks",
        "limit": 1,
        "used": 1,
        "reserved": 0,
    }


def test_webhook_of_another_tenant_is_not_found(client: TestClient, new_client: NewClient) -> None:
    webhook_id = _create(client)["webhook_id"]
    other = new_client(tenant="other")
    for method, path in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/rotate-secret"),
        ("POST", "/test"),
        ("GET", "/deliveries"),
    ):
        answer = other.request(method, f"/webhooks/{webhook_id}{path}")
        assert _error(answer) == (404, "resource_webhook_not_found")
    assert other.get("/webhooks").json() == []


def test_update_changes_given_fields_once(client: TestClient) -> None:
    made = _create(client, metadata={"a": 1})
    path, headers = f"/webhooks/{made['webhook_id']}", {"Idempotency-Key": "webhook-update:1"}
    first = client.patch(path, json={"name": "renamed", "status": "paused"}, headers=headers)
    assert (first.status_code, first.json()["name"], first.json()["status"]) == (200, "renamed", "paused")
    assert "secret" not in first.json()
    assert client.patch(path, json={"metadata": None}).json()["metadata"] is None
    again = client.patch(path, json={"name": "renamed", "status": "paused"}, headers=headers)
    assert again.json() == first.json()
    other = client.patch(path, json={"name": "third"}, headers=headers)
    assert _error(other) == (409, "idempotency_request_mismatch")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body"),
        ({"status": "disabled"}, "status"),
        ({"status": "off"}, "status"),
        ({"name": None}, "name"),
        ({"events": None}, "events"),
        ({"unknown": 1}, "body"),
    ],
)
def test_impossible_update_is_refused(client: TestClient, body: dict[str, Any], field: str) -> None:
    webhook_id = _create(client)["webhook_id"]
    assert _field(client.patch(f"/webhooks/{webhook_id}", json=body)) == field


def test_activation_of_disabled_webhook_clears_reason(client: TestClient, runtime: Runtime) -> None:
    webhook_id = _create(client)["webhook_id"]
    runtime.documents.update(
        Webhook,
        keys.webhook("acme", webhook_id),
        lambda found: found.model_copy(
            update={
                "status": WebhookStatus.DISABLED,
                "disabled_reason": "No success for 5 days.",
                "failure_count": 4,
            }
        ),
    )
    shown = client.get(f"/webhooks/{webhook_id}").json()
    assert (shown["status"], shown["disabled_reason"]) == ("disabled", "No success for 5 days.")
    active = client.patch(f"/webhooks/{webhook_id}", json={"status": "active"}).json()
    assert (active["status"], active["disabled_reason"], active["failure_count"]) == ("active", None, 0)


def test_rotated_secret_signs_next_delivery(client: TestClient, runtime: Runtime, receiver: Receiver) -> None:
    made = _create(client, url=receiver.url)
    rotated = client.post(f"/webhooks/{made['webhook_id']}/rotate-secret").json()
    assert rotated.keys() == {"webhook_id", "new_secret"}
    shown = client.get(f"/webhooks/{made['webhook_id']}").json()
    assert shown["previous_secret_until"] > isoformat(clock.now() + timedelta(hours=23))
    _deliver(runtime, made["webhook_id"])
    (request,) = receiver.received
    expected = hmac.new(rotated["new_secret"].encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-webhook-signature"] == f"sha256={expected}"
    for secret in (made["secret"], rotated["new_secret"]):
        Verifier(secret).verify(request.body, dict(request.headers))


def test_test_delivery_answers_with_its_outcome(client: TestClient, receiver: Receiver) -> None:
    webhook_id = _create(client, url=receiver.url)["webhook_id"]
    path = f"/webhooks/{webhook_id}/test"
    assert client.post(path).json() == {"success": True, "status_code": 200, "error": None}
    receiver.answer = lambda _: Answer(500)
    refused = client.post(path, json={})
    assert refused.status_code == 200
    assert (refused.json()["success"], refused.json()["status_code"]) == (False, 500)
    headers = {"Idempotency-Key": "webhook-test:1"}
    for _ in range(2):
        client.post(path, headers=headers)
    assert len(receiver.received) == 3
    unreachable = client.post(f"/webhooks/{_create(client)['webhook_id']}/test").json()
    assert (unreachable["success"], unreachable["status_code"]) == (False, None)
    assert unreachable["error"]


def test_delivery_is_listed_and_read_with_payload(
    client: TestClient, runtime: Runtime, receiver: Receiver
) -> None:
    webhook_id = _create(client, url=receiver.url, metadata={"flow": 7})["webhook_id"]
    delivery_id = _deliver(runtime, webhook_id)
    (listed,) = client.get(f"/webhooks/{webhook_id}/deliveries").json()
    assert (listed["delivery_id"], listed["payload"]) == (delivery_id, None)
    assert (listed["status"], listed["attempts"], listed["response_status_code"]) == ("delivered", 1, 200)
    assert listed["response_body"] == "thanks"
    read = client.get(f"/webhooks/deliveries/{delivery_id}").json()
    assert read == {**listed, "payload": receiver.received[0].envelope}
    assert read["payload"]["data"]["video_id"] == "vid_1"


def test_list_of_deliveries_has_limit_and_filter(client: TestClient, runtime: Runtime) -> None:
    webhook_id = _create(client)["webhook_id"]
    ids = sorted((_deliver(runtime, webhook_id) for _ in range(3)), reverse=True)
    path = f"/webhooks/{webhook_id}/deliveries"
    assert [each["delivery_id"] for each in client.get(path).json()] == ids
    assert [each["delivery_id"] for each in client.get(path, params={"limit": 2}).json()] == ids[:2]
    assert client.get(path, params={"status": "delivered"}).json() == []
    assert len(client.get(path, params={"status": "retrying"}).json()) == 3
    for query, field in (({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"status": "x"}, "status")):
        assert _field(client.get(path, params=query)) == field


def test_delivery_is_retried_until_it_has_arrived(
    client: TestClient, runtime: Runtime, receiver: Receiver
) -> None:
    receiver.answer = lambda _: Answer(503)
    webhook_id = _create(client, url=receiver.url)["webhook_id"]
    path = f"/webhooks/deliveries/{_deliver(runtime, webhook_id)}"
    assert client.get(path).json()["status"] == "retrying"
    receiver.answer = lambda _: Answer()
    retried = client.post(f"{path}/retry")
    assert (retried.status_code, retried.json()["status"]) == (200, "retrying")
    assert retried.json()["payload"] == receiver.received[0].envelope
    for due in _due(runtime):
        runtime.notifications.delivery_attempts.handle(due)
    assert client.get(path).json()["status"] == "delivered"
    assert _error(client.post(f"{path}/retry")) == (409, "delivery_already_delivered")
    assert _error(client.post("/webhooks/deliveries/dlv_x/retry")) == (
        404,
        "resource_webhook_delivery_not_found",
    )


def test_replay_queues_events_of_range(client: TestClient, runtime: Runtime) -> None:
    webhook_id = _create(client)["webhook_id"]
    for _ in range(3):
        _event(runtime)
    path, body = f"/webhooks/{webhook_id}/replay", {"from": isoformat(clock.now() - timedelta(hours=1))}
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["deliveries"], answer.json()["has_more"]) == (202, 3, False)
    assert answer.json()["next_cursor"] is None
    assert len(client.get(f"/webhooks/{webhook_id}/deliveries").json()) == 3
    headers = {"Idempotency-Key": "replay:1"}
    first, again = (client.post(path, json=body, headers=headers).json() for _ in range(2))
    assert first == again
    assert len(client.get(f"/webhooks/{webhook_id}/deliveries").json()) == 6


def test_replay_goes_on_with_cursor(
    client: TestClient, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.services.notifications.replays.MAX_DELIVERIES", 2)
    webhook_id = _create(client)["webhook_id"]
    for _ in range(3):
        _event(runtime)
    path, body = f"/webhooks/{webhook_id}/replay", {"from": isoformat(clock.now() - timedelta(hours=1))}
    first = client.post(path, json=body).json()
    assert (first["deliveries"], first["has_more"]) == (2, True)
    rest = {**body, "to": first["to"], "cursor": first["next_cursor"]}
    second = client.post(path, json=rest).json()
    assert (second["deliveries"], second["has_more"]) == (1, False)
    listed = client.get(f"/webhooks/{webhook_id}/deliveries").json()
    assert len({each["event_id"] for each in listed}) == len(listed) == 3
    other = client.post(path, json={**rest, "from": isoformat(clock.now() - timedelta(hours=2))})
    assert _error(other) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "from"),
        ({"from": "yesterday"}, "from"),
        ({"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "to"),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, "to"),
        ({"from": "2026-01-01T00:00:00Z", "to": "9999-12-31T23:59:59-12:00"}, "to"),
    ],
)
def test_impossible_replay_is_refused(client: TestClient, body: dict[str, Any], field: str) -> None:
    webhook_id = _create(client)["webhook_id"]
    assert _field(client.post(f"/webhooks/{webhook_id}/replay", json=body)) == field


@pytest.mark.parametrize("start", ["0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00"])
def test_replay_begins_anywhere_in_the_past(client: TestClient, start: str) -> None:
    webhook_id = _create(client)["webhook_id"]
    answer = client.post(f"/webhooks/{webhook_id}/replay", json={"from": start})
    assert (answer.status_code, answer.json()["deliveries"]) == (202, 0)


def test_paused_webhook_is_neither_replayed_nor_retried(client: TestClient, runtime: Runtime) -> None:
    webhook_id = _create(client)["webhook_id"]
    delivery_id = _deliver(runtime, webhook_id)
    client.patch(f"/webhooks/{webhook_id}", json={"status": "paused"})
    replay = client.post(f"/webhooks/{webhook_id}/replay", json={"from": "2026-01-01T00:00:00Z"})
    retry = client.post(f"/webhooks/deliveries/{delivery_id}/retry")
    assert _error(replay) == _error(retry) == (409, "webhook_not_active")


def test_deletion_needs_admin_and_change_needs_write(client: TestClient, new_client: NewClient) -> None:
    webhook_id = _create(client)["webhook_id"]
    assert new_client(Scope.WRITE).delete(f"/webhooks/{webhook_id}").status_code == 403
    reader = new_client(Scope.READ)
    assert reader.get(f"/webhooks/{webhook_id}").status_code == 200
    assert reader.patch(f"/webhooks/{webhook_id}", json={"name": "x"}).status_code == 403
    assert reader.post("/webhooks/whk_made_up/rotate-secret").status_code == 403
