"""The event feed's rows: written with the events, in the order of commits, and removed."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.clock import now
from shared.domain.errors import VersionConflict
from shared.domain.keys import Key
from shared.ports.records import Delete, Put

TENANT = "tenant_a"


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqliteRecords]:
    opened = SqliteRecords(tmp_path / "records.db")
    yield opened
    opened.close()


def event(name: str, **options: object) -> Put:
    return Put(keys.event(TENANT, name), {"name": name}, **options)  # type: ignore[arg-type]


def names(records: SqliteRecords, after: int = 0, limit: int = 100) -> list[str]:
    return [row.key.sort for row in records.event_feed.read(after, limit)]


def test_feed_has_events_in_order_of_commits(records: SqliteRecords) -> None:
    records.write(event("evt_3"), Put(Key("p", "s"), {}))
    records.write(event("evt_1"), event("evt_2"))
    assert names(records) == ["evt_3", "evt_1", "evt_2"]
    assert records.event_feed.read(0, 1)[0].key == keys.event(TENANT, "evt_3")


def test_rejected_transaction_leaves_no_row(records: SqliteRecords) -> None:
    with pytest.raises(VersionConflict):
        records.write(event("evt_1"), Put(Key("p", "s"), {}, expected_version=7))
    assert names(records) == []


def test_deletion_of_event_appends_no_row(records: SqliteRecords) -> None:
    records.write(event("evt_1"))
    records.write(Delete(keys.event(TENANT, "evt_1")))
    assert names(records) == ["evt_1"]


def test_event_adds_no_commit_to_a_write(records: SqliteRecords) -> None:
    statements: list[str] = []
    with records._connections.writing() as connection:
        connection.set_trace_callback(statements.append)
    records.write(event("evt_1"), Put(Key("p", "s"), {}))
    records._connections._writer.set_trace_callback(None)
    assert [word for word in statements if word in ("BEGIN IMMEDIATE", "COMMIT")][-2:] == [
        "BEGIN IMMEDIATE",
        "COMMIT",
    ]
    assert statements.count("BEGIN IMMEDIATE") == 1


def test_signal_comes_after_commit_of_events_only(tmp_path: Path) -> None:
    seen: list[int] = []
    store = SqliteRecords(tmp_path / "records.db", on_events=lambda: seen.append(len(names(store))))
    store.write(Put(Key("p", "s"), {}))
    store.write(event("evt_1"))
    with pytest.raises(VersionConflict):
        store.write(event("evt_2", expected_version=7))
    store.write(event("evt_3"), event("evt_4"))
    assert seen == [1, 3]
    store.close()


def test_rows_are_removed_once_all_consumers_have_passed(records: SqliteRecords) -> None:
    records.write(*(event(f"evt_{number}") for number in range(5)))
    feed = records.event_feed
    consumers = ["first", "second"]
    feed.advance("first", 5, consumers)
    assert len(names(records)) == 5
    feed.advance("second", 2, consumers)
    assert names(records) == ["evt_2", "evt_3", "evt_4"]
    feed.advance("second", 5, consumers)
    assert names(records) == ["evt_4"]
    assert (feed.position("first"), feed.position("second"), feed.position("third")) == (5, 5, 0)


def test_number_of_removed_row_is_not_used_again(records: SqliteRecords, tmp_path: Path) -> None:
    records.write(event("evt_0"), event("evt_1"))
    records.event_feed.advance("only", 2, ["only"])
    records.write(Delete(keys.event(TENANT, "evt_0")), Delete(keys.event(TENANT, "evt_1")))
    records.remove_expired()
    records.close()
    reopened = SqliteRecords(tmp_path / "records.db")
    reopened.write(event("evt_2"))
    assert names(reopened, after=2) == ["evt_2"]
    reopened.close()


def test_feed_without_consumers_shrinks_when_events_expire(records: SqliteRecords) -> None:
    past = now() - timedelta(seconds=1)
    for batch in range(25):
        records.write(*(event(f"evt_{batch}_{number}", expires_at=past) for number in range(100)))
    records.write(event("evt_live"), event("evt_newest"))
    records.remove_expired()
    assert names(records) == ["evt_live", "evt_newest"]


def test_position_outlives_close(records: SqliteRecords, tmp_path: Path) -> None:
    records.event_feed.advance("only", 7, ["only"])
    records.close()
    reopened = SqliteRecords(tmp_path / "records.db")
    assert reopened.event_feed.position("only") == 7
    reopened.close()


def test_file_of_earlier_layout_gets_the_feed(tmp_path: Path) -> None:
    SqliteRecords(tmp_path / "records.db").close()
    earlier = sqlite3.connect(tmp_path / "records.db")
    earlier.executescript("DROP TABLE event_feed; DROP TABLE event_feed_position; PRAGMA user_version = 2")
    earlier.close()
    records = SqliteRecords(tmp_path / "records.db")
    records.write(event("evt_1"))
    assert names(records) == ["evt_1"]
    records.close()


def test_reader_that_follows_the_feed_misses_no_concurrent_event(records: SqliteRecords) -> None:
    found: list[str] = []
    finished = threading.Event()

    def follow() -> None:
        position = 0
        while True:
            last = finished.is_set()
            rows = records.event_feed.read(position, 7)
            found.extend(row.key.sort for row in rows)
            position = rows[-1].seq if rows else position
            if last and not rows:
                return

    def write(writer: int) -> None:
        for number in range(50):
            records.write(event(f"evt_{writer}_{number}"))

    with ThreadPoolExecutor(5) as pool:
        following = pool.submit(follow)
        list(pool.map(write, range(4)))
        finished.set()
        following.result()
    assert len(found) == len(set(found)) == 200
