"""One fixture per port, with one parameter per adapter: the same tests run for each adapter.

A store can open its adapter again over the same data. Tests use this to simulate a restart or a second
process.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.local.records.records import SqliteRecords
from shared.adapters.local.secrets import FileSecrets
from shared.adapters.local.tenant_secrets import FileTenantSecrets
from shared.ports.blobs import Blobs
from shared.ports.records import Records
from shared.ports.secrets import Secrets, TenantSecrets
from tests.aws import stores
from tests.aws.emulator import running_emulator

SIGNING_KEY = b"k" * 32


AWS = pytest.param("aws", marks=pytest.mark.slow)
"""Requires the AWS emulator, which ``tests.aws`` starts."""


class ClosableRecords(Records, Protocol):
    def close(self) -> None: ...


class ClosableBlobs(Blobs, Protocol):
    def close(self) -> None: ...


@dataclass(frozen=True)
class RecordStore:
    """``open_code`` is a Python expression that opens the same records in another process."""

    open: Callable[[], ClosableRecords]
    open_code: str


def _sqlite(folder: Path) -> RecordStore:
    path = folder / "records.db"
    code = (
        f"__import__('shared.adapters.local.records.records', fromlist=['x']).SqliteRecords("
        f"__import__('pathlib').Path({str(path)!r}))"
    )
    return RecordStore(lambda: SqliteRecords(path), code)


def _dynamo(_: Path) -> RecordStore:
    table = stores.create_table()
    environment = running_emulator().environment
    code = (
        f"__import__('tests.aws.stores', fromlist=['x']).open_records_elsewhere({table!r}, {environment!r})"
    )
    return RecordStore(lambda: stores.open_records(table), code)


RECORD_STORES = {"local": _sqlite, "aws": _dynamo}


@pytest.fixture(params=["local", AWS])
def record_store(request: pytest.FixtureRequest, tmp_path: Path) -> RecordStore:
    return RECORD_STORES[request.param](tmp_path)


@pytest.fixture
def records(record_store: RecordStore) -> Iterator[ClosableRecords]:
    opened = record_store.open()
    yield opened
    opened.close()


def folder_blobs(folder: Path) -> FolderBlobs:
    return FolderBlobs(folder / "blobs", link_base_url=lambda: "http://test.local", signing_key=SIGNING_KEY)


def _open_folder(folder: Path) -> Callable[[], ClosableBlobs]:
    return lambda: folder_blobs(folder)


def _open_bucket(folder: Path) -> Callable[[], ClosableBlobs]:
    bucket = stores.create_bucket()
    return lambda: stores.open_blobs(bucket, folder / "scratch")


_BLOB_STORES = {"local": _open_folder, "aws": _open_bucket}


@pytest.fixture(params=["local", AWS])
def open_blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], ClosableBlobs]:
    return _BLOB_STORES[request.param](tmp_path)


@pytest.fixture
def blobs(open_blobs: Callable[[], ClosableBlobs]) -> Iterator[ClosableBlobs]:
    opened = open_blobs()
    yield opened
    opened.close()


def _secret_files(folder: Path) -> Callable[[], Secrets]:
    return lambda: FileSecrets(folder / "secrets")


def _secrets_manager(_: Path) -> Callable[[], Secrets]:
    prefix = f"{stores.new_name()}/"
    return lambda: stores.open_secrets(prefix)


_SECRET_STORES = {"local": _secret_files, "aws": _secrets_manager}


@pytest.fixture(params=["local", AWS])
def open_secrets(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Secrets]:
    return _SECRET_STORES[request.param](tmp_path)


def _tenant_secret_files(folder: Path) -> Callable[[], TenantSecrets]:
    return lambda: FileTenantSecrets(folder / "tenant-secrets")


def _sealed_tenant_secrets(_: Path) -> Callable[[], TenantSecrets]:
    table, key = stores.create_table(), stores.create_encryption_key()
    return lambda: stores.open_tenant_secrets(table, key)


_TENANT_SECRET_STORES = {"local": _tenant_secret_files, "aws": _sealed_tenant_secrets}


@pytest.fixture(params=["local", AWS])
def open_tenant_secrets(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], TenantSecrets]:
    return _TENANT_SECRET_STORES[request.param](tmp_path)
