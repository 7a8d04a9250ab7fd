"""An export as SQLite: the run table of one run, reduced to what the export covers."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from shared.domain.errors import InvalidRequest
from shared.domain.exports.content_scope import ContentScope, ResultScope
from shared.domain.query.hits import segment_result_id, video_result_id
from shared.domain.runs.run_table.names import quoted
from shared.services.exports.content.output import Output
from shared.services.exports.content.reader import CheckStop
from shared.services.exports.content.sources import RunTables, Selections

_CHUNK: Final = 2**20
_BATCH: Final = 100
_KEPT_MEDIA: Final = "SELECT id FROM kept_media"
_KEPT_SEGMENTS: Final = "SELECT segment_id FROM segments"


def write_run_table(
    tables: RunTables, selections: Selections, scope: ContentScope, out: Output, check_stop: CheckStop
) -> int:
    """Write the file. Return the number of segments.

    Raises:
        InvalidRequest: the scope does not have exactly one run.
        Conflict: the run has not ended.
    """
    run_id = single_run(scope)
    with tables.open(scope.tenant_id, run_id, check_stop) as path:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            _reduce(connection, scope, run_id, selections)
            count = int(connection.execute("SELECT count(*) FROM segments").fetchone()[0])
        _copy(path, out, check_stop)
    return count


def single_run(scope: ContentScope) -> str:
    """Return the run of a scope. Raises: InvalidRequest: the scope does not have exactly one run."""
    run_ids = {entry.run_id for entry in scope.snapshot}
    if len(run_ids) != 1:
        raise InvalidRequest(
            "format",
            f"sqlite holds one run, and this export has {len(run_ids)}: choose one run in prompt_run_ids, "
            "or another format",
        )
    return run_ids.pop()


def _reduce(connection: sqlite3.Connection, scope: ContentScope, run_id: str, selections: Selections) -> None:
    """Delete the media and segments that the scope does not cover, and their bytes."""
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute("CREATE TEMP TABLE kept_media (id TEXT PRIMARY KEY)")
    connection.execute("CREATE TEMP TABLE matched (id TEXT PRIMARY KEY)")
    covered = [entry.media_id for entry in scope.snapshot]
    match scope.result_scope:
        case ResultScope.ALL:
            _insert(connection, "kept_media", covered)
        case ResultScope.MATCHES:
            for media_id, segment_ids in _matched(selections, scope.tenant_id, run_id, covered):
                _insert(connection, "kept_media", [media_id])
                _insert(connection, "matched", segment_ids)
    if (
        scope.result_scope is ResultScope.ALL
        and not connection.execute(
            f"SELECT 1 FROM media WHERE video_id NOT IN ({_KEPT_MEDIA}) LIMIT 1"  # noqa: S608
        ).fetchone()
    ):
        return
    connection.execute("BEGIN")
    if scope.result_scope is ResultScope.MATCHES:
        connection.execute("DELETE FROM segments WHERE segment_id NOT IN (SELECT id FROM matched)")
    _delete_uncovered(connection, run_id)
    connection.execute("COMMIT")
    connection.execute("VACUUM")


def _matched(
    selections: Selections, tenant_id: str, run_id: str, media_ids: list[str]
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the media with matched segments, and these."""
    for start in range(0, len(media_ids), _BATCH):
        found = selections.matched_in(tenant_id, run_id, media_ids[start : start + _BATCH])
        yield from ((media_id, segment_ids) for media_id, segment_ids in found.items() if segment_ids)


def _insert(connection: sqlite3.Connection, table: str, identifiers: Iterable[str]) -> None:
    connection.executemany(
        f"INSERT OR IGNORE INTO {table} VALUES (?)",  # noqa: S608
        [(identifier,) for identifier in identifiers],
    )


def _delete_uncovered(connection: sqlite3.Connection, run_id: str) -> None:
    """Delete the rows of other media in every table, then those of other segments."""
    columns = {table: _columns(connection, table) for table in _tables(connection)}
    for table in sorted(columns, key=lambda name: name != "segments"):
        if "video_id" in columns[table]:
            connection.execute(f"DELETE FROM {quoted(table)} WHERE video_id NOT IN ({_KEPT_MEDIA})")  # noqa: S608
        if "segment_id" in columns[table] and table != "segments":
            connection.execute(
                f"DELETE FROM {quoted(table)} WHERE segment_id NOT IN ({_KEPT_SEGMENTS})"  # noqa: S608
            )
    connection.execute(
        f"""DELETE FROM markers WHERE target_id != :run
            AND target_id NOT IN ({_KEPT_MEDIA}) AND target_id NOT IN ({_KEPT_SEGMENTS})
            AND target_id NOT IN (SELECT replace(:segment, '?', segment_id) FROM segments)
            AND target_id NOT IN (SELECT replace(:video, '?', id) FROM kept_media)""",  # noqa: S608
        {"run": run_id, "segment": segment_result_id("?", run_id), "video": video_result_id("?", run_id)},
    )


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' ORDER BY name")
    return [name for (name,) in found]


def _columns(connection: sqlite3.Connection, table: str) -> frozenset[str]:
    found = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return frozenset(name for (name,) in found)


def _copy(path: Path, out: Output, check_stop: CheckStop) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            check_stop()
            out.write(chunk)
