"""The reference page of events covers the catalogue, and its examples are valid."""

import json
import re

import pytest
from pydantic import BaseModel

from functions.api.processing.schemas import StreamEvent
from shared.cli.events_page import _VALUES_OF_FIELDS, events_page, example_of
from shared.domain.events.catalogue import CATALOGUE, WEBHOOK_EVENTS, EventKind
from shared.domain.events.event import EventPayload
from shared.domain.events.payloads import MatchedSegmentPayload
from shared.domain.events.types import EventType

PAGE = events_page()
PAYLOADS = list(dict.fromkeys(kind.payload for kind in CATALOGUE))


def test_catalogue_has_every_event_once() -> None:
    listed = [kind.event_type for kind in CATALOGUE]
    assert sorted(listed) == sorted(EventType)
    assert len(WEBHOOK_EVENTS) == 18


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: str(kind.event_type))
def test_every_event_has_row_with_audience_and_time(kind: EventKind) -> None:
    (row,) = re.findall(
        rf"^\| `{re.escape(kind.event_type)}` \| (.+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE
    )
    to, when, _ = row
    assert to == ("webhooks, stream" if kind.event_type in WEBHOOK_EVENTS else "stream")
    assert len(when) > 10
    assert not when.endswith(".")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_every_field_of_payload_is_described(payload: type[EventPayload]) -> None:
    for name, field in payload.model_fields.items():
        assert field.description, name
        assert f"| `{name}` | " in PAGE
        assert f" | {field.description} |\n" in PAGE


@pytest.mark.parametrize("kind", CATALOGUE, ids=lambda kind: str(kind.event_type))
def test_example_is_valid(kind: EventKind) -> None:
    example = example_of(kind)
    assert StreamEvent.model_validate(example).model_dump(mode="json") == example
    assert kind.payload.model_validate(example["payload"]).model_dump(mode="json") == example["payload"]


def test_page_has_example_of_each_payload() -> None:
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    payload_of = {kind.event_type: kind.payload for kind in CATALOGUE}
    assert [payload_of[EventType(example["event_type"])] for example in examples] == PAYLOADS


def test_values_of_examples_name_existing_fields() -> None:
    models: list[type[BaseModel]] = [*PAYLOADS, MatchedSegmentPayload]
    fields = {f"{model.__name__}.{name}" for model in models for name in model.model_fields}
    assert set(_VALUES_OF_FIELDS) <= fields
