"""The reference page of events, generated from the catalogue and the payload models."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, get_args

from pydantic import BaseModel

from shared.domain import ids
from shared.domain.events.catalogue import CATALOGUE, EventKind
from shared.domain.events.event import API_VERSION, EventPayload

_HEAD: Final = f"""\
# Events

An event tells of a change in the archive. It is stored in the transaction of the change and kept for 7 days.
The [live stream](live-stream.md) carries every event of the tenant. Webhooks can subscribe to the events that
the table marks so. Events do not come in a fixed order, and may come more than once: `event_id` tells them
apart.

`payload` holds ids, statuses and counts as they were at the time of the event. It holds no transcripts, no
results and no credentials. The `api_version` of this page is `{API_VERSION}`. Payloads only gain fields under
one version: ignore fields that you do not know.

`.venv/bin/python -m shared.cli documentation` generates this page from `shared/domain/events`.

"""
_FIELDS: Final = """
## Fields of every event

| field | type | description |
| --- | --- | --- |
| `event_id` | text | unique id; it sorts by time |
| `event_type` | text | name of the event |
| `api_version` | text | version of the payloads |
| `user_id` | text or null | user whose request caused the change |
| `run_id` | text or null | run that the event belongs to |
| `video_id` | text or null | medium that the event belongs to |
| `segment_id` | text or null | segment that the event belongs to |
| `index_id` | text or null | index that the event belongs to |
| `created_at` | text | time of the event, ISO 8601 in UTC with milliseconds |
| `payload` | object | see below |
"""
_TYPES: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "array": "array of objects",
    "null": "null",
}
_VALUES: Final[dict[str, Any]] = {"string": "city-walk", "integer": 12, "number": 150.0, "boolean": True}
_VALUES_OF_FIELDS: Final[dict[str, Any]] = {
    "ConnectorPayload.status": "active",
    "ConnectorPayload.success": None,
    "DeletionPayload.status": "deleted",
    "ExportPayload.status": "completed",
    "ImportJobPayload.phase": "completed",
    "ImportJobPayload.bytes_transferred": 48_213_760,
    "MediaPayload.part_count": 1,
    "MediaProcessingPayload.part_count": 1,
    "SegmentPayload.ordinal": 3,
    "SegmentPayload.start_seconds": 37.5,
    "SegmentPayload.end_seconds": 50.0,
    "MatchedSegmentPayload.start_seconds": 37.5,
    "MatchedSegmentPayload.end_seconds": 50.0,
    "MatchedSegmentPayload.score": 0.62,
    "SearchMatchPayload.min_score": 0.4,
    "SearchMatchPayload.score_space": "text",
    "SearchMatchPayload.score_scale": "cosine",
    "SearchMatchPayload.score_model": "all-minilm-l6-v2@1/384",
    "SearchMatchPayload.has_more": False,
    "SearchMatchPayload.name": "Bicycles at night",
    "WebhookPayload.reason": "The receiver has answered no delivery with success for three days.",
}
_ZERO: Final = re.compile(r"fail|cancel|skip|partial|index|ordinal")
"""Names of counters that are 0 where nothing went wrong, and of numbers that start at 0."""

_STATUS_AT: Final = {"completed": "processed", "started": "processing"}
"""Statuses of media at events with another word."""

_ULID: Final = "01KZ5V3Q8M4T7XW2E9RYBHNC6D"
_ID_PREFIXES: Final = {
    "video_id": ids.MEDIA,
    "index_id": ids.INDEX,
    "run_id": ids.PROMPT_RUN,
    "prompt_id": ids.PROMPT,
    "job_id": ids.IMPORT_JOB,
    "import_job_id": ids.IMPORT_JOB,
    "deletion_id": ids.DELETION,
    "connector_id": ids.CONNECTOR,
    "destination_connector_id": ids.CONNECTOR,
    "webhook_id": ids.WEBHOOK,
    "retry_id": ids.RETRY,
    "saved_search_id": ids.SAVED_SEARCH,
    "target_id": ids.INDEX,
    "export_id": "exp",
}
_SEGMENT_ID: Final = f"seg_{_ULID}_0a1b2c3d_000003"


def events_page() -> str:
    """Return the page: a table of events, the fields of all events, then each payload with an example."""
    return "".join([_HEAD, _table_of_events(), _FIELDS, *map(_payload_part, _example_kinds())])


def _table_of_events() -> str:
    lines = ["| event | to | it occurs when | payload |", "| --- | --- | --- | --- |"]
    for kind in CATALOGUE:
        to = "webhooks, stream" if kind.for_webhooks else "stream"
        title = _title(kind.payload)
        link = f"[{title}](#{title.lower().replace(' ', '-')})"
        lines.append(f"| `{kind.event_type}` | {to} | {kind.when} | {link} |")
    return "\n".join(lines) + "\n"


def _example_kinds() -> list[EventKind]:
    """Return one event for each payload, in the order of the catalogue: its completion, or else its first."""
    chosen: dict[type[EventPayload], EventKind] = {}
    for kind in CATALOGUE:
        if kind.payload not in chosen or kind.event_type.endswith(".completed"):
            chosen[kind.payload] = kind
    return list(chosen.values())


def _title(payload: type[EventPayload]) -> str:
    """Return the heading of a payload: ``Prompt run payload`` of ``PromptRunPayload``."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", payload.__name__).capitalize()


