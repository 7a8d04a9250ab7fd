"""One fixture a port, with one parameter an adapter: the same tests, by the same names, for each.

A store opens its adapter anew from where its data lie, which is how tests restart a server or
stand in a second process.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records import SqliteRecords
from shared.adapters.local.secrets import FileSecrets
from shared.ports.blobs import Blobs
from shared.ports.records import Records
from shared.ports.secrets import Secrets

SIGNING_KEY = b"k" * 32


class ClosableRecords(Records, Protocol):
    def remove_expired(self) -> int: ...

    def close(self) -> None: ...


class ClosableBlobs(Blobs, Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class RecordStore:
    """``open_code`` is a Python expression by which another process opens the same records."""

    open: Callable[[], ClosableRecords]
    open_code: str


def _sqlite(folder: Path) -> RecordStore:
    path = folder / "records.db"
    code = (
        f"__import__('shared.adapters.local.records', fromlist=['x']).SqliteRecords("
        f"__import__('pathlib').Path({str(path)!r}))"
    )
    return RecordStore(lambda: SqliteRecords(path), code)


_RECORD_STORES = {"local": _sqlite}


@pytest.fixture(params=list(_RECORD_STORES))
def record_store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    return _RECORD_STORES[request.param](tmp_path)


@pytest.fixture
def records(record_store: RecordStore) -> Iterator[ClosableRecords]:
    opened = record_store.open()
    yield opened
    opened.close()


def _folder_blobs(folder: Path) -> FolderBlobs:
    return FolderBlobs(folder / "blobs", link_base_url=lambda: "http://test.local", signing_key=SIGNING_KEY)


_BLOB_STORES: dict[str, Callable[[Path], ClosableBlobs]] = {"local": _folder_blobs}


@pytest.fixture(params=list(_BLOB_STORES))
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ClosableBlobs]:
    return lambda: _BLOB_STORES[request.param](tmp_path)


@pytest.fixture
def blobs(open_blobs: Callable[[], ClosableBlobs]) -> Iterator[ClosableBlobs]:
    opened = open_blobs()
    yield opened
    opened.close()


_SECRET_STORES: dict[str, Callable[[Path], Secrets]] = {
    "local": lambda folder: FileSecrets(folder / "secrets")
}


@pytest.fixture(params=list(_SECRET_STORES))
def open_secrets(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Secrets]:
    return lambda: _SECRET_STORES[request.param](tmp_path)
