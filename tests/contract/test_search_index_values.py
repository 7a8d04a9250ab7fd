"""Contract of frequent values: counts by document, scope, prefix, spelling and types."""

import pytest

from shared.domain.query.conditions import LeafType
from shared.ports.search_index import (
    MAX_VALUE_CHARACTERS,
    FrequentValues,
    SearchFilter,
    SearchIndex,
    ValueCount,
    ValueQuery,
)
from tests.contract.search_adapters import index, opener
from tests.contract.search_documents import direction, document, passage

__all__ = ["index", "opener"]

TENANT = SearchFilter("tenant")
TEXT = frozenset({LeafType.STRING})
NUMBER = frozenset({LeafType.NUMBER})
SCALARS = frozenset({LeafType.STRING, LeafType.NUMBER, LeafType.BOOLEAN})


@pytest.fixture
def filled(index: SearchIndex) -> SearchIndex:
    street = passage("Main Street", direction(1), "place")
    index.put(
        [
            document(
                "1", data={"place": "Main Street", "n": 1, "tags": ["cat", "Cat", 5]}, passages=[street]
            ),
            document("2", data={"place": "MAIN STREET", "n": 1.5, "tags": ["dog", True]}, passages=[street]),
            document("3", data={"place": "Market", "n": 1, "tags": ["cat"]}, index="other"),
            document("4", data={"place": "x" * (MAX_VALUE_CHARACTERS + 1), "n": True, "tags": []}),
            document("5", data={"place": "Secret", "n": 7}, tenant="stranger"),
            document("6", data={"place": "a\\b*c?", "tags": [" "]}),
        ]
    )
    return index


def counted(found: FrequentValues) -> list[tuple[object, int]]:
    assert not found.is_sample
    return [(each.value, each.documents) for each in found.values]


def test_values_are_counted_by_document_in_scope(filled: SearchIndex) -> None:
    places = filled.frequent_values(ValueQuery("place", TEXT), TENANT)
    assert places.values[0] == ValueCount("Main Street", 2)
    assert set(counted(places)) == {("Main Street", 2), ("market", 1), ("a\\b*c?", 1)}
    other = SearchFilter("tenant", index_ids=frozenset({"other"}))
    assert counted(filled.frequent_values(ValueQuery("place", TEXT), other)) == [("market", 1)]
    assert counted(filled.frequent_values(ValueQuery("unknown", TEXT), TENANT)) == []


def test_limit_keeps_the_most_frequent(filled: SearchIndex) -> None:
    found = filled.frequent_values(ValueQuery("tags[]", SCALARS, limit=1), TENANT)
    assert counted(found) == [("cat", 2)]


def test_prefix_ignores_case_and_escapes(filled: SearchIndex) -> None:
    def starting(prefix: str) -> list[tuple[object, int]]:
        return counted(filled.frequent_values(ValueQuery("place", TEXT, prefix), TENANT))

    assert starting("MA") == [("Main Street", 2), ("market", 1)]
    assert starting("a\\b*") == [("a\\b*c?", 1)]
    assert starting("m*") == []
    assert counted(filled.frequent_values(ValueQuery("n", NUMBER, "1"), TENANT)) == []


def test_types_choose_values(filled: SearchIndex) -> None:
    assert counted(filled.frequent_values(ValueQuery("n", NUMBER), TENANT)) == [(1.0, 2), (1.5, 1)]
    assert counted(filled.frequent_values(ValueQuery("n", NUMBER, whole=True), TENANT)) == [(1.0, 2)]
    booleans = ValueQuery("n", frozenset({LeafType.BOOLEAN}))
    assert counted(filled.frequent_values(booleans, TENANT)) == [(True, 1)]
    found = filled.frequent_values(ValueQuery("tags[]", SCALARS), TENANT)
    assert set(counted(found)) == {("cat", 2), ("dog", 1), (5.0, 1), (True, 1)}


def test_deleted_documents_do_not_count(filled: SearchIndex) -> None:
    filled.delete(SearchFilter("tenant", index_ids=frozenset({"index"})))
    assert counted(filled.frequent_values(ValueQuery("place", TEXT), TENANT)) == [("market", 1)]


def test_counting_is_bounded(filled: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.local.search.frequent_values.MAX_LEAVES", 2)
    monkeypatch.setattr("shared.adapters.aws.search.frequent_values.SAMPLE", 1)
    found = filled.frequent_values(ValueQuery("place", TEXT), TENANT)
    assert found.is_sample
    assert sum(each.documents for each in found.values) <= 2


def test_long_texts_take_no_place_of_values(index: SearchIndex) -> None:
    long = ["é" * (MAX_VALUE_CHARACTERS + 1), "b" * (MAX_VALUE_CHARACTERS + 1)]
    longest = "é" * MAX_VALUE_CHARACTERS
    index.put(
        [
            document("1", data={"tags": [*long, longest, "cat"]}),
            document("2", data={"tags": [*long, longest, "cat"]}),
            document("3", data={"tags": long}),
        ]
    )
    found = index.frequent_values(ValueQuery("tags[]", TEXT, limit=2), TENANT)
    assert set(counted(found)) == {("cat", 2), (longest, 2)}


def test_other_tenants_take_no_part_in_the_bound(
    filled: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.adapters.local.search.frequent_values.MAX_LEAVES", 4)
    monkeypatch.setattr("shared.adapters.aws.search.frequent_values.SAMPLE", 5)
    filled.put([document(f"s{n}", data={"place": f"A{n}"}, tenant="stranger") for n in range(9)])
    places = filled.frequent_values(ValueQuery("place", TEXT), SearchFilter("stranger"))
    assert places.is_sample
    own = filled.frequent_values(ValueQuery("place", TEXT), SearchFilter("tenant"))
    assert ValueCount("Main Street", 2) in own.values
