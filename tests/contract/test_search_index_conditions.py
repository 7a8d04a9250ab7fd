"""Contract of structured conditions: they agree with ``holds``; pages are complete and ordered."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.domain.errors import InvalidCursor
from shared.domain.ids import new_id
from shared.domain.query.conditions import MAX_SUBSTRING, OPERATORS, VALUELESS, Condition, parse_conditions
from shared.domain.query.leaves import leaves
from shared.domain.query.matching import holds
from shared.ports.search_index import SearchDocument, SearchFilter, SearchIndex
from tests.contract.search_adapters import index, opener
from tests.contract.search_documents import document

pytestmark = pytest.mark.slow

__all__ = ["index", "opener"]

TENANT = SearchFilter("tenant")

TEXTS = st.one_of(
    st.sampled_from(
        ["", " ", "calm", "CALM", "Straße", "STRASSE", "é", "e\u0301", "a\x00b", "%_", "\ud800", "a\\b"]
    ),
    st.text(alphabet=string.ascii_letters + " %'\"", max_size=5),
    st.text(max_size=3),
)
NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.0, 1e300, 10**400, 2**53]),
    st.floats(-2, 2).map(lambda x: round(x, 1)),
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
NAMES = st.sampled_from(["a", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=2)),
    max_leaves=6,
)
DATA = st.dictionaries(NAMES, VALUES, max_size=2)
PATHS = ["a", "b", "a[]", "a.b", "a[].b", "a[][]", "b[].a[]", "c"]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from(list(OPERATORS)))
    operator = draw(st.sampled_from(OPERATORS[kind]))
    field = draw(st.sampled_from(PATHS))
    if operator in VALUELESS:
        return Condition(field, operator, kind)
    return Condition(field, operator, kind, draw(_values(kind, operator)))


def _values(kind: str, operator: str) -> st.SearchStrategy[Any]:
    texts = TEXTS.filter(lambda text: bool(text.strip()))
    if operator.startswith("length"):
        return st.integers(0, 3)
    if kind == "string" or operator == "item_contains":
        return texts
    if kind == "boolean":
        return st.booleans()
    numbers = st.one_of(st.integers(-3, 3), st.sampled_from([0.5, 1e300]))
    if kind == "array":
        return st.one_of(texts, st.booleans(), numbers)
    return st.integers(-3, 3) if kind == "integer" else numbers


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    contents=st.lists(DATA, min_size=1, max_size=6),
    asked=st.lists(st.lists(conditions(), min_size=1, max_size=3), min_size=1, max_size=8),
)
def test_conditions_match_as_domain_rules_define(
    index: SearchIndex, contents: list[dict[str, Any]], asked: list[list[Condition]]
) -> None:
    tenant = new_id("tenant")  # each example has its own, because all use the same index
    documents = [document(f"{tenant}-{i}", tenant=tenant, data=data) for i, data in enumerate(contents)]
    index.put(documents)
    for joined in asked:
        page = index.match(joined, SearchFilter(tenant), after=None, limit=100)
        expected = [
            each.result_id
            for each, data in zip(documents, contents, strict=True)
            if all(holds(c, leaves(data)) for c in joined)
        ]
        assert (list(page.result_ids), page.total) == (expected, len(expected)), joined


@pytest.mark.parametrize("length", [1, 10_000])
@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("contains", "VIOLIN", True),
        ("contains", "street at", True),
        ("contains", "at the street", False),
        ("contains", "n", True),
        ("starts_with", "a viol", True),
        ("starts_with", "violin", False),
        ("ends_with", "the end?", True),
        ("ends_with", "end", False),
        ("contains", "*", False),
        ("contains", "street*night", False),
        ("contains", "end?", True),
    ],
)
def test_texts_are_compared_literally(
    index: SearchIndex, operator: str, value: str, expected: bool, length: int
) -> None:
    text = ("A violinist plays in the street at night. " * length) + "The end?"
    index.put([document("it", data={"text": text}), document("other", data={"text": "nothing"})])

    page = index.match([Condition("text", operator, "string", value)], TENANT, after=None, limit=5)

    assert ("it" in page.result_ids) is expected


def test_substring_is_found_in_many_texts(index: SearchIndex) -> None:
    text = "a street at night, and in it somebody who plays the {} while number {} listens"
    for start in range(0, 3000, 300):
        index.put(
            [
                document(f"{i}", data={"text": text.format("piano" if i % 3 else "violin", i)})
                for i in range(start, start + 300)
            ]
        )
    condition = Condition("text", "contains", "string", "violin")

    totals = {index.match([condition], TENANT, after=None, limit=5).total for _ in range(5)}

    assert totals == {1000}


@pytest.mark.parametrize("piece", ["a", "\U0001f3ac*", "\\"])
@pytest.mark.parametrize("operator", ["contains", "starts_with", "ends_with"])
def test_longest_permitted_search_text_is_found(index: SearchIndex, operator: str, piece: str) -> None:
    """Repetitive texts produce the largest automata in OpenSearch."""
    longest = (piece * MAX_SUBSTRING)[:MAX_SUBSTRING]
    index.put([document("here", data={"text": longest}), document("there", data={"text": longest[:-1]})])
    (asked,) = parse_conditions(
        [{"field": "text", "operator": operator, "type": "string", "value": longest}], lenient=False
    )
    assert index.match([asked], TENANT, after=None, limit=5).result_ids == ["here"]


def walk(index: SearchIndex, asked: list[Condition], scope: SearchFilter, limit: int) -> list[str]:
    results: list[str] = []
    after: str | None = None
    while True:
        page = index.match(asked, scope, after=after, limit=limit)
        results += page.result_ids
        if page.next_after is None:
            return results
        assert len(page.result_ids) == limit
        after = page.next_after


def many(count: int) -> list[SearchDocument]:
    return [
        document(
            f"r{i:05d}",
            executed_at=f"2026-01-0{1 + i % 3}T00:00:00.000Z",
            media=f"m{i % 7}",
            data={"number": i, "even": i % 2 == 0},
        )
        for i in range(count)
    ]


@pytest.mark.parametrize("count", [50, 4500])
def test_pages_are_ordered_and_complete(index: SearchIndex, count: int) -> None:
    documents = many(count)
    index.put(documents)
    index.put([document("stranger", tenant="other", data={"even": True})])
    asked = parse_conditions(
        [{"field": "even", "type": "boolean", "operator": "equals", "value": True}], lenient=False
    )
    ordered = sorted(documents[::2], key=lambda d: (d.executed_at, d.result_id))

    assert walk(index, asked, TENANT, limit=count // 7) == [d.result_id for d in ordered]
    assert index.match(asked, TENANT, after=None, limit=5).total == len(ordered)
    media = frozenset({"m1", "m2"})
    assert walk(index, asked, SearchFilter("tenant", media_ids=media), limit=count // 9) == [
        d.result_id for d in ordered if d.media_id in media
    ]


def test_concurrent_changes_do_not_shift_pages(index: SearchIndex) -> None:
    index.put(many(20))
    first = index.match([], TENANT, after=None, limit=10)
    index.put([document("earlier", executed_at="2025-01-01T00:00:00.000Z", media="m0")])
    index.delete(SearchFilter("tenant", media_ids=frozenset({"m0"})))

    rest = index.match([], TENANT, after=first.next_after, limit=100)

    assert set(first.result_ids).isdisjoint(rest.result_ids)
    assert set(rest.result_ids) == {d.result_id for d in many(20) if d.media_id != "m0"} - set(
        first.result_ids
    )


def test_invalid_page_token_is_refused(index: SearchIndex) -> None:
    for token in ("x", "bm90IGpzb24=", "e30=", "W10="):
        with pytest.raises(InvalidCursor):
            index.match([], TENANT, after=token, limit=5)


def test_deleted_leaves_do_not_match(index: SearchIndex) -> None:
    index.put([document("a", data={"mood": "calm"}), document("b", media="kept", data={"mood": "calm"})])
    index.delete(SearchFilter("tenant", media_ids=frozenset({"media"})))

    page = index.match([Condition("mood", "equals", "string", "calm")], TENANT, after=None, limit=5)

    assert (list(page.result_ids), page.total) == (["b"], 1)


def test_search_is_restricted_to_named_results(index: SearchIndex) -> None:
    index.put([document(name, data={"mood": "calm"}) for name in ("a", "b", "c")])
    index.put([document("d", data={"mood": "loud"}), document("e", tenant="other", data={"mood": "calm"})])
    calm = [Condition("mood", "equals", "string", "calm")]
    named = frozenset({"b", "c", "d", "e", "absent"})

    page = index.match(calm, TENANT, among=named, after=None, limit=1)
    rest = index.match(calm, TENANT, among=named, after=page.next_after, limit=1)

    assert (page.result_ids, page.total, rest.result_ids, rest.next_after) == (["b"], 2, ["c"], None)
    assert index.match([], TENANT, among=named, after=None, limit=9).result_ids == ["b", "c", "d"]
    assert index.match(calm, TENANT, among=frozenset(), after=None, limit=9).total == 0
