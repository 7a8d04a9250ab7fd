"""The SQLite file of a run table: its fixed tables, and reads and writes of rows."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from shared.domain.runs.run_table.layout import Column, Table
from shared.domain.runs.run_table.names import quoted
from shared.domain.runs.run_table.rows import Row

ABOUT: Final = Table(
    "about",
    ("run_id",),
    (
        Column("run_id", "TEXT"),
        Column("layout_version", "INTEGER"),
        Column("prompt_id", "TEXT"),
        Column("prompt_name", "TEXT"),
        Column("executed_at", "TEXT"),
        Column("fingerprint", "TEXT"),
    ),
)
FIELDS: Final = Table(
    "fields",
    ("table_name", "column_name"),
    (
        Column("table_name", "TEXT"),
        Column("column_name", "TEXT"),
        Column("path", "TEXT"),
        Column("type", "TEXT"),
    ),
)
MEDIA: Final = Table(
    "media",
    ("video_id",),
    (
        Column("video_id", "TEXT"),
        Column("title", "TEXT"),
        Column("file_name", "TEXT"),
        Column("media_type", "TEXT"),
        Column("duration_seconds", "REAL"),
        Column("width", "INTEGER"),
        Column("height", "INTEGER"),
        Column("frame_rate", "REAL"),
        Column("index_id", "TEXT"),
        Column("created_at", "TEXT"),
        Column("status", "TEXT"),
        Column("total_segments", "INTEGER"),
        Column("failed_segments", "INTEGER"),
        Column("error_message", "TEXT"),
    ),
)
MARKERS: Final = Table(
    "markers",
    (),
    (
        Column("marker_id", "TEXT"),
        Column("target_type", "TEXT"),
        Column("target_id", "TEXT"),
        Column("video_id", "TEXT"),
        Column("segment_id", "TEXT"),
        Column("field_path", "TEXT"),
        Column("color", "TEXT"),
        Column("note", "TEXT"),
        Column("updated_at", "TEXT"),
    ),
)
OTHER_VALUES: Final = Table(
    "other_values",
    (),
    (
        Column("video_id", "TEXT"),
        Column("segment_id", "TEXT"),
        Column("path", "TEXT"),
        Column("value", "TEXT"),
    ),
)
FIXED_TABLES: Final = (ABOUT, FIELDS, MEDIA, MARKERS, OTHER_VALUES)

_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_PRAGMAS: Final = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8192", "temp_store = MEMORY")
"""Settings for a private file that is deleted if its writer fails. The cache has 8 MiB."""


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a private file for one transaction, which the end of the block commits."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()


def create(connection: sqlite3.Connection, table: Table) -> None:
    """Create a table."""
    parts = [f"{quoted(name)} {declared}" for name, declared in table.columns]
    if table.key:
        parts.append(f"PRIMARY KEY ({', '.join(map(quoted, table.key))})")
    connection.execute(f"CREATE TABLE {quoted(table.name)} ({', '.join(parts)})")


def insert(connection: sqlite3.Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows with a value for each column. Surrogates without a partner become U+FFFD."""
    if not rows:
        return
    statement = f"INSERT INTO {quoted(table.name)} VALUES ({', '.join('?' * len(table.columns))})"  # noqa: S608
    before = connection.total_changes
    try:
        connection.executemany(statement, rows)
    except UnicodeEncodeError:
        inserted = connection.total_changes - before
        connection.executemany(statement, [tuple(map(_encodable, row)) for row in rows[inserted:]])


def stored_fingerprint(path: Path) -> str | None:
    """Return the fingerprint in a file; None if it is no readable run table."""
    connection = sqlite3.connect(path)
    try:
        found = connection.execute(f"SELECT fingerprint FROM {quoted(ABOUT.name)}").fetchone()  # noqa: S608
    except sqlite3.DatabaseError:
        return None
    finally:
        connection.close()
    return found[0] if found else None


def write_markers(path: Path, rows: Iterable[Row]) -> None:
    """Write the markers into a copy of a stored file. Those on segments of other runs are left out."""
    with writing(path) as connection:
        insert(connection, MARKERS, list(rows))
        connection.execute("DELETE FROM markers WHERE segment_id NOT IN (SELECT segment_id FROM segments)")


def _encodable(value: Any) -> Any:
    return _SURROGATES.sub("\ufffd", value) if isinstance(value, str) else value
