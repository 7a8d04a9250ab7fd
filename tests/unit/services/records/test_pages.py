"""A walk over a partition reads each page once, and only when it is needed."""

from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from shared.adapters.local.records.records import SqliteRecords
from shared.domain.keys import Key
from shared.ports.records import RecordPage
from shared.services.records.documents import Documents, put

LINES = Key("lines", "")


class Line(BaseModel):
    number: int


class CountedQueries(SqliteRecords):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.limits: list[int] = []

    def query(self, partition: str, *, limit: int = 100, **options: Any) -> RecordPage:
        self.limits.append(limit)
        return super().query(partition, limit=limit, **options)


@pytest.fixture
def records(tmp_path: Path) -> CountedQueries:
    return CountedQueries(tmp_path / "records.sqlite")


@pytest.fixture
def documents(records: CountedQueries) -> Documents:
    documents = Documents(records)
    documents.write(*(put(Key("lines", f"{number:02d}"), Line(number=number)) for number in range(5)))
    return documents


def test_walk_reads_each_page_once(documents: Documents, records: CountedQueries) -> None:
    pages = [[line.number for line in page] for page in documents.pages(Line, LINES, limit=2)]
    assert pages == [[0, 1], [2, 3], [4]]
    assert records.limits == [2, 2, 2]


def test_page_is_read_after_previous_page_is_consumed(documents: Documents, records: CountedQueries) -> None:
    lines = documents.each(Line, LINES, limit=2)
    assert records.limits == []
    assert [line.number for line in islice(lines, 2)] == [0, 1]
    assert len(records.limits) == 1
    assert next(lines).number == 2
    assert len(records.limits) == 2


def test_walk_starts_after_sort_key(documents: Documents) -> None:
    assert [line.number for line in documents.each(Line, LINES, limit=2, after="02")] == [3, 4]
    assert list(documents.sort_key_pages(LINES, limit=3, after="00")) == [["01", "02", "03"], ["04"]]


def test_walk_in_descending_order(documents: Documents) -> None:
    assert [line.number for line in documents.every(Line, LINES, descending=True)] == [4, 3, 2, 1, 0]


def test_walk_is_limited_to_sort_key_prefix(documents: Documents) -> None:
    documents.write(put(Key("lines", "10"), Line(number=10)))
    assert [line.number for line in documents.each(Line, Key("lines", "1"), limit=2)] == [10]


def test_record_pages_yield_untyped_records(documents: Documents) -> None:
    pages = list(documents.record_pages(LINES, limit=4))
    assert [[record.body["number"] for record in page] for page in pages] == [[0, 1, 2, 3], [4]]


def test_partition_without_records_has_one_empty_page(documents: Documents, records: CountedQueries) -> None:
    assert list(documents.sort_key_pages(Key("none", ""), limit=2)) == [[]]
    assert documents.every(Line, Key("none", "")) == []
    assert len(records.limits) == 2


def test_filled_page_reads_until_it_is_full(documents: Documents, records: CountedQueries) -> None:
    page = documents.filled_page(Line, LINES, lambda line: line.number % 2 == 0, limit=2)
    assert [line.number for line in page.items] == [0, 2]
    assert page.next_after == "02"
    assert records.limits == [2, 1]


def test_filled_pages_together_contain_every_kept_item(documents: Documents) -> None:
    found: list[int] = []
    after: str | None = None
    for _ in range(3):
        page = documents.filled_page(Line, LINES, lambda line: line.number != 1, limit=2, after=after)
        found += [line.number for line in page.items]
        after = page.next_after
        if after is None:
            break
    assert found == [0, 2, 3, 4]
    assert after is None


def test_filled_page_is_short_at_end_of_partition(documents: Documents) -> None:
    page = documents.filled_page(Line, LINES, lambda line: line.number > 3, limit=2)
    assert ([line.number for line in page.items], page.next_after) == ([4], None)
