"""Reduction of a run table to what an export covers."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from shared.domain import keys
from shared.domain.exports.content_scope import ContentScope, ResultScope
from shared.domain.query.hits import segment_result_id, video_result_id
from shared.domain.runs.run_table.names import quoted
from shared.domain.runs.selection import MediumSelection
from shared.services.records.documents import Documents

_BATCH: Final = 100
_KEPT: Final = """
    CREATE TEMP TABLE kept_media (id TEXT PRIMARY KEY);
    CREATE TEMP TABLE kept_segments (id TEXT PRIMARY KEY);
    CREATE TEMP TABLE kept_media_results (id TEXT PRIMARY KEY);
"""
"""What stays in the file."""

_KEEP_ALL_OF_MEDIA: Final = """
    INSERT INTO kept_segments SELECT segment_id FROM segments WHERE video_id IN (SELECT id FROM kept_media);
    INSERT INTO kept_media_results SELECT id FROM kept_media;
"""
_DELETE_OTHERS: Final = """
    BEGIN;
    DELETE FROM media WHERE video_id NOT IN (SELECT id FROM kept_media);
    DELETE FROM segments WHERE segment_id NOT IN (SELECT id FROM kept_segments);
    DELETE FROM media_results WHERE video_id NOT IN (SELECT id FROM kept_media_results);
    DELETE FROM other_values WHERE segment_id NOT IN (SELECT id FROM kept_segments)
        OR (segment_id IS NULL AND video_id NOT IN (SELECT id FROM kept_media_results));
"""
_DELETE_MARKERS: Final = """
    DELETE FROM markers WHERE target_id != :run
        AND target_id NOT IN (SELECT id FROM kept_media)
        AND target_id NOT IN (SELECT id FROM kept_segments)
        AND target_id NOT IN (SELECT replace(:segment_result, '?', id) FROM kept_segments)
        AND target_id NOT IN (SELECT replace(:media_result, '?', id) FROM kept_media_results)
"""


def reduce_to_scope(path: Path, documents: Documents, scope: ContentScope, run_id: str) -> int:
    """Delete the media and results that the scope does not cover, and their bytes, from the run table at
    ``path``. Return the number of segments that stay."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.executescript(_KEPT)
        _choose(connection, documents, scope, run_id)
        if not _covers_everything(connection):
            _delete_others(connection, run_id)
        return _count(connection, "segments")


def _choose(connection: sqlite3.Connection, documents: Documents, scope: ContentScope, run_id: str) -> None:
    """Fill the tables of what stays."""
    media_ids = [entry.media_id for entry in scope.snapshot]
    match scope.result_scope:
        case ResultScope.ALL:
            _keep(connection, "kept_media", media_ids)
            connection.executescript(_KEEP_ALL_OF_MEDIA)
        case ResultScope.MATCHES:
            for selection in _selections(documents, scope.tenant_id, run_id, media_ids):
                _keep(connection, "kept_media", [selection.media_id])
                _keep(connection, "kept_segments", selection.segment_ids)
                _keep(connection, "kept_media_results", [selection.media_id] * selection.selects_video)


def _selections(
    documents: Documents, tenant_id: str, run_id: str, media_ids: Sequence[str]
) -> Iterator[MediumSelection]:
    for start in range(0, len(media_ids), _BATCH):
        wanted = media_ids[start : start + _BATCH]
        selections = [keys.medium_selection(tenant_id, run_id, media_id) for media_id in wanted]
        found = documents.get_many(MediumSelection, selections)
        yield from (selection for selection in found if not selection.is_empty)


def _keep(connection: sqlite3.Connection, table: str, identifiers: Iterable[str]) -> None:
    statement = f"INSERT OR IGNORE INTO {quoted(table)} VALUES (?)"  # noqa: S608 - a name of this module
    connection.executemany(statement, [(identifier,) for identifier in identifiers])


def _covers_everything(connection: sqlite3.Connection) -> bool:
    found = connection.execute(
        """SELECT 1 WHERE EXISTS (SELECT 1 FROM media WHERE video_id NOT IN (SELECT id FROM kept_media))
           OR EXISTS (SELECT 1 FROM segments WHERE segment_id NOT IN (SELECT id FROM kept_segments))
           OR EXISTS (
               SELECT 1 FROM media_results WHERE video_id NOT IN (SELECT id FROM kept_media_results))"""
    )
    return found.fetchone() is None


def _delete_others(connection: sqlite3.Connection, run_id: str) -> None:
    connection.executescript(_DELETE_OTHERS)
    for table, owner, parent in _child_tables(connection):
        connection.execute(
            f"DELETE FROM {quoted(table)} WHERE {owner} NOT IN (SELECT {owner} FROM {parent})"  # noqa: S608 - quoted
        )
    results = {
        "segment_result": segment_result_id("?", run_id),
        "media_result": video_result_id("?", run_id),
    }
    connection.execute(_DELETE_MARKERS, {"run": run_id, **results})
    connection.execute("COMMIT")
    connection.execute("VACUUM")  # deleted rows leave their bytes


def _child_tables(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Yield the tables of arrays of objects, each with the column of its owner and the owner's table."""
    tables = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
    for (name,) in tables.fetchall():
        for parent, owner in (("segments", "segment_id"), ("media_results", "video_id")):
            if name.startswith(f"{parent}."):
                yield name, owner, parent


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {quoted(table)}").fetchone()[0])  # noqa: S608
