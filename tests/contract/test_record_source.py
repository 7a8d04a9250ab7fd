"""Contract of ``shared.ports.record_source.RecordSource``, for SQLite and DynamoDB."""

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
from shared.ports.records import Delete, Put, Records
from tests.aws import stores
from tests.contract.conftest import AWS

MANY = 1_200
"""Several pages of either store: some hundred records in SQLite, one megabyte in DynamoDB."""


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


def test_empty_store_has_no_records(store: Store) -> None:
    assert list(store.source.walk()) == []


def test_every_record_of_every_partition_is_returned_once(store: Store) -> None:
    written = {Key(f"p{i % 7}", f"s{i:04d}"): {"number": i, "text": "x" * 1_500} for i in range(MANY)}
    puts = [Put(key, body) for key, body in written.items()]
    for start in range(0, MANY, 100):
        store.records.write(*puts[start : start + 100])

    found = list(store.source.walk())

    assert len(found) == MANY
    assert {put.key: put.body for put in found} == written


def test_record_is_returned_in_current_state_without_version(store: Store) -> None:
    key = Key("p", "s")
    store.records.write(Put(key, {"a": 1}))
    store.records.write(Put(key, {"a": 2.5, "b": [None, "ü", {"c": True}]}))

    assert list(store.source.walk()) == [Put(key, {"a": 2.5, "b": [None, "ü", {"c": True}]})]


def test_expiry_is_kept_and_expired_records_are_left_out(store: Store) -> None:
    later = now() + timedelta(hours=1)
    store.records.write(Put(Key("p", "gone"), {}, expires_at=now() - timedelta(seconds=1)))
    store.records.write(Put(Key("p", "here"), {}, expires_at=later))

    (found,) = store.source.walk()

    assert found.key == Key("p", "here")
    assert found.expires_at is not None
    assert abs(found.expires_at - later) < timedelta(milliseconds=1)


def test_walk_continues_after_record_even_if_it_is_gone(store: Store) -> None:
    store.records.write(*(Put(Key(f"p{i % 7}", f"s{i:04d}"), {"number": i}) for i in range(50)))
    found = list(store.source.walk())

    for place in (0, 24, 49):
        assert list(store.source.walk(found[place].key)) == found[place + 1 :]

    store.records.write(Delete(found[24].key))
    assert list(store.source.walk(found[24].key)) == found[25:]
