"""Durable storage of the embedded index: documents with vectors, texts and leaves, in SQLite."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json

from shared.adapters.local.search.arrays.segments import require_room
from shared.adapters.local.search.documents import Row, encode_leaves, encode_row, encode_texts
from shared.adapters.local.sqlite_connections import SqliteConnections
from shared.domain.errors import Unavailable
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import Counts, SearchDocument, SearchFilter

_SCHEMA_VERSION: Final = 1
_LOAD_ROWS: Final = 2000
_MAPPED_BYTES: Final = 2**31
"""A search reads the texts of a hundred documents anywhere in the file. SQLite maps no more by default."""

_NOW: Final = "CAST(strftime('%s', 'now') AS INTEGER)"

_SCHEMA: Final = (
    """CREATE TABLE IF NOT EXISTS document (
        row INTEGER PRIMARY KEY AUTOINCREMENT, tenant_id TEXT NOT NULL, result_id TEXT NOT NULL,
        index_id TEXT NOT NULL, run_id TEXT NOT NULL, media_id TEXT NOT NULL, level TEXT NOT NULL,
        executed_at TEXT NOT NULL, text_space TEXT NOT NULL, picture_space TEXT NOT NULL,
        passage_count INTEGER NOT NULL, picture_count INTEGER NOT NULL, UNIQUE (tenant_id, result_id))""",
    "CREATE INDEX IF NOT EXISTS document_order ON document (tenant_id, executed_at, result_id)",
    "CREATE INDEX IF NOT EXISTS document_media ON document (tenant_id, media_id)",
    """CREATE TABLE IF NOT EXISTS vectors (
        row INTEGER PRIMARY KEY, fields BLOB, weights BLOB, text_vectors BLOB, word_numbers BLOB,
        word_hashes BLOB, word_frequencies BLOB, picture_vectors BLOB)""",
    "CREATE TABLE IF NOT EXISTS texts (row INTEGER PRIMARY KEY, passages TEXT, pictures TEXT)",
    """CREATE TABLE IF NOT EXISTS leaf (
        path INTEGER, kind INTEGER, number REAL, text BLOB, row INTEGER, position INTEGER,
        PRIMARY KEY (path, kind, number, text, row, position)) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS leaf_row ON leaf (row)",
    "CREATE TABLE IF NOT EXISTS stamp (number INTEGER PRIMARY KEY, stamp TEXT NOT NULL)",
    # Whether documents were deleted since the file was written anew, and when that was; at first, when this
    # table was made.
    "CREATE TABLE IF NOT EXISTS rewrite (number INTEGER PRIMARY KEY, is_due INTEGER, seconds INTEGER)",
    f"INSERT OR IGNORE INTO rewrite VALUES (1, TRUE, {_NOW})",  # noqa: S608
)

_LOAD: Final = """
    SELECT row, tenant_id, index_id, run_id, media_id, level, text_space, picture_space,
           passage_count, picture_count, fields, weights, text_vectors, word_numbers,
           word_hashes, word_frequencies, picture_vectors
    FROM document JOIN vectors USING (row) WHERE row > ? ORDER BY row"""

_IN_SCOPE: Final = """
    tenant_id = :tenant
    AND (:indexes IS NULL OR index_id IN (SELECT value FROM json_each(:indexes)))
    AND (:runs IS NULL OR run_id IN (SELECT value FROM json_each(:runs)))
    AND (:media IS NULL OR media_id IN (SELECT value FROM json_each(:media)))
    AND (:level IS NULL OR level = :level)"""

StoredContents = dict[int, tuple[str, tuple[tuple[Any, ...], ...]]]
"""(Result id, one tuple per passage or picture) by row. Python's collector of garbage does not look
at tuples of texts again and again, as it does at lists."""

_CONTENT_TABLES: Final = ("leaf", "texts", "vectors", "document")


