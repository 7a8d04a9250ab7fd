"""The build of a run table, page by page of the results."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from shared.domain import keys
from shared.domain.runs.prompt_run import PromptRun
from shared.domain.runs.run_table.layout import LAYOUT_VERSION, Column, ResultLayout
from shared.domain.runs.run_table.names import Names
from shared.domain.runs.run_table.rows import ResultRows, Row
from shared.domain.schema.system_fields import TRANSCRIPTION
from shared.services.records.documents import Documents
from shared.services.runs.tables.contents import TableContents
from shared.services.runs.tables.file import (
    ABOUT,
    FIELDS,
    FIXED_TABLES,
    MEDIA,
    OTHER_VALUES,
    create,
    insert,
    writing,
)

_PAGE_SIZE: Final = 250
"""Results in memory at a time: about 2 MB, and 100 MB if each has the size of the largest record."""

_SEGMENT_COLUMNS: Final = (
    Column("segment_id", "TEXT"),
    Column("video_id", "TEXT"),
    Column("ordinal", "INTEGER"),
    Column("start_seconds", "REAL"),
    Column("end_seconds", "REAL"),
    Column(TRANSCRIPTION, "TEXT"),
    Column("succeeded", "INTEGER"),
    Column("field_extraction_succeeded", "INTEGER"),
    Column("transcription_succeeded", "INTEGER"),
    Column("image_embedding_succeeded", "INTEGER"),
    Column("processing_succeeded", "INTEGER"),
    Column("error_message", "TEXT"),
    Column("warning", "TEXT"),
    Column("completed_at", "TEXT"),
)
_MEDIA_RESULT_COLUMNS: Final = (
    Column("video_id", "TEXT"),
    Column("status", "TEXT"),
    Column("successful_segments", "INTEGER"),
    Column("failed_segments", "INTEGER"),
    Column("error_message", "TEXT"),
    Column("warning", "TEXT"),
    Column("completed_at", "TEXT"),
)
_OPERATIONS: Final = ("field_extraction", TRANSCRIPTION, "image_embedding", "processing")

_Body = Mapping[str, Any]


def build(
    path: Path, documents: Documents, run: PromptRun, contents: TableContents, check: Callable[[], None]
) -> None:
    """Write the run table to the file at ``path``, which is empty or is replaced.

    ``check`` is called before each page of results and may raise an exception to stop.
    """
    path.write_bytes(b"")
    names = Names(table.name for table in FIXED_TABLES)
    video_level = run.prompt.video_level
    segments = ResultLayout("segments", _SEGMENT_COLUMNS, run.prompt.json_schema, taken=names)
    media_results = ResultLayout(
        "media_results", _MEDIA_RESULT_COLUMNS, video_level.json_schema if video_level else {}, taken=names
    )
    with writing(path) as connection:
        for table in (*FIXED_TABLES, *segments.tables, *media_results.tables):
            create(connection, table)
        insert(connection, ABOUT, [_about(run, contents)])
        insert(connection, FIELDS, [*_fields(segments), *_fields(media_results)])
        insert(connection, MEDIA, [medium.values for medium in contents.media])
        for media_id in contents.media_ids:
            for page in _segment_pages(documents, run, media_id, check):
                _insert_segments(connection, segments, media_id, page)
            _insert_media_result(connection, media_results, documents, run, media_id)


def _about(run: PromptRun, contents: TableContents) -> Row:
    return (
        run.run_id,
        LAYOUT_VERSION,
        run.prompt_id,
        run.prompt.name,
        run.executed_at,
        contents.fingerprint,
    )


def _fields(layout: ResultLayout) -> Iterator[Row]:
    for table in layout.tables:
        for leaf in table.leaves:
            yield table.name, leaf.name, leaf.path, leaf.leaf_type


def _segment_pages(
    documents: Documents, run: PromptRun, media_id: str, check: Callable[[], None]
) -> Iterator[list[_Body]]:
    partition = keys.segment_result(run.tenant_id, run.run_id, media_id)
    check()
    for records in documents.record_pages(partition, limit=_PAGE_SIZE):
        yield [record.body for record in records]
        check()


def _insert_segments(
    connection: sqlite3.Connection, layout: ResultLayout, media_id: str, page: list[_Body]
) -> None:
    rows = ResultRows(layout)
    for body in page:
        metadata = body["metadata"]
        transcription = metadata.get(TRANSCRIPTION)
        if isinstance(transcription, str):
            metadata = {name: value for name, value in metadata.items() if name != TRANSCRIPTION}
        rows.add(_segment(body, transcription if isinstance(transcription, str) else None), metadata)
    _insert(connection, layout, rows)
    insert(connection, OTHER_VALUES, [(media_id, *other) for other in rows.others])


def _segment(body: _Body, transcription: str | None) -> Row:
    extraction, _, _, processing = outcomes = [body.get(operation) or {} for operation in _OPERATIONS]
    failed = extraction.get("succeeded") is False or processing.get("succeeded") is False
    return (
        body["segment_id"],
        body["media_id"],
        body["ordinal"],
        body["start"],
        body["end"],
        transcription,
        not failed,
        *(outcome.get("succeeded") for outcome in outcomes),
        (processing.get("error") or extraction.get("error")) if failed else None,
        body.get("warning"),
        body["completed_at"],
    )


def _insert_media_result(
    connection: sqlite3.Connection,
    layout: ResultLayout,
    documents: Documents,
    run: PromptRun,
    media_id: str,
) -> None:
    record = documents.records.get(keys.video_result(run.tenant_id, run.run_id, media_id))
    if record is None:
        return
    body = record.body
    fixed = (
        media_id,
        body["status"],
        body.get("successful_segment_count", 0),
        body.get("failed_segment_count", 0),
        body.get("error_message"),
        body.get("warning"),
        body.get("completed_at"),
    )
    rows = ResultRows(layout)
    rows.add(fixed, body.get("metadata") or {})
    _insert(connection, layout, rows)
    insert(connection, OTHER_VALUES, [(video_id, None, *rest) for video_id, *rest in rows.others])


def _insert(connection: sqlite3.Connection, layout: ResultLayout, rows: ResultRows) -> None:
    for table in layout.tables:
        insert(connection, table, rows.by_table[table.name])
