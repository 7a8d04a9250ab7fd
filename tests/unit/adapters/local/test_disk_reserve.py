"""The reserve on the disk of a data folder."""

import errno
import shutil
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.disk_reserve import DEFAULT_RESERVE_BYTES, DiskReserve
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.sqlite_connections import SqliteConnections, StorageFull
from shared.domain.keys import Key
from shared.ports.records import Put

MORE_THAN_ANY_DISK: Final = 2**62
KIBIBYTE: Final = 1024


def ballast(folder: Path) -> Path:
    return folder / "reserve.bin"


def assert_refused(reserve: DiskReserve, size: int = 0) -> None:
    with pytest.raises(OSError, match="No space left") as refused:
        reserve.require_room(size)
    assert refused.value.errno == errno.ENOSPC


def test_room_beyond_reserve_may_be_used(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    DiskReserve(tmp_path, KIBIBYTE).require_room()
    DiskReserve(tmp_path, 0).require_room()
    assert_refused(DiskReserve(tmp_path, KIBIBYTE), 2 * free)
    assert_refused(DiskReserve(tmp_path, 2 * free))


def test_default_reserve_is_limited_to_a_tenth_of_the_disk(tmp_path: Path) -> None:
    tenth = shutil.disk_usage(tmp_path).total // 10
    assert DiskReserve(tmp_path, None).size == min(DEFAULT_RESERVE_BYTES, tenth)


def test_ballast_is_written_released_and_written_again(tmp_path: Path) -> None:
    reserve = DiskReserve(tmp_path, 4096 * KIBIBYTE)
    assert not reserve.release()
    for _ in range(2):
        reserve.tend()
        assert ballast(tmp_path).stat().st_size == 1024 * KIBIBYTE
        assert ballast(tmp_path).stat().st_blocks * 512 >= 1024 * KIBIBYTE
        assert reserve.release()
        assert list(tmp_path.iterdir()) == []


def test_ballast_is_not_written_without_room_for_reserve(tmp_path: Path) -> None:
    DiskReserve(tmp_path, MORE_THAN_ANY_DISK).tend()
    DiskReserve(tmp_path, 0).tend()
    assert list(tmp_path.iterdir()) == []


def test_ballast_of_almost_full_disk_is_released(tmp_path: Path) -> None:
    DiskReserve(tmp_path, 4096 * KIBIBYTE).tend()

    class AlmostFull(DiskReserve):
        def _free(self) -> int:
            return 100 * KIBIBYTE

    AlmostFull(tmp_path, 4096 * KIBIBYTE).tend()
    assert not ballast(tmp_path).exists()


def test_store_refuses_data_in_reserve_and_deletes(tmp_path: Path) -> None:
    def store(reserve_bytes: int) -> FolderBlobs:
        reserve = DiskReserve(tmp_path, reserve_bytes)
        return FolderBlobs(
            tmp_path / "blobs", link_base_url=lambda: "http://a", signing_key=b"k" * 32, reserve=reserve
        )

    store(0).write("a/b", b"content", "text/plain")
    full = store(MORE_THAN_ANY_DISK)
    for attempt in (lambda: full.write("a/c", b"content", "text/plain"), full.scratch_file):
        with pytest.raises(OSError, match="No space left"):
            attempt()
    assert full.read("a/b") == b"content"
    full.delete("a/b")
    assert list(full.keys("a/")) == []


def test_write_is_repeated_after_room_is_made(tmp_path: Path) -> None:
    """SQLite's limit of pages takes the place of a full disk."""
    asked: list[int] = []

    def make_room() -> bool:
        records._connections._writer.execute("PRAGMA max_page_count = 1000000")
        asked.append(1)
        return len(asked) == 1

    records = SqliteRecords(tmp_path / "records.sqlite", make_room)
    large = {"text": "x" * 300_000}

    def limit_pages() -> None:
        writer = records._connections._writer
        (pages,) = writer.execute("PRAGMA page_count").fetchone()
        writer.execute(f"PRAGMA max_page_count = {pages}")

    limit_pages()
    records.write(Put(Key("p", "first"), large))
    limit_pages()
    with pytest.raises(StorageFull):
        records.write(Put(Key("p", "second"), large))
    assert (records.get(Key("p", "first")) is not None, records.get(Key("p", "second"))) == (True, None)
    assert len(asked) == 2
    records.close()


def test_io_error_is_no_full_disk_while_room_is_left(tmp_path: Path) -> None:
    connections = SqliteConnections(tmp_path / "file.sqlite", (), 1)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE
    assert not connections._is_full(error)
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    assert connections._is_full(error)
    connections.close()