class SearchStore:
    """The documents in SQLite.

    Deleted content is overwritten (``secure_delete``). ``empty_log`` removes it from the write-ahead log, and
    ``rewrite`` from unused parts of pages, where SQLite leaves it when it moves rows.
    """

    def __init__(self, path: Path, make_room: Callable[[], bool] = lambda: False) -> None:
        """``make_room`` as in ``SqliteConnections``."""
        self._connections = SqliteConnections(
            path, _SCHEMA, _SCHEMA_VERSION, make_room, mapped_bytes=_MAPPED_BYTES
        )
        self._path = path
        # A process that was killed during a deletion leaves a log.
        self._log_may_have_deleted = True
        self._is_rewritten = False
        """Whether only the log may have deleted content."""
        with suppress(Unavailable):
            self.empty_log()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Provide a connection with a snapshot of the store for the length of the block."""
        with self._connections.reading() as connection:
            connection.execute("BEGIN")
            try:
                # The first read starts the snapshot.
                connection.execute("SELECT row FROM document LIMIT 1").fetchall()
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def load(self, after: int = 0) -> Iterator[list[Row]]:
        """Yield every document with a row above ``after`` in batches, oldest row first."""
        with self._connections.reading() as connection:
            cursor = connection.execute(_LOAD, (after,))
            while batch := cursor.fetchmany(_LOAD_ROWS):
                yield [Row._make(values) for values in batch]

    def rows(self, last: int) -> NDArray[np.int64]:
        """Return the rows of all documents up to row ``last``, ascending."""
        with self._connections.reading() as connection:
            (listed,) = connection.execute(
                "SELECT group_concat(row) FROM document WHERE row <= ?", (last,)
            ).fetchone()
        return np.sort(np.fromstring(listed or "", np.int64, sep=","))

    def filtered_texts(self, rows: Sequence[int]) -> list[tuple[int, dict[str, str]]]:
        """Read the columns that filters use, by their names, of each of ``rows``."""
        with self._connections.reading() as connection:
            found = connection.execute(
                """SELECT row, tenant_id, index_id, run_id, media_id, level FROM document
                   WHERE row IN (SELECT value FROM json_each(?))""",
                (json.dumps(rows),),
            ).fetchall()
        names = ("tenant_id", "index_id", "run_id", "media_id", "level")
        return [(row, dict(zip(names, texts, strict=True))) for row, *texts in found]

    def add_stamp(self, stamp: str, kept: str | None) -> None:
        """Store the stamp of a checkpoint of the arrays. It replaces all but ``kept``."""
        with self._connections.writing() as connection:
            connection.execute("DELETE FROM stamp WHERE stamp IS NOT ?", (kept,))
            connection.execute("INSERT INTO stamp (stamp) VALUES (?)", (stamp,))

    def has_stamp(self, stamp: str) -> bool:
        with self._connections.reading() as connection:
            found = connection.execute("SELECT 1 FROM stamp WHERE stamp = ?", (stamp,)).fetchone()
        return found is not None

    def put(
        self,
        documents: Sequence[SearchDocument],
        text_space: EmbeddingSpace,
        picture_space: EmbeddingSpace,
        before_commit: Callable[[Sequence[Row]], object],
    ) -> tuple[list[Row], list[int]]:
        """Store the documents atomically. Returns the new rows and the rows that they replace.

        ``before_commit`` is called with the new rows. Its exception rolls the transaction back.

        Raises:
            ValueError: a vector is not of its space.
        """
        written: list[Row] = []
        replaced: list[int] = []
        with self._connections.writing() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            for document in documents:
                old = connection.execute(
                    "SELECT row FROM document WHERE tenant_id = ? AND result_id = ?",
                    (document.tenant_id, document.result_id),
                ).fetchall()
                if old:
                    self._is_rewritten = False
                    replaced.append(old[0][0])
                    _delete_rows(connection, [old[0][0]])
                written.append(_insert(connection, document, text_space, picture_space))
            before_commit(written)
        return written, replaced

    def delete(self, scope: SearchFilter, before_commit: Callable[[], object]) -> list[int]:
        """Delete the documents in ``scope``. Returns their rows."""
        with self._connections.writing() as connection:
            connection.execute("PRAGMA secure_delete = ON")
            found = connection.execute(f"SELECT row FROM document WHERE {_IN_SCOPE}", _parameters(scope))  # noqa: S608
            rows = [row for (row,) in found]
            self._log_may_have_deleted |= bool(rows)
            self._is_rewritten &= not rows
            _delete_rows(connection, rows)
            before_commit()
        return rows

    def empty_log(self) -> None:
        """Move the write-ahead log into the database file, so that it has no deleted content.

        This waits for readers that started before the deletion.

        Raises: Unavailable: a reader takes too long. The next call repeats it.
        """
        if not self._log_may_have_deleted:
            return
        with self._connections.reading() as connection:
            is_empty = self._checkpoint(connection)
        if not is_empty:
            raise Unavailable("A search takes too long: deleted content is still in the log of the index.")

    def is_rewrite_due(self, interval_seconds: int) -> bool:
        """Tell whether deleted content may be in unused parts, and the last ``rewrite`` is that long ago."""
        with self._connections.reading() as connection:
            due = connection.execute(
                f"""SELECT 1 FROM rewrite
                    WHERE is_due AND NOT seconds BETWEEN {_NOW} - ? + 1 AND {_NOW}""",  # noqa: S608
                (interval_seconds,),
            )
            return due.fetchone() is not None

    def rewrite(self) -> bool:
        """Write the file anew, so that no unused part of it has deleted content. Writers wait.

        Returns whether that is so. A search that takes long keeps the old pages in use; the next call tries
        again, and does not repeat the rest. Raises: Unavailable.
        """
        if not self._is_rewritten:
            self._require_room()
            self._log_may_have_deleted = True
            try:
                self._connections.rewrite()
            except Unavailable:
                with suppress(Unavailable):
                    self._try_to_empty_log()
                raise
            self._is_rewritten = True
        if not self._try_to_empty_log():
            return False
        self._is_rewritten = False
        with self._connections.writing() as connection:
            connection.execute(f"UPDATE rewrite SET is_due = FALSE, seconds = {_NOW}")  # noqa: S608
        return True

    def end_rewrites(self) -> None:
        """As ``SqliteConnections.end_rewrites``."""
        self._connections.end_rewrites()

    def _require_room(self) -> None:
        """Raises: Unavailable."""
        try:
            require_room(self._path.parent, 2 * self._path.stat().st_size)
        except OSError as error:
            raise Unavailable("The disk has no room to write the search index anew.") from error

    def _try_to_empty_log(self) -> bool:
        """Do as ``empty_log``, without waiting. Returns whether the log is empty."""
        with self._connections.reading() as connection:
            ((patience,),) = connection.execute("PRAGMA busy_timeout").fetchall()
            connection.execute("PRAGMA busy_timeout = 0")
            try:
                return self._checkpoint(connection)
            finally:
                connection.execute(f"PRAGMA busy_timeout = {patience}")

    def _checkpoint(self, connection: sqlite3.Connection) -> bool:
        """Move the log into the database file. Returns whether the log is empty."""
        ((is_blocked, *_),) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._log_may_have_deleted &= bool(is_blocked)
        return not is_blocked

    def copy_to(self, path: Path) -> None:
        """Copy the store to a new database file, readable by its owner only."""
        path.touch(mode=0o600)
        with self._connections.reading() as connection, closing(sqlite3.connect(path)) as copy:
            connection.backup(copy)

    def counts(self, tenant_id: str | None) -> Counts:
        with self._connections.reading() as connection:
            groups = connection.execute(
                """SELECT text_space, picture_space, count(*), sum(passage_count), sum(picture_count)
                   FROM document WHERE ?1 IS NULL OR tenant_id = ?1 GROUP BY text_space, picture_space""",
                (tenant_id,),
            ).fetchall()
        spaces: dict[str, int] = {}
        for text_space, picture_space, _, passages, pictures in groups:
            for space, vectors in ((text_space, passages), (picture_space, pictures)):
                if vectors:
                    spaces[space] = spaces.get(space, 0) + vectors
        return Counts(
            documents=sum(group[2] for group in groups),
            text_vectors=sum(group[3] for group in groups),
            picture_vectors=sum(group[4] for group in groups),
            spaces=spaces,
        )

    def close(self) -> None:
        self._connections.close()


def stored_passages(connection: sqlite3.Connection, rows: Sequence[int]) -> StoredContents:
    """Read [field path, instance path, text] of every passage."""
    return _stored(connection, "passages", rows)


def stored_pictures(connection: sqlite3.Connection, rows: Sequence[int]) -> StoredContents:
    """Read [timestamp, picture key] of every picture."""
    return _stored(connection, "pictures", rows)


def _stored(connection: sqlite3.Connection, column: str, rows: Sequence[int]) -> StoredContents:
    found = connection.execute(
        f"""SELECT row, result_id, {column} FROM document JOIN texts USING (row)
            WHERE row IN (SELECT value FROM json_each(?))""",  # noqa: S608
        (json.dumps(rows),),
    ).fetchall()
    return {row: (identifier, tuple(map(tuple, from_json(content)))) for row, identifier, content in found}


def _insert(
    connection: sqlite3.Connection,
    document: SearchDocument,
    text_space: EmbeddingSpace,
    picture_space: EmbeddingSpace,
) -> Row:
    cursor = connection.execute(
        """INSERT INTO document (tenant_id, result_id, index_id, run_id, media_id, level, executed_at,
               text_space, picture_space, passage_count, picture_count)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (
            *(document.tenant_id, document.result_id, document.index_id, document.run_id),
            *(
                document.media_id,
                str(document.level),
                document.executed_at,
                text_space.name,
                picture_space.name,
            ),
            *(len(document.passages), len(document.pictures)),
        ),
    )
    if cursor.lastrowid is None:  # None only if the statement inserted nothing
        raise sqlite3.DatabaseError("no row was inserted")
    row = encode_row(cursor.lastrowid, document, text_space, picture_space)
    connection.execute("INSERT INTO vectors VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (row.row, *row[10:]))
    connection.execute("INSERT INTO texts VALUES (?, ?, ?)", (row.row, *encode_texts(document)))
    connection.executemany(
        "INSERT INTO leaf (path, kind, number, text, row, position) VALUES (?, ?, ?, ?, ?, ?)",
        [(*leaf, row.row, position) for position, leaf in enumerate(encode_leaves(document.leaves))],
    )
    return row


def _delete_rows(connection: sqlite3.Connection, rows: Sequence[int]) -> None:
    if rows:
        connection.execute("UPDATE rewrite SET is_due = TRUE")
    for table in _CONTENT_TABLES:
        connection.execute(
            f"DELETE FROM {table} WHERE row IN (SELECT value FROM json_each(?))",  # noqa: S608
            (json.dumps(rows),),
        )


def _parameters(scope: SearchFilter) -> dict[str, str | None]:
    def listed(identifiers: frozenset[str] | None) -> str | None:
        return None if identifiers is None else json.dumps(sorted(identifiers))

    return {
        "tenant": scope.tenant_id,
        "indexes": listed(scope.index_ids),
        "runs": listed(scope.run_ids),
        "media": listed(scope.media_ids),
        "level": None if scope.level is None else str(scope.level),
    }
