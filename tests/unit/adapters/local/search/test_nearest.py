"""Recall of the search by signs, with vectors that recur, and the distances that it compares."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.adapters.local.search import nearest
from shared.adapters.local.search.arrays import memory, signs
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import Level, SearchDocument, SearchFilter, TextPassage, TextQuery

SPACE = EmbeddingSpace(model="test", version="1", dimension=200)
DOCUMENTS, TOP = 5_500, 10


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that make a small index search like a large one, with several segments."""
    monkeypatch.setattr(nearest, "CANDIDATES", 200)
    monkeypatch.setattr(nearest, "_VECTORS_PER_THREAD", 1_000)
    monkeypatch.setattr(memory, "RECENT_ENTRIES", 700)


def _vectors() -> NDArray[np.float32]:
    source = np.random.default_rng(5)
    centres = source.standard_normal((60, SPACE.dimension))
    rows = centres[source.integers(0, 60, DOCUMENTS)] + source.standard_normal((DOCUMENTS, SPACE.dimension))
    rows[::2] = rows[source.integers(0, 20, DOCUMENTS // 2)]
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _document(number: int, vector: NDArray[np.float32], media_id: str = "") -> SearchDocument:
    return SearchDocument(
        result_id=f"{number}",
        tenant_id="tenant",
        index_id="",
        run_id="run",
        media_id=media_id or f"m{number % 100}",
        segment_id=f"{number}",
        level=Level.SEGMENT,
        start=0.0,
        executed_at="2026-01-01T00:00:00.000Z",
        passages=[TextPassage("odd" if number % 2 else "even", "", f"w{number}", vector)],
    )


@pytest.mark.usefixtures("large")
def test_recurring_vectors_are_found_under_every_filter(tmp_path: Path) -> None:
    vectors = _vectors()
    with closing(EmbeddedSearchIndex(tmp_path, SPACE, SPACE)) as index:
        for first in range(0, DOCUMENTS, 500):
            rows = range(first, first + 500)
            index.put([_document(number, vectors[number]) for number in rows])
    source = np.random.default_rng(6)
    with closing(EmbeddedSearchIndex(tmp_path, SPACE, SPACE)) as index:
        texts = index._memory.snapshot.texts
        assert (len(texts.parts), texts.recent.shape[1]) == (2, 500)
        assert texts.parts[0].codes.shape[1] < 3_000
        for media, fields in ((1, None), (5, None), (30, None), (100, None), (100, frozenset({"odd"}))):
            scope = SearchFilter("tenant", media_ids=frozenset(f"m{i}" for i in range(media)))
            allowed = np.arange(DOCUMENTS) % 100 < media
            if fields:
                allowed &= np.arange(DOCUMENTS) % 2 == 1
            found = 0
            for _ in range(20):
                query = vectors[source.integers(DOCUMENTS)]
                exact = np.where(allowed, vectors @ query, -1)
                least = np.partition(exact, -TOP)[-TOP] - 1e-4
                hits = index.search_text(TextQuery(query, "", fields, limit=TOP), scope)
                assert len(hits) == TOP
                found += sum(bool(exact[int(hit.result_id)] >= least) for hit in hits)
            assert found / (20 * TOP) >= 0.97, (media, fields, found)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("copies", [1, 2])
def test_neighbours_outside_the_filter_do_not_displace_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, copies: int
) -> None:
    """Of 60 % of the documents, which the filter selects, few are near the query. Each vector has so many
    documents."""
    monkeypatch.setattr(nearest, "CANDIDATES", 50)
    source = np.random.default_rng(7)
    groups = source.integers(0, 10, DOCUMENTS // copies)
    selected = np.repeat(source.random(len(groups)) < np.where(groups == 0, 0.06, 0.66), copies)
    rows = 1.5 * source.standard_normal((10, SPACE.dimension))[groups]
    rows = np.repeat(rows + source.standard_normal(rows.shape), copies, axis=0)
    vectors = np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
    with closing(EmbeddedSearchIndex(tmp_path, SPACE, SPACE)) as index:
        for first in range(0, len(vectors), 500):
            numbers = range(first, min(first + 500, len(vectors)))
            index.put([_document(n, vectors[n], "m1" if selected[n] else "m2") for n in numbers])
        found = 0
        for query in vectors[np.repeat(groups == 0, copies)][:40]:
            exact = np.where(selected, vectors @ query, -1)
            least = np.partition(exact, -TOP)[-TOP] - 1e-4
            scope = SearchFilter("tenant", media_ids=frozenset({"m1"}))
            hits = index.search_text(TextQuery(query, "", limit=TOP), scope)
            found += sum(bool(exact[int(hit.result_id)] >= least) for hit in hits)
    assert found / (40 * TOP) >= 0.97


def test_distances_count_the_signs_that_differ() -> None:
    rows = np.random.default_rng(1).standard_normal((300, 500)).astype(np.float32)
    found = signs.sign_distances(signs.sign_codes(rows), signs.sign_codes(rows[:1]))
    assert found.tolist() == np.count_nonzero((rows > 0) != (rows[0] > 0), axis=1).tolist()


def test_rows_of_distinct_vectors() -> None:
    distinct = (np.random.default_rng(1).standard_normal((50, 64)) * 5000).astype(np.int16)
    numbers = np.random.default_rng(2).integers(0, 50, 3_000)
    weights = np.where(np.arange(3_000) % 2, 1, 0.5).astype(np.float32)
    part = signs.distinct_signs(7, distinct[numbers], weights)

    assert part.codes.shape == (1, 100)
    for vector in range(100):
        rows = part.slots[part.offsets[vector] : part.offsets[vector + 1]]
        assert len({(numbers[row], weights[row]) for row in rows}) == 1
        assert set(part.places[rows]) == {vector}
    assert np.array_equal(np.sort(part.slots), np.arange(3_000))


def test_vectors_with_equal_signs_differ() -> None:
    rows = np.array([[5, 5, 5], [5, 6, 5], [5, 5, 5]], np.int16)
    part = signs.distinct_signs(0, rows, np.ones(3, np.float32))
    assert part.places.tolist() == [0, 1, 0]


def test_erased_row_leaves_vector_to_other_rows() -> None:
    rows = np.array([[5, -5, 5], [5, 6, 5], [5, -5, 5]], np.int16)
    part = signs.distinct_signs(0, rows, np.ones(3, np.float32))
    gone = np.array([True, True, False])
    assert part.erase(np.array([0, 1]), gone).tolist() == [1]
    assert (part.codes[0] != 0).tolist() == [True, False]
    gone[2] = True
    assert part.erase(np.array([2]), gone).tolist() == [0, 2]
    assert not part.codes.any()
