"""What ``shared.ports.record_source.RecordSource`` promises, for SQLite and for DynamoDB."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from shared.adapters.aws.records.record_source import DynamoRecordSource
from shared.adapters.local.records.records import SqliteRecords
from shared.domain.clock import now
from shared.domain.keys import Key
from shared.ports.record_source import RecordSource
from shared.ports.records import Put, Records
from tests.aws import stores
from tests.contract.conftest import AWS

MANY = 1_200
"""Pages of either store: of SQLite some hundred records each, of DynamoDB a megabyte."""


@dataclass(frozen=True)
class Store:
    records: Records
    source: RecordSource


def _sqlite(folder: Path) -> Iterator[Store]:
    records = SqliteRecords(folder / "records.db")
    yield Store(records, records)
    records.close()


def _dynamo(_: Path) -> Iterator[Store]:
    table = stores.create_table()
    yield Store(stores.open_records(table), DynamoRecordSource(table, stores.client_of("dynamodb")))


STORES: dict[str, Callable[[Path], Iterator[Store]]] = {"local": _sqlite, "aws": _dynamo}


@pytest.fixture(params=["local", AWS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield from STORES[request.param](tmp_path)


def test_there_is_nothing_in_an_empty_store(store: Store) -> None:
    assert list(store.source.walk()) == []


def test_every_record_comes_once_whatever_partition_it_lies_in(store: Store) -> None:
    written = {Key(f"p{i % 7}", f"s{i:04d}"): {"number": i, "text": "x" * 1_500} for i in range(MANY)}
    puts = [Put(key, body) for key, body in written.items()]
    for start in range(0, MANY, 100):
        store.records.write(*puts[start : start + 100])

    found = list(store.source.walk())

    assert len(found) == MANY
    assert {put.key: put.body for put in found} == written


def test_a_record_comes_as_it_is_now_and_without_a_version(store: Store) -> None:
    key = Key("p", "s")
    store.records.write(Put(key, {"a": 1}))
    store.records.write(Put(key, {"a": 2.5, "b": [None, "ü", {"c": True}]}))

    assert list(store.source.walk()) == [Put(key, {"a": 2.5, "b": [None, "ü", {"c": True}]})]


def test_what_expires_keeps_its_moment_and_what_has_expired_is_left_out(store: Store) -> None:
    later = now() + timedelta(hours=1)
    store.records.write(Put(Key("p", "gone"), {}, expires_at=now() - timedelta(seconds=1)))
    store.records.write(Put(Key("p", "here"), {}, expires_at=later))

    (found,) = store.source.walk()

    assert found.key == Key("p", "here")
    assert found.expires_at is not None
    assert abs(found.expires_at - later) < timedelta(milliseconds=1)
