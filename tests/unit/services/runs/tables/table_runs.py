"""Ended runs with given results, and reads of their tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shared.domain import keys
from shared.domain.clock import timestamp
from shared.domain.ids import new_id, segment_id
from shared.domain.media import Media
from shared.domain.prompts.prompt import PromptDefinition, VideoLevel
from shared.domain.runs.prompt_run import (
    MediumState,
    OperationOutcome,
    PromptRun,
    RunOptions,
    RunStatus,
    SegmentResult,
    VideoResult,
)
from shared.domain.runs.statuses import VideoLevelStatus
from shared.domain.runs.targets import PlaygroundTarget
from shared.domain.schema.shape import JsonObject
from shared.ports.records import Put
from shared.services.records.documents import Documents, put
from shared.services.runs.tables.tables import RunTables

RECIPE: Final = "fixed:10"
PERSON: Final = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "hats": {
            "type": "array",
            "items": {"type": "object", "properties": {"colour": {"type": "string"}}},
        },
    },
}
SCHEMA: Final = {
    "type": "object",
    "properties": {
        "scene": {
            "type": "object",
            "properties": {"location": {"type": "string"}, "light": {"type": "number"}},
        },
        "count": {"type": "integer"},
        "indoor": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "Title": {"type": "string"},
        "SEGMENT_ID": {"type": "string"},
        'say "hi"; --': {"type": "string"},
        "people": {"type": "array", "items": PERSON},
    },
}
RESULT: Final = {
    "scene": {"location": "Brücke", "light": 0.25},
    "count": 3,
    "indoor": True,
    "tags": ["a", "b"],
    "Title": "A film",
    "SEGMENT_ID": "mine",
    'say "hi"; --': "hello",
    "people": [{"name": "Ann", "hats": [{"colour": "red"}, {"colour": "blue"}]}, {"name": "Bob"}],
    "transcription": "Good morning.",
}
OVERVIEW: Final = VideoLevel(
    instructions_text="Sum it up",
    json_schema={
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "parts": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": {"type": "string"}}},
            },
        },
    },
)


def add_table_run(
    documents: Documents,
    results: Mapping[str, Sequence[JsonObject | None]],
    *,
    tenant_id: str = "anna",
    schema: JsonObject = SCHEMA,
    overviews: Mapping[str, JsonObject] | None = None,
    status: RunStatus = RunStatus.COMPLETED,
) -> PromptRun:
    """Write a run. ``results`` maps media to the fields of their segments; None is a failed segment.
    ``overviews`` are media-wide results."""
    video_level = OVERVIEW if overviews is not None else None
    run = PromptRun(
        run_id=new_id("run"),
        tenant_id=tenant_id,
        user_id="usr_1",
        prompt_id="prm_1",
        prompt=PromptDefinition(name="Colours", prompt_text="t", json_schema=schema, video_level=video_level),
        options=RunOptions(),
        target=PlaygroundTarget(),
        index_id=None,
        status=status,
        planned=True,
        executed_at=timestamp(),
    )
    documents.write(put(keys.prompt_run(tenant_id, run.run_id), run))
    for ordinal, (media_id, fields) in enumerate(results.items()):
        _add_medium(documents, run, media_id, ordinal, fields)
        if overviews and media_id in overviews:
            documents.write(_overview(run, media_id, overviews[media_id]))
    return run


def _add_medium(
    documents: Documents,
    run: PromptRun,
    media_id: str,
    ordinal: int,
    fields: Sequence[JsonObject | None],
) -> None:
    media = documents.get(Media, keys.media(run.tenant_id, media_id))
    assert media is not None
    state = MediumState(
        run_id=run.run_id,
        media_id=media_id,
        media_type=media.media_type,
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        status=RunStatus.COMPLETED,
        recipe=RECIPE,
        total_segments=len(fields),
        created_at=timestamp(),
        updated_at=timestamp(),
    )
    documents.write(
        put(keys.medium_state(run.tenant_id, run.run_id, media_id), state),
        Put(keys.run_of_media(run.tenant_id, media_id, run.run_id), {}),
        *(write_result(run, media_id, number, data) for number, data in enumerate(fields)),
    )


def write_result(run: PromptRun, media_id: str, ordinal: int, metadata: JsonObject | None) -> Put:
    """Return the write of a result."""
    result = SegmentResult(
        run_id=run.run_id,
        media_id=media_id,
        segment_id=segment_id(media_id, RECIPE, ordinal),
        prompt_id=run.prompt_id,
        ordinal=ordinal,
        start=10.0 * ordinal,
        end=10.0 * ordinal + 10,
        metadata=metadata or {},
        field_extraction=OperationOutcome(
            succeeded=metadata is not None, error=None if metadata is not None else "no answer"
        ),
        completed_at=timestamp(),
        executed_at=run.executed_at,
    )
    return put(keys.segment_result(run.tenant_id, run.run_id, media_id, result.segment_id), result)


def _overview(run: PromptRun, media_id: str, metadata: JsonObject) -> Put:
    result = VideoResult(
        run_id=run.run_id,
        media_id=media_id,
        prompt_id=run.prompt_id,
        status=VideoLevelStatus.COMPLETED,
        metadata=metadata,
        executed_at=run.executed_at,
    )
    return put(keys.video_result(run.tenant_id, run.run_id, media_id), result)


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on a file."""
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def table_rows(tables: RunTables, run: PromptRun, query: str) -> list[tuple[Any, ...]]:
    """Open the table of a run, and return the rows of a query."""
    with tables.open(run.tenant_id, run.run_id) as path:
        return rows(path, query)
