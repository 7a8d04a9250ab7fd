"""Records in one SQLite table, clustered by partition and sort key."""

import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from shared.adapters.local.records.event_feed_table import (
    EVENT_FEED_SCHEMA,
    EventFeedTable,
    append_event,
    remove_gone_events,
)
from shared.adapters.local.sqlite_connections import SqliteConnections, StorageFull
from shared.domain import keys
from shared.domain.errors import VersionConflict
from shared.domain.keys import Key
from shared.ports.record_limits import check_writes, decode_body, encode_bodies
from shared.ports.records import Put, Record, RecordPage, Write

# Clustered on the key, so that a query reads adjacent pages: 100 records of 2 KB in 0.1 ms.
_SCHEMA: Final = (
    """
    CREATE TABLE IF NOT EXISTS record (
        partition TEXT NOT NULL,
        sort TEXT NOT NULL,
        version INTEGER NOT NULL,
        body TEXT NOT NULL,
        expires_at REAL,
        PRIMARY KEY (partition, sort)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS record_expiry ON record (expires_at) WHERE expires_at IS NOT NULL",
    *EVENT_FEED_SCHEMA,
)
_SCHEMA_VERSION: Final = 3
"""The layout of the tables. A file with a later layout is refused."""

_LIVE: Final = "(expires_at IS NULL OR expires_at > :now)"
_GET: Final = f"SELECT version, body FROM record WHERE partition = :partition AND sort = :sort AND {_LIVE}"  # noqa: S608 - no outside text
_WALK: Final = f"""
    SELECT partition, sort, body, expires_at FROM record
    WHERE (partition, sort) > (:partition, :sort) AND {_LIVE} ORDER BY partition, sort LIMIT :limit
"""  # noqa: S608
_WALK_PAGE_SIZE: Final = 500
_NEXT_TENANT: Final = """
    SELECT partition FROM record WHERE partition > :after AND partition < :end ORDER BY partition LIMIT 1
"""
_TENANT: Final = "tenant#"
_AFTER_TENANT: Final = "tenant$"
"""The first text after all partitions of tenants: ``$`` follows ``#``."""
_DELETE: Final = "DELETE FROM record WHERE partition = :partition AND sort = :sort"
_REMOVE_EXPIRED: Final = """
    DELETE FROM record WHERE (partition, sort) IN
    (SELECT partition, sort FROM record WHERE expires_at <= :now LIMIT :limit)
"""
_REMOVAL_BATCH_SIZE: Final = 500


class _Prepared(NamedTuple):
    """A write, encoded before the write lock is acquired. ``body`` None is a deletion."""

    key: Key
    expected_version: int | None
    body: str | None
    expires_at: float | None

    @property
    def is_event(self) -> bool:
        """Whether the write appends an event to an event log."""
        return self.body is not None and keys.is_event(self.key)


class SqliteRecords:
    """Implements ``shared.ports.records.Records``. Several threads and processes may use one file."""

    def __init__(
        self,
        path: Path,
        make_room: Callable[[], bool] = lambda: False,
        on_events: Callable[[], None] = lambda: None,
        *,
        copying: bool = False,
    ) -> None:
        """Open or create the file. ``make_room`` as in ``SqliteConnections``. ``on_events`` is called after
        each commit of this object that stored events. ``copying``: the records come from another archive,
        whose consumers took the events, so the event feed does not get them. Raises: Unavailable.
        """
        self._connections = SqliteConnections(path, _SCHEMA, _SCHEMA_VERSION, make_room)
        self._on_events = on_events
        self._copying = copying
        self.event_feed = EventFeedTable(self._connections)

    def get(self, key: Key) -> Record | None:
        with self._connections.reading() as connection:
            return _get(connection, key, time.time())

    def get_many(self, keys: Sequence[Key]) -> list[Record]:
        now = time.time()
        with self._connections.reading() as connection:
            connection.execute("BEGIN")  # one snapshot, and one acquisition of the file locks
            try:
                found = [_get(connection, key, now) for key in keys]
            finally:
                connection.execute("COMMIT")
        return [record for record in found if record is not None]

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        statement, values = _query(prefix, after, descending)
        values |= {"partition": partition, "now": time.time(), "limit": limit + 1}
        with self._connections.reading() as connection:
            rows = connection.execute(statement, values).fetchall()
        records = [
            Record(Key(partition, sort), version, decode_body(body)) for sort, version, body in rows[:limit]
        ]
        return RecordPage(records, records[-1].key.sort if len(rows) > limit else None)

    def walk(self, after: Key | None = None) -> Iterator[Put]:
        """Implement ``shared.ports.record_source.RecordSource``, in the order of keys."""
        last = after or Key("", "")
        while True:
            values = {"partition": last.partition, "sort": last.sort, "now": time.time()}
            with self._connections.reading() as connection:
                rows = connection.execute(_WALK, values | {"limit": _WALK_PAGE_SIZE}).fetchall()
            for partition, sort, body, expires_at in rows:
                last = Key(partition, sort)
                expiry = None if expires_at is None else datetime.fromtimestamp(expires_at, UTC)
                yield Put(last, decode_body(body), expires_at=expiry)
            if len(rows) < _WALK_PAGE_SIZE:
                return

    def tenants(self, limit: int) -> list[str]:
        """List the first ``limit`` tenants that have records, sorted. Each costs one look-up in the index.

        Raises: Unavailable.
        """
        found: list[str] = []
        after = _TENANT
        with self._connections.reading() as connection:
            while len(found) < limit:
                row = connection.execute(_NEXT_TENANT, {"after": after, "end": _AFTER_TENANT}).fetchone()
                if row is None:
                    break
                tenant = str(row[0]).removeprefix(_TENANT).partition("#")[0]
                found.append(tenant)
                after = f"{_TENANT}{tenant}$"
        return found

    def write(self, *writes: Write) -> None:
        check_writes(writes)
        prepared = [_prepare(write, body) for write, body in zip(writes, encode_bodies(writes), strict=True)]
        if not prepared:
            return
        try:
            self._apply_all(prepared)
        except StorageFull as error:
            if not error.made_room:
                raise
            self._apply_all(prepared)
        if not self._copying and any(write.is_event for write in prepared):
            self._on_events()

    def _apply_all(self, prepared: Sequence[_Prepared]) -> None:
        with self._connections.writing() as connection:
            _apply(connection, prepared, time.time())
            for write in prepared:
                if write.is_event and not self._copying:
                    append_event(connection, write.key)

    def remove_expired(self) -> int:
        """Delete expired records and the event feed's rows of expired events, in short transactions.

        Returns the number of records deleted.
        """
        removed = self._remove_expired_records()
        while True:
            with self._connections.writing() as connection:
                if not remove_gone_events(connection, time.time()):
                    return removed

    def _remove_expired_records(self) -> int:
        total = 0
        while True:
            with self._connections.writing() as connection:
                values = {"now": time.time(), "limit": _REMOVAL_BATCH_SIZE}
                removed = connection.execute(_REMOVE_EXPIRED, values).rowcount
            total += removed
            if removed < _REMOVAL_BATCH_SIZE:
                return total

    def check_health(self) -> None:
        """Check the file. Raises: Unavailable: it cannot be read or cannot be locked for writing."""
        with self._connections.writing() as connection:
            connection.execute("SELECT 1 FROM record LIMIT 1").fetchall()

    def close(self) -> None:
        self._connections.close()


def _get(connection: sqlite3.Connection, key: Key, now: float) -> Record | None:
    values = {"partition": key.partition, "sort": key.sort, "now": now}
    row = connection.execute(_GET, values).fetchone()
    return None if row is None else Record(key, row[0], decode_body(row[1]))


def _query(prefix: str, after: str | None, descending: bool) -> tuple[str, dict[str, Any]]:
    """Build the statement of a query as a range of keys. ``LIKE`` would ignore case, and scan."""
    conditions = ["partition = :partition", _LIVE]
    values: dict[str, Any] = {}
    if prefix:
        conditions.append("sort >= :prefix")
        values["prefix"] = prefix
        if (end := _end_of_prefix(prefix)) is not None:
            conditions.append("sort < :end")
            values["end"] = end
    if after is not None:
        conditions.append("sort < :after" if descending else "sort > :after")
        values["after"] = after
    order = "DESC" if descending else "ASC"
    where = " AND ".join(conditions)
    return f"SELECT sort, version, body FROM record WHERE {where} ORDER BY sort {order} LIMIT :limit", values  # noqa: S608


def _end_of_prefix(prefix: str) -> str | None:
    """Return the first text that sorts after all texts with ``prefix``, or None if there is none.

    Code points sort like their UTF-8 bytes, by which SQLite and DynamoDB compare keys.
    """
    head = prefix.rstrip(chr(sys.maxunicode))
    if not head:
        return None
    following = ord(head[-1]) + 1
    if 0xD800 <= following <= 0xDFFF:  # surrogates are not characters
        following = 0xE000
    return head[:-1] + chr(following)


def _prepare(write: Write, body: str | None) -> _Prepared:
    expires_at = write.expires_at.timestamp() if isinstance(write, Put) and write.expires_at else None
    return _Prepared(write.key, write.expected_version, body, expires_at)


def _apply(connection: sqlite3.Connection, writes: Sequence[_Prepared], now: float) -> None:
    """Check all versions by one statement and write all bodies by one, because another thread may run
    during each statement, and keep this one waiting.

    Raises: VersionConflict.
    """
    versions = _versions(connection, writes, now)
    rows: list[Any] = []
    for write in writes:
        version = versions.get(write.key, 0)
        if write.expected_version not in (None, version):
            raise VersionConflict(write.key)
        if write.body is None:
            connection.execute(_DELETE, {"partition": write.key.partition, "sort": write.key.sort})
        else:
            rows += (write.key.partition, write.key.sort, version + 1, write.body, write.expires_at)
    if rows:
        places = ", ".join(["(?, ?, ?, ?, ?)"] * (len(rows) // 5))
        connection.execute(f"INSERT OR REPLACE INTO record VALUES {places}", rows)  # noqa: S608 - no outside text


def _versions(connection: sqlite3.Connection, writes: Sequence[_Prepared], now: float) -> dict[Key, int]:
    places = ", ".join(["(?, ?)"] * len(writes))
    # A cross join looks each key up. SQLite scans the table for a list of pairs.
    statement = f"""
        WITH written (partition, sort) AS (VALUES {places})
        SELECT partition, sort, version FROM written CROSS JOIN record USING (partition, sort)
        WHERE expires_at IS NULL OR expires_at > ?
    """  # noqa: S608 - no outside text
    values = [text for write in writes for text in (write.key.partition, write.key.sort)]
    return {Key(row[0], row[1]): row[2] for row in connection.execute(statement, [*values, now])}
