"""Records in SQLite, beyond the contract: the database file."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.clock import now
from shared.domain.errors import Unavailable
from shared.domain.keys import Key
from shared.ports.records import MAX_WRITES, Put
from tests.waiting import HANG_TIMEOUT


def test_files_are_readable_by_owner_only(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "new" / "records.db")
    records.write(Put(Key("p", "s"), {}))
    files = list((tmp_path / "new").iterdir())
    assert {path.name for path in files} == {"records.db", "records.db-wal", "records.db-shm"}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    records.close()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["records.db"]


def test_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "records.db").write_bytes(b"this is no database, but long enough to look like one" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        SqliteRecords(tmp_path / "records.db")


def test_file_of_newer_release_is_refused(tmp_path: Path) -> None:
    SqliteRecords(tmp_path / "records.db").close()
    newer = sqlite3.connect(tmp_path / "records.db")
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    with pytest.raises(Unavailable, match="newer release"):
        SqliteRecords(tmp_path / "records.db")


def test_closed_records_are_unavailable(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "records.db")
    records.check_health()
    records.close()
    records.close()
    uses: tuple[Callable[[], object], ...] = (
        lambda: records.get(Key("p", "s")),
        lambda: records.write(Put(Key("p", "s"), {})),
        records.check_health,
    )
    for use in uses:
        with pytest.raises(Unavailable, match="closed"):
            use()


def test_full_disk_is_unavailable_and_keeps_records(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "records.db")
    records.write(Put(Key("p", "first"), {}))
    with records._connections.writing() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    records._connections._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable, match="full") as refused:
        records.write(Put(Key("p", "large"), {"text": "x" * 300_000}))
    assert refused.value.code == "storage_full"
    assert records.get(Key("p", "large")) is None
    records.write(Put(Key("p", "small"), {}))
    assert [record.key.sort for record in records.query("p").records] == ["first", "small"]
    records.close()


def test_removal_deletes_and_counts_expired_records_only(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "records.db")
    past, future = now() - timedelta(seconds=1), now() + timedelta(hours=1)
    for batch in range(6):
        records.write(*(Put(Key("p", f"{batch}-{n}"), {}, expires_at=past) for n in range(MAX_WRITES)))
    records.write(Put(Key("p", "later"), {}, expires_at=future), Put(Key("p", "never"), {}))
    assert records.remove_expired() == 600
    assert records.remove_expired() == 0
    assert [record.key.sort for record in records.query("p").records] == ["later", "never"]
    records.close()


def test_query_sees_transactions_atomically(tmp_path: Path) -> None:
    records = SqliteRecords(tmp_path / "records.db")
    keys = [Key("p", "left"), Key("p", "right")]
    records.write(*(Put(key, {"n": 0}) for key in keys))
    finished = threading.Event()

    def read() -> None:
        while not finished.is_set():
            assert len({record.body["n"] for record in records.query("p").records}) == 1

    with ThreadPoolExecutor(3) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for n in range(100):
                records.write(*(Put(key, {"n": n}) for key in keys))
        finally:
            finished.set()
        for reader in readers:
            reader.result(timeout=HANG_TIMEOUT)
    records.close()
