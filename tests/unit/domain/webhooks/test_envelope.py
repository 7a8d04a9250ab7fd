import json
from typing import Any

import pytest

from shared.domain.clock import now, timestamp
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.ids import EVENT, new_id
from shared.domain.webhooks.envelope import Envelope, delivery_headers
from tests.unit.domain.webhooks.webhooks import some_webhook


def _event() -> Event:
    return Event(
        event_id=new_id(EVENT),
        event_type=EventType.PROMPT_RUN_COMPLETED,
        tenant_id="t",
        index_id="idx_1",
        created_at=timestamp(),
        payload={"run_id": "run_1", "status": "completed", "error": None},
    )


def test_envelope_has_fields_of_contract() -> None:
    event = _event()
    assert json.loads(Envelope.of(event, some_webhook()).body()) == {
        "id": event.event_id,
        "event": "prompt_run.completed",
        "data": event.payload,
        "created_at": event.created_at,
        "api_version": "2024-01",
    }


def test_metadata_of_webhook_is_in_envelope() -> None:
    event = _event()
    metadata = {"n8n_workflow_id": "7", "text": "\ud800 Grüße"}
    assert json.loads(Envelope.of(event, some_webhook(metadata=metadata)).body())["metadata"] == metadata


def test_same_event_has_same_bytes_in_each_attempt() -> None:
    event = _event()
    stored = Event.model_validate_json(event.model_dump_json())
    assert Envelope.of(event, some_webhook()).body() == Envelope.of(stored, some_webhook()).body()


@pytest.mark.parametrize("metadata", [None, {"flow": 1}])
def test_test_envelope_has_event_test_and_message(metadata: dict[str, Any] | None) -> None:
    sent = json.loads(Envelope.test(some_webhook(metadata=metadata), now()).body())
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
