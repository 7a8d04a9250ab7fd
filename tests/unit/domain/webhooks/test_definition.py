from typing import Any

import pytest

from shared.domain.errors import InvalidRequest
from shared.domain.events.catalogue import WEBHOOK_EVENTS
from shared.domain.events.types import EventType
from shared.domain.webhooks.definition import (
    MAX_METADATA_BYTES,
    MAX_METADATA_DEPTH,
    WebhookChanges,
    WebhookDefinition,
    webhook_events,
)
from shared.domain.webhooks.webhook import WebhookStatus
from tests.unit.domain.webhooks.webhooks import some_webhook

GOOD: dict[str, Any] = {
    "name": "flow",
    "url": "https://receiver.example/hook",
    "events": [EventType.MEDIA_CREATED],
    "index_ids": None,
    "metadata": None,
}
LATER = "2026-02-01T00:00:00.000Z"


def _nested(levels: int) -> dict[str, Any]:
    value: Any = 1
    for _ in range(levels):
        value = {"a": value}
    return dict(value)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"name": "n" * 100},
        {"url": "https://a.example/" + "p" * 2030},
        {"index_ids": ["idx_1"]},
        {"index_ids": [f"idx_{number}" for number in range(100)]},
        {"metadata": {}},
        {"metadata": {"text": "x" * (MAX_METADATA_BYTES - 11)}},
        {"metadata": _nested(MAX_METADATA_DEPTH)},
    ],
)
def test_definition_within_limits_passes(fields: dict[str, Any]) -> None:
    WebhookDefinition(**GOOD | fields).check()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "  "),
        ("name", "n" * 101),
        ("url", ""),
        ("url", "https://a.example/" + "p" * 2031),
        ("index_ids", []),
        ("index_ids", [f"idx_{number}" for number in range(101)]),
        ("index_ids", ["idx_1", "idx_1"]),
        ("metadata", {"text": "x" * (MAX_METADATA_BYTES - 10)}),
        ("metadata", {"text": "ä" * (MAX_METADATA_BYTES // 2)}),
        ("metadata", _nested(MAX_METADATA_DEPTH + 1)),
    ],
)
def test_field_beyond_limit_is_refused_by_name(field: str, value: Any) -> None:
    for defined in (WebhookDefinition(**GOOD | {field: value}), WebhookChanges(**{field: value})):
        with pytest.raises(InvalidRequest) as refused:
            defined.check()
        assert refused.value.field == field


def test_all_18_events_are_accepted_in_their_order() -> None:
    names = [str(event) for event in reversed(WEBHOOK_EVENTS)]
    assert webhook_events(names) == list(reversed(WEBHOOK_EVENTS))
    assert len(names) == 18


@pytest.mark.parametrize(
    ("names", "field"),
    [
        ([], "events"),
        (["media.created", "prompt.run.completed"], "events.1"),
        (["connector.created"], "events.0"),
        (["MEDIA.CREATED"], "events.0"),
        (["media.created", "export.ready", "media.created"], "events.2"),
    ],
)
def test_bad_event_is_refused_with_allowed_names(names: list[str], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        webhook_events(names)
    assert refused.value.field == field
    assert ("media.created" in refused.value.rule) is True


@pytest.mark.parametrize("field", ["name", "url", "events", "status"])
def test_null_is_refused_where_it_means_nothing(field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        WebhookChanges(**{field: None}).check()
    assert refused.value.field == field


def test_empty_change_and_disabling_are_refused() -> None:
    for changes, field in ((WebhookChanges(), "body"), (WebhookChanges(status="disabled"), "status")):
        with pytest.raises(InvalidRequest) as refused:
            changes.check()
        assert refused.value.field == field


def test_only_given_fields_change() -> None:
    webhook = some_webhook(index_ids=["idx_1"], metadata={"a": 1})
    renamed = WebhookChanges(name="other").applied(webhook, LATER)
    assert renamed == webhook.model_copy(update={"name": "other", "updated_at": LATER})
    cleared = WebhookChanges(index_ids=None, metadata=None).applied(webhook, LATER)
    assert (cleared.index_ids, cleared.metadata, cleared.name) == (None, None, webhook.name)


def test_activation_of_disabled_webhook_clears_its_failures() -> None:
    failing = {"failure_count": 9, "failing_since": LATER, "disabled_reason": "No delivery has succeeded."}
    disabled = some_webhook(status=WebhookStatus.DISABLED, last_failure_at=LATER, **failing)
    renamed = WebhookChanges(name="other").applied(disabled, LATER)
    assert (renamed.failure_count, renamed.disabled_reason) == (9, disabled.disabled_reason)
    active = WebhookChanges(status=WebhookStatus.ACTIVE).applied(disabled, LATER)
    assert (active.failure_count, active.failing_since, active.disabled_reason) == (0, None, None)
    assert active.last_failure_at == LATER


def test_pause_keeps_failures_and_drops_reason() -> None:
    disabled = some_webhook(status=WebhookStatus.DISABLED, failure_count=9, disabled_reason="because")
    paused = WebhookChanges(status=WebhookStatus.PAUSED).applied(disabled, LATER)
    assert (paused.status, paused.failure_count, paused.disabled_reason) == ("paused", 9, None)
    active = some_webhook(failure_count=3, failing_since=LATER)
    again = WebhookChanges(status=WebhookStatus.ACTIVE).applied(active, LATER)
    assert (again.failure_count, again.failing_since) == (3, LATER)
