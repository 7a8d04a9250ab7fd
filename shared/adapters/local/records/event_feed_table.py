"""The event feed's tables in the file of the records: events in the order of commits, positions of consumers.

The newest row is never deleted. So SQLite numbers each new row above all earlier ones, without the further
page that ``AUTOINCREMENT`` writes in every transaction. One transaction writes at a time, so the order of the
numbers is the order of the commits.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final, NamedTuple

from shared.adapters.local.sqlite_connections import SqliteConnections
from shared.domain.keys import Key

EVENT_FEED_SCHEMA: Final = (
    """
    CREATE TABLE IF NOT EXISTS event_feed (
        seq INTEGER PRIMARY KEY,
        partition TEXT NOT NULL,
        sort TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE IF NOT EXISTS event_feed_position (
        consumer TEXT PRIMARY KEY,
        seq INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_APPEND: Final = "INSERT INTO event_feed (partition, sort) VALUES (:partition, :sort)"
_READ: Final = "SELECT seq, partition, sort FROM event_feed WHERE seq > :after ORDER BY seq LIMIT :limit"
_POSITION: Final = "SELECT seq FROM event_feed_position WHERE consumer = :consumer"
_SET_POSITION: Final = "INSERT OR REPLACE INTO event_feed_position VALUES (:consumer, :seq)"
_LAG: Final = """
    SELECT consumer, (SELECT count(*) FROM event_feed WHERE event_feed.seq > event_feed_position.seq)
    FROM event_feed_position
"""
_REMOVE_PASSED: Final = """
    DELETE FROM event_feed WHERE seq IN (
        SELECT seq FROM event_feed
        WHERE seq <= :passed AND seq < (SELECT max(seq) FROM event_feed) ORDER BY seq LIMIT :limit
    )
"""
_REMOVE_GONE: Final = """
    DELETE FROM event_feed WHERE seq IN (
        SELECT seq FROM (SELECT seq, partition, sort FROM event_feed ORDER BY seq LIMIT :limit) AS oldest
        WHERE seq < (SELECT max(seq) FROM event_feed) AND NOT EXISTS (
            SELECT 1 FROM record WHERE record.partition = oldest.partition AND record.sort = oldest.sort
            AND (expires_at IS NULL OR expires_at > :now)
        )
    )
"""
_REMOVAL_BATCH_SIZE: Final = 1000


class FeedRow(NamedTuple):
    """The place of an event in the order of commits."""

    seq: int
    key: Key


def append_event(connection: sqlite3.Connection, key: Key) -> None:
    """Append an event in the transaction that stores it."""
    connection.execute(_APPEND, {"partition": key.partition, "sort": key.sort})


def remove_gone_events(connection: sqlite3.Connection, now: float) -> int:
    """Delete rows at the feed's start whose events have expired or were erased. Returns the number deleted.

    It examines 1,000 rows.
    """
    return connection.execute(_REMOVE_GONE, {"now": now, "limit": _REMOVAL_BATCH_SIZE}).rowcount


class EventFeedTable:
    """Reads the feed and keeps the positions of consumers. Several threads and processes may use it."""

    def __init__(self, connections: SqliteConnections) -> None:
        self._connections = connections

    def read(self, after: int, limit: int) -> list[FeedRow]:
        """Return the oldest rows after a position. Raises: Unavailable."""
        with self._connections.reading() as connection:
            rows = connection.execute(_READ, {"after": after, "limit": limit}).fetchall()
        return [FeedRow(seq, Key(partition, sort)) for seq, partition, sort in rows]

    def position(self, consumer: str) -> int:
        """Return the number of the last row that a consumer has taken, 0 at first. Raises: Unavailable."""
        with self._connections.reading() as connection:
            return _position(connection, consumer)

    def lag(self) -> dict[str, int]:
        """Return the number of events that each consumer has not taken yet. Raises: Unavailable."""
        with self._connections.reading() as connection:
            return dict(connection.execute(_LAG).fetchall())

    def advance(self, consumer: str, seq: int, consumers: Sequence[str]) -> None:
        """Store a consumer's position, and delete rows that all ``consumers`` have passed, at most 1,000.

        Raises: Unavailable, StorageFull.
        """
        with self._connections.writing() as connection:
            connection.execute(_SET_POSITION, {"consumer": consumer, "seq": seq})
            passed = min(_position(connection, name) for name in consumers)
            connection.execute(_REMOVE_PASSED, {"passed": passed, "limit": _REMOVAL_BATCH_SIZE})


def _position(connection: sqlite3.Connection, consumer: str) -> int:
    row = connection.execute(_POSITION, {"consumer": consumer}).fetchone()
    return 0 if row is None else int(row[0])
