"""Recall compared with exact scoring, for filters from one document in a thousand to all."""

import numpy as np
import pytest

from shared.ports.search_index import PicturePassage, SearchDocument, SearchFilter, SearchIndex, TextQuery
from tests.contract.search_adapters import index, opener
from tests.contract.search_documents import DIMENSION, Vector, document, passage, unit

__all__ = ["index", "opener"]

DOCUMENTS, PASSAGES, TOP = 10_000, 3, 10


@pytest.fixture(params=["clustered", pytest.param("random", marks=pytest.mark.long)])
def vectors(request: pytest.FixtureRequest) -> Vector:
    """Vectors (documents x passages x dimension). Clustered ones are around 300 centres in 24 dimensions."""
    source = np.random.default_rng(5)
    noise = source.standard_normal((DOCUMENTS * PASSAGES, DIMENSION))
    if request.param == "clustered":
        centres = source.standard_normal((300, 24)) @ source.standard_normal((24, DIMENSION))
        noise = centres[source.integers(0, 300, len(noise))] / 5 + 0.4 * noise
    rows = noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return np.asarray(rows.reshape(DOCUMENTS, PASSAGES, DIMENSION), np.float32)


def weight(number: int) -> float:
    return 1.0 if number % 3 else 0.8


def searchable(number: int, rows: Vector) -> SearchDocument:
    return document(
        f"{number:05d}",
        media=f"m{number % 1000:03d}",
        passages=[passage("", row, weight=weight(number)) for row in rows],
        pictures=[PicturePassage(0.0, "p", rows[0])],
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "opener",
    ["embedded", "opensearch", pytest.param("vector-collection", marks=pytest.mark.long)],
    indirect=True,
)
def test_recall_does_not_depend_on_the_filter(index: SearchIndex, vectors: Vector) -> None:
    for start in range(0, DOCUMENTS, 1000):
        index.put([searchable(i, vectors[i]) for i in range(start, start + 1000)])
    source = np.random.default_rng(6)
    weights = np.array([weight(i) for i in range(DOCUMENTS)])

    for media in (1, 10, 100, 500, 1000):
        scope = SearchFilter("tenant", media_ids=frozenset(f"m{i:03d}" for i in range(media)))
        allowed = np.arange(DOCUMENTS) % 1000 < media
        text_found = picture_found = 0
        for _ in range(20):
            near = vectors[source.integers(DOCUMENTS), 0] + 0.1 * source.standard_normal(DIMENSION)
            query = unit(near)
            exact = np.where(allowed, (vectors @ query).max(axis=1) * weights, -np.inf)
            hits = index.search_text(TextQuery(query, "", limit=TOP), scope)
            text_found += len(_best(exact) & {int(hit.result_id) for hit in hits[:TOP]})
            exact = np.where(allowed, vectors[:, 0] @ query, -np.inf)
            pictures = index.search_picture(query, scope, TOP)
            picture_found += len(_best(exact) & {int(hit.result_id) for hit in pictures})
        assert text_found / (20 * TOP) >= 0.99, media
        assert picture_found / (20 * TOP) >= 0.99, media


def _best(scores: Vector) -> set[int]:
    return set(np.argsort(-scores)[:TOP].tolist())
