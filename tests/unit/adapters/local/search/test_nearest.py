"""Recall of the partitioned search by signs, and the distances that it compares."""

from collections.abc import Iterator
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
def partitioned(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Limits that make a small index search like a large one, with several segments."""
    monkeypatch.setattr(nearest, "EXACT_ROWS", 50)
    monkeypatch.setattr(nearest, "LISTED_ROWS", 100)
    monkeypatch.setattr(nearest, "CANDIDATES", 500)
    monkeypatch.setattr(nearest, "PROBED_SHARE", 0.3)
    monkeypatch.setattr(signs, "ROWS_PER_LIST", 100)
    monkeypatch.setattr(memory, "RECENT_ENTRIES", 700)
    return


def _vectors() -> NDArray[np.float32]:
    source = np.random.default_rng(5)
    centres = source.standard_normal((60, SPACE.dimension))
    rows = centres[source.integers(0, 60, DOCUMENTS)] + source.standard_normal((DOCUMENTS, SPACE.dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


def _document(number: int, vector: NDArray[np.float32]) -> SearchDocument:
    return SearchDocument(
        result_id=f"{number}",
        tenant_id="tenant",
        index_id="",
        run_id="run",
        media_id=f"m{number % 100}",
        segment_id=f"{number}",
        level=Level.SEGMENT,
        start=0.0,
        executed_at="2026-01-01T00:00:00.000Z",
        passages=[TextPassage("odd" if number % 2 else "even", "", f"w{number}", vector)],
    )


@pytest.mark.usefixtures("partitioned")
def test_lists_are_searched_under_every_filter(tmp_path: Path) -> None:
    vectors = _vectors()
    with closing(EmbeddedSearchIndex(tmp_path, SPACE, SPACE)) as index:
        for first in range(0, DOCUMENTS, 500):
            rows = range(first, first + 500)
            index.put([_document(number, vectors[number]) for number in rows])
    source = np.random.default_rng(6)
    with closing(EmbeddedSearchIndex(tmp_path, SPACE, SPACE)) as index:
        texts = index._memory.snapshot.texts
        assert (len(texts.partitions), texts.recent.shape[1]) == (2, 500)
        for media, fields in ((1, None), (5, None), (30, None), (100, None), (100, frozenset({"odd"}))):
            scope = SearchFilter("tenant", media_ids=frozenset(f"m{i}" for i in range(media)))
            allowed = np.arange(DOCUMENTS) % 100 < media
            if fields:
                allowed &= np.arange(DOCUMENTS) % 2 == 1
            found = 0
            for _ in range(20):
                query = vectors[source.integers(DOCUMENTS)]
                exact = np.where(allowed, vectors @ query, -1)
                best = {str(number) for number in np.argsort(-exact)[:TOP]}
                hits = index.search_text(TextQuery(query, "", fields, limit=TOP), scope)
                found += len(best & {hit.result_id for hit in hits})
            assert found / (20 * TOP) >= 0.97, (media, fields, found)


def test_distances_count_the_signs_that_differ() -> None:
    rows = np.random.default_rng(1).standard_normal((300, 500)).astype(np.float32)
    found = signs.sign_distances(signs.sign_codes(rows), signs.sign_codes(rows[:1]))
    assert found.tolist() == np.count_nonzero((rows > 0) != (rows[0] > 0), axis=1).tolist()


def test_partition_keeps_every_row_once() -> None:
    rows = (np.random.default_rng(1).standard_normal((20_000, 64)) * 5000).astype(np.int16)
    part = signs.partition(0, rows)
    assert len(part.centroids) > 1
    assert np.array_equal(np.sort(part.order), np.arange(20_000))
    assert np.array_equal(part.order[part.places], np.arange(20_000))
    assert np.array_equal(part.codes, signs.sign_codes(rows[part.order]))
