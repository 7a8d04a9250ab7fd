import json
from typing import Any

import pytest

from shared.domain.clock import now
from shared.domain.events.event import Event
from shared.domain.events.payloads import PromptRunPayload
from shared.domain.events.types import EventType
from shared.domain.webhooks.envelope import Envelope, delivery_headers
from shared.domain.webhooks.webhook import Webhook

PAYLOAD = PromptRunPayload(
    run_id="run_1",
    prompt_id="prm_1",
    index_id="idx_1",
    status="completed",
    total_media=1,
    completed_media=1,
    failed_media=0,
    total_segments=2,
    completed_segments=2,
)


def _webhook(metadata: dict[str, Any] | None = None) -> Webhook:
    return Webhook(
        webhook_id="whk_1",
        tenant_id="t",
        user_id="usr_1",
        name="flow",
        url="https://receiver.example/hook",
        events=[EventType.PROMPT_RUN_COMPLETED],
        metadata=metadata,
        secret_version="1",
        created_at="2026-01-01T00:00:00.000Z",
        updated_at="2026-01-01T00:00:00.000Z",
    )


def test_envelope_has_fields_of_contract() -> None:
    event = Event.of(EventType.PROMPT_RUN_COMPLETED, PAYLOAD, tenant_id="t", index_id="idx_1")
    assert json.loads(Envelope.of(event, _webhook()).body()) == {
        "id": event.event_id,
        "event": "prompt_run.completed",
        "data": event.payload,
        "created_at": event.created_at,
        "api_version": "2024-01",
    }


def test_metadata_of_webhook_is_in_envelope() -> None:
    event = Event.of(EventType.PROMPT_RUN_COMPLETED, PAYLOAD, tenant_id="t")
    metadata = {"n8n_workflow_id": "7", "text": "\ud800 Grüße"}
    assert json.loads(Envelope.of(event, _webhook(metadata)).body())["metadata"] == metadata


def test_same_event_has_same_bytes_in_each_attempt() -> None:
    event = Event.of(EventType.PROMPT_RUN_COMPLETED, PAYLOAD, tenant_id="t")
    stored = Event.model_validate_json(event.model_dump_json())
    assert Envelope.of(event, _webhook()).body() == Envelope.of(stored, _webhook()).body()


@pytest.mark.parametrize("metadata", [None, {"flow": 1}])
def test_test_envelope_has_event_test_and_message(metadata: dict[str, Any] | None) -> None:
    sent = json.loads(Envelope.test(_webhook(metadata), now()).body())
    assert sent["event"] == "test"
    assert sent["id"].startswith("evt_test_")
    assert set(sent["data"]) == {"message"}
    assert sent.get("metadata") == metadata


def test_delivery_has_four_headers_that_name_it() -> None:
    headers = delivery_headers("whk_1", "media.created", delivery_id="dlv_1", attempt_id="att_1")
    assert headers == {
        "X-Webhook-ID": "whk_1",
        "X-Event-Type": "media.created",
        "X-Delivery-ID": "dlv_1",
        "Idempotency-Key": "att_1",
        "X-Delivery-Attempt-ID": "att_1",
    }


def test_test_delivery_has_no_delivery_headers() -> None:
    assert set(delivery_headers("whk_1", "test")) == {"X-Webhook-ID", "X-Event-Type"}
