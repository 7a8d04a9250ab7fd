"""Search with the k-NN graph: recurring vectors, index swaps and failed shards."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from typing import Any

import numpy as np
import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.cluster import Answer, Cluster
from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.aws.search.rebuild import rebuilding
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
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
PREFIX = "graph"
DOCUMENTS, VALUES, TOP = 2_000, 40, 10
FEW = 20
"""Candidates per shard. Compared with the 50 documents of each value, they are as few as in archives of
millions of segments."""

BOAT = direction(1)


@pytest.fixture
def client() -> Iterator[OpenSearch]:
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as client:
        client.indices.delete(index=f"{PREFIX}-*")
        yield client
        client.indices.delete(index=f"{PREFIX}-*")


def opened(client: OpenSearch) -> OpenSearchIndex:
    """Open the index with exact scoring of candidates only."""
    return OpenSearchIndex(
        client, index_prefix=PREFIX, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE, exact_up_to=0
    )


def recurring() -> Vector:
    """Make vectors of shape documents x passages x dimension.

    Each passage has one of ``VALUES`` vectors, some of which are similar.
    """
    source = np.random.default_rng(5)
    values = source.standard_normal((VALUES, 12)) @ source.standard_normal((12, DIMENSION))
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values[source.integers(0, VALUES, (DOCUMENTS, 2))], np.float32)


def searchable(number: int, rows: Vector) -> SearchDocument:
    passages = [passage("", row) for row in rows]
    frames = [PicturePassage(0.0, "p", rows[0])]
    return document(f"{number}", media=f"m{number % 10}", passages=passages, pictures=frames)


def test_recurring_vectors_are_found(client: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hit counts as correct if its score reaches the tenth best, because equal vectors are
    interchangeable."""
    monkeypatch.setattr("shared.adapters.aws.search.graph_choice.LEAST_CANDIDATES", FEW)
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
            texts += _count_correct([hit.result_id for hit in hits], scores)
            scores = np.where(allowed, vectors[:, 0] @ query, -1)
            pictures += _count_correct(
                [hit.result_id for hit in index.search_picture(query, scope, TOP)], scores
            )
        assert texts / (len(asked) * TOP) >= 0.95, media
        assert pictures / (len(asked) * TOP) >= 0.95, media


@pytest.mark.parametrize("merged", [True, False])
def test_merged_index_is_searched_by_its_graph(
    client: OpenSearch, monkeypatch: pytest.MonkeyPatch, merged: bool
) -> None:
    """Scopes within the exact limit are, if their vectors take longer than the graph of few segments."""
    monkeypatch.setattr("shared.adapters.aws.search.graph_choice.LEAST_CANDIDATES", 5)
    index = exact(client)
    for start in range(0, 200, 50):
        index.put(
            [
                document(f"d{number}", passages=[passage("x", direction(number))])
                for number in range(start, start + 50)
            ]
        )
    if merged:
        client.indices.forcemerge(index=index.aliases.live, max_num_segments=1)
        client.indices.refresh(index=index.aliases.live)
    sizes = Cluster(client).lucene_segments(index.aliases.live)
    assert sizes is not None
    assert (sum(sizes), len(sizes) == 1) == (400, merged)
    sent: list[str] = []
    search_all = index._cluster.search_all

    def record(alias: str, bodies: Sequence[Mapping[str, Any]]) -> list[Answer]:
        sent.append(json.dumps(bodies))
        return search_all(alias, bodies)

    monkeypatch.setattr(index._cluster, "search_all", record)
    hits = index.search_text(TextQuery(direction(7), ""), TENANT)
    assert hits[0].result_id == "d7"
    assert ('"knn": {' in sent[0]) == merged


def test_segments_of_missing_index_are_unknown(client: OpenSearch) -> None:
    assert Cluster(client).lucene_segments(f"{PREFIX}-none") is None


def _count_correct(found: list[str], scores: Vector) -> int:
    least = np.partition(scores, -TOP)[-TOP] - 1e-4
    return sum(bool(scores[int(name)] >= least) for name in found[:TOP])


def exact(client: OpenSearch) -> OpenSearchIndex:
    return OpenSearchIndex(client, index_prefix=PREFIX, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE)


@pytest.mark.parametrize("opening", [opened, exact])
def test_search_survives_index_swap(
    client: OpenSearch, monkeypatch: pytest.MonkeyPatch, opening: Callable[[OpenSearch], OpenSearchIndex]
) -> None:
    """Swap the index after the first request of a search, which counts the documents in its scope."""
    index = opening(client)
    index.put([searchable(1, np.stack([BOAT] * 3))])
    count = index._cluster.search

    with ExitStack() as ending:
        rebuild = ending.enter_context(rebuilding(index))
        rebuild.put([searchable(2, np.stack([BOAT] * 3))])

        def count_and_switch(alias: str, body: Mapping[str, Any]) -> Answer:
            answer = count(alias, body)
            ending.close()
            return answer

        monkeypatch.setattr(index._cluster, "search", count_and_switch)
        assert [hit.result_id for hit in index.search_text(TextQuery(BOAT, ""), TENANT)] == ["2"]


def test_failed_shard_makes_answer_unavailable(client: OpenSearch) -> None:
    """OpenSearch answers 200 with the hits of the other shards."""
    index = opened(client)
    index.put([document("a", passages=[passage("x", BOAT)])])
    text = {"mappings": {"properties": {"text_vectors": {"type": "text"}}}}
    client.indices.create(index=f"{PREFIX}-broken", body=text)
    client.indices.put_alias(index=f"{PREFIX}-broken", name=index.aliases.live)

    with pytest.raises(Unavailable, match="part of OpenSearch"):
        index.counts()
    with pytest.raises(Unavailable, match="part of OpenSearch"):
        index.search_text(TextQuery(BOAT, "boat"), TENANT)