def _payload_part(kind: EventKind) -> str:
    rows = list(_rows(kind.payload))
    example = json.dumps(example_of(kind), indent=2)
    return "\n".join(
        [
            f"\n## {_title(kind.payload)}\n",
            f"{' '.join((kind.payload.__doc__ or '').split())}\n",
            "| field | type | description |",
            "| --- | --- | --- |",
            *rows,
            f"\n```json\n{example}\n```\n",
        ]
    )


def _rows(payload: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield a row for each field, and after an array of objects one for each field of the objects."""
    for name, schema in payload.model_json_schema()["properties"].items():
        types = " or ".join(_TYPES[each] for each in _types_of(schema))
        yield f"| `{prefix}{name}` | {types} | {schema['description']} |"
        if (elements := _elements(payload, name)) is not None:
            yield from _rows(elements, f"{prefix}{name}[].")


def _elements(payload: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Return the model of the elements of an array of objects; None for any other field."""
    for argument in get_args(payload.model_fields[name].annotation):
        if isinstance(argument, type) and issubclass(argument, BaseModel):
            return argument
    return None


def _types_of(schema: Mapping[str, Any]) -> list[str]:
    return [str(each["type"]) for each in schema.get("anyOf", [schema])]


def example_of(kind: EventKind) -> dict[str, Any]:
    """Return an example of an event as the live stream sends it."""
    payload = _example_payload(kind, kind.payload)
    return {
        "event_id": f"{ids.EVENT}_{_ULID}",
        "event_type": str(kind.event_type),
        "api_version": API_VERSION,
        "user_id": "usr_local",
        "run_id": payload.get("run_id"),
        "video_id": payload.get("video_id"),
        "segment_id": payload.get("segment_id"),
        "index_id": payload.get("index_id"),
        "created_at": "2026-08-03T09:30:00.000Z",
        "payload": payload,
    }


def _example_payload(kind: EventKind, payload: type[BaseModel]) -> dict[str, Any]:
    properties = payload.model_json_schema()["properties"]
    return {name: _example_value(kind, payload, name, schema) for name, schema in properties.items()}


def _example_value(kind: EventKind, payload: type[BaseModel], name: str, schema: Mapping[str, Any]) -> Any:
    """Return a value for a field: an id by its name, the status that fits the event, or null for what an
    event without a failure lacks."""
    if (path := f"{payload.__name__}.{name}") in _VALUES_OF_FIELDS:
        return _VALUES_OF_FIELDS[path]
    if name in _ID_PREFIXES:
        return f"{_ID_PREFIXES[name]}_{_ULID}"
    if name == "segment_id":
        return _SEGMENT_ID
    types = _types_of(schema)
    if (elements := _elements(payload, name)) is not None:
        return [_example_payload(kind, elements)]
    return _example_plain_value(kind, name, schema, types)


def _example_plain_value(kind: EventKind, name: str, schema: Mapping[str, Any], types: list[str]) -> Any:
    if types[0] == "integer":
        return 0 if _ZERO.search(name) else _VALUES["integer"]
    if types[0] != "string":
        return _VALUES[types[0]]
    named = re.findall(r"`(\w+)`", schema["description"])
    ending = kind.event_type.rpartition(".")[2]
    fitting = next((word for word in named if word in (ending, _STATUS_AT.get(ending))), None)
    return fitting or (None if "null" in types else next(iter(named), _VALUES["string"]))
