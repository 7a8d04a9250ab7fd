from typing import Any

import pytest

from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.webhooks.subscription import subscribes
from shared.domain.webhooks.webhook import WebhookStatus
from tests.unit.domain.webhooks.webhooks import CREATED, some_webhook


def _event(**fields: Any) -> Event:
    defaults: dict[str, Any] = {
        "event_id": "evt_1",
        "event_type": EventType.MEDIA_CREATED,
        "tenant_id": "t",
        "created_at": CREATED,
        "payload": {},
    }
    return Event(**defaults | fields)


def test_event_of_subscribed_type_is_delivered() -> None:
    assert subscribes(some_webhook(), _event())
    assert not subscribes(some_webhook(), _event(event_type=EventType.EXPORT_READY))


@pytest.mark.parametrize(
    ("index_ids", "index_id", "expected"),
    [
        (None, "idx_1", True),
        (["idx_1", "idx_2"], "idx_2", True),
        (["idx_1"], "idx_2", False),
        (["idx_1"], None, True),
        (None, None, True),
    ],
)
def test_index_filter(index_ids: list[str] | None, index_id: str | None, expected: bool) -> None:
    assert subscribes(some_webhook(index_ids=index_ids), _event(index_id=index_id)) is expected


@pytest.mark.parametrize("status", [WebhookStatus.PAUSED, WebhookStatus.DISABLED])
def test_inactive_webhook_gets_no_event(status: WebhookStatus) -> None:
    assert not subscribes(some_webhook(status=status), _event())


def test_event_from_before_creation_is_not_delivered() -> None:
    webhook = some_webhook(created_at="2026-01-01T00:05:00.000Z")
    assert not subscribes(webhook, _event(created_at="2026-01-01T00:03:59.999Z"))
    assert subscribes(webhook, _event(created_at="2026-01-01T00:04:30.000Z"))
