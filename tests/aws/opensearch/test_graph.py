"""Beyond what is compared one by one: values that recur in hundreds of segments."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Any

import numpy as np
import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search_cluster import Answer
from shared.adapters.aws.search_index import OpenSearchIndex
from shared.adapters.aws.search_rebuild import rebuilding
from shared.domain.errors import Unavailable
from shared.ports.search_index import PicturePassage, SearchDocument, SearchFilter, TextQuery
from tests.aws.opensearch.server import shared_url
from tests.contract.search_documents import (
    DIMENSION,
    PICTURE_SPACE,
    TEXT_SPACE,
    Vector,
    direction,
    document,
    passage,
    unit,
)

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
PREFIX = "graph"
DOCUMENTS, VALUES, TOP = 2_000, 40, 10
FEW = 20
"""Candidates: as few beside 50 equals of each value as there are in archives of millions of segments."""

BOAT = direction(1)


@pytest.fixture
def client() -> Iterator[OpenSearch]:
    with closing(OpenSearch(shared_url(), timeout=30, max_retries=0)) as client:
        client.indices.delete(index=f"{PREFIX}-*")
        yield client
        client.indices.delete(index=f"{PREFIX}-*")


def opened(client: OpenSearch) -> OpenSearchIndex:
    """Nothing is compared one by one, but what was found."""
    return OpenSearchIndex(
        client, index_prefix=PREFIX, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE, exact_up_to=0
    )


def recurring() -> Vector:
    """Documents x passages x dimension: each passage has one of ``VALUES`` values, some like others."""
    source = np.random.default_rng(5)
    values = source.standard_normal((VALUES, 12)) @ source.standard_normal((12, DIMENSION))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values[source.integers(0, VALUES, (DOCUMENTS, 2))], np.float32)


def searchable(number: int, rows: Vector) -> SearchDocument:
    passages = [passage("", row) for row in rows]
    frames = [PicturePassage(0.0, "p", rows[0])]
    return document(f"{number}", media=f"m{number % 10}", passages=passages, pictures=frames)


def test_values_that_recur_are_found(client: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """As near as the tenth best counts as found: equals are as good as each other."""
    monkeypatch.setattr("shared.adapters.aws.search_queries.CANDIDATES", FEW)
    index, vectors = opened(client), recurring()
    index.put([searchable(number, rows) for number, rows in enumerate(vectors)])
    client.indices.forcemerge(index=index.aliases.live, max_num_segments=1)
    source = np.random.default_rng(6)
    asked = [
        unit(row + 0.1 * source.standard_normal(DIMENSION)) for row in vectors[:20].reshape(-1, DIMENSION)
    ]

    for media in (1, 5, 10):
        scope = SearchFilter("tenant", media_ids=frozenset(f"m{i}" for i in range(media)))
        allowed = np.arange(DOCUMENTS) % 10 < media
        texts = pictures = 0
        for query in asked:
            scores = np.where(allowed, (vectors @ query).max(axis=1), -1)
            hits = index.search_text(TextQuery(query, "", limit=TOP), scope)
            texts += _as_near([hit.result_id for hit in hits], scores)
            scores = np.where(allowed, vectors[:, 0] @ query, -1)
            pictures += _as_near([hit.result_id for hit in index.search_picture(query, scope, TOP)], scores)
        assert texts / (len(asked) * TOP) >= 0.95, media
        assert pictures / (len(asked) * TOP) >= 0.95, media


def _as_near(found: list[str], scores: Vector) -> int:
    least = np.partition(scores, -TOP)[-TOP] - 1e-4
    return sum(bool(scores[int(name)] >= least) for name in found[:TOP])


def exact(client: OpenSearch) -> OpenSearchIndex:
    return OpenSearchIndex(client, index_prefix=PREFIX, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE)


@pytest.mark.parametrize("opening", [opened, exact])
def test_another_index_may_take_the_place_in_the_middle_of_a_search(
    client: OpenSearch, monkeypatch: pytest.MonkeyPatch, opening: Callable[[OpenSearch], OpenSearchIndex]
) -> None:
    """Right after the first request of a search, which counts what is in its scope."""
    index = opening(client)
    index.put([searchable(1, np.stack([BOAT] * 3))])
    count = index._cluster.search_all

    with ExitStack() as ending:
        rebuild = ending.enter_context(rebuilding(index))
        rebuild.put([searchable(2, np.stack([BOAT] * 3))])

        def count_and_switch(alias: str, bodies: Sequence[Mapping[str, Any]]) -> list[Answer]:
            answers = count(alias, bodies)
            ending.close()
            return answers

        monkeypatch.setattr(index._cluster, "search_all", count_and_switch)
        assert [hit.result_id for hit in index.search_text(TextQuery(BOAT, ""), TENANT)] == ["2"]


def test_a_part_that_fails_is_no_complete_answer(client: OpenSearch) -> None:
    """OpenSearch answers 200 with what the other shards have."""
    index = opened(client)
    index.put([document("a", passages=[passage("x", BOAT)])])
    text = {"mappings": {"properties": {"text_vectors": {"type": "text"}}}}
    client.indices.create(index=f"{PREFIX}-broken", body=text)
    client.indices.put_alias(index=f"{PREFIX}-broken", name=index.aliases.live)

    with pytest.raises(Unavailable, match="part of OpenSearch"):
        index.counts()
    with pytest.raises(Unavailable, match="part of OpenSearch"):
        index.search_text(TextQuery(BOAT, "boat"), TENANT)
