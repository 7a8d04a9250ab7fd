"""OpenSearch index: rebuilds beside the live index, embedding spaces, bulk requests and errors."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing

import httpx
import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.cluster import Cluster
from shared.adapters.aws.search.graph_choice import EXACT_UP_TO
from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.aws.search.rebuild import Rebuild, rebuilding
from shared.domain.errors import Conflict, Unavailable
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import PicturePassage, SearchFilter, TextQuery
from tests.aws.opensearch.server import shared_url
from tests.contract.search_documents import (
    DIMENSION,
    PICTURE_SPACE,
    TEXT_SPACE,
    Vector,
    direction,
    document,
    passage,
)
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT = direction(1)
PREFIX = "rebuilt"


@pytest.fixture
def client() -> Iterator[OpenSearch]:
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as client:
        client.indices.delete(index=f"{PREFIX}-*")
        yield client


def opened(
    client: OpenSearch, text_space: EmbeddingSpace = TEXT_SPACE, *, exact_up_to: int = EXACT_UP_TO
) -> OpenSearchIndex:
    return OpenSearchIndex(
        client,
        index_prefix=PREFIX,
        text_space=text_space,
        picture_space=PICTURE_SPACE,
        exact_up_to=exact_up_to,
    )


def rebuilt(
    client: OpenSearch, text_space: EmbeddingSpace = TEXT_SPACE, *, anew: bool = False
) -> AbstractContextManager[Rebuild]:
    return rebuilding(opened(client, text_space), anew=anew)


def found(index: OpenSearchIndex, vector: Vector = BOAT) -> set[str]:
    return {hit.result_id for hit in index.search_text(TextQuery(vector, ""), TENANT)}


def test_rebuilt_index_replaces_live_index(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document(name, passages=[passage("old", BOAT)]) for name in ("kept", "lost")])

    with rebuilt(client) as rebuild:
        rebuild.put([document("kept", passages=[passage("new", BOAT)])])
        assert found(index) == {"kept", "lost"}

    (hit,) = index.search_text(TextQuery(BOAT, ""), TENANT)
    assert (hit.result_id, hit.matches[0].text) == ("kept", "new")
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_rebuild_keeps_concurrent_changes(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("gone", media="gone", passages=[passage("x", BOAT)])])

    with rebuilt(client) as rebuild:
        rebuild.put([document("gone", media="gone", passages=[passage("x", BOAT)])])
        index.put([document("changed", passages=[passage("later", BOAT)])])
        rebuild.put([document("changed", passages=[passage("earlier", BOAT)])])
        assert index.delete(SearchFilter("tenant", media_ids=frozenset({"gone"}))) == 1

    (hit,) = index.search_text(TextQuery(BOAT, ""), TENANT)
    assert (hit.result_id, hit.matches[0].text) == ("changed", "later")


def test_failed_rebuild_keeps_live_index(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("kept", passages=[passage("x", BOAT)])])

    with pytest.raises(KeyError), rebuilt(client):
        raise KeyError

    assert found(index) == {"kept"}
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_second_rebuild_conflicts(client: OpenSearch) -> None:
    with (
        rebuilt(client),
        pytest.raises(Conflict),
        rebuilt(client),
    ):
        pass


def test_forced_rebuild_removes_index_of_killed_rebuild(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("kept", passages=[passage("x", BOAT)])])
    index.aliases.begin()

    with pytest.raises(Conflict), rebuilt(client):
        pass
    with rebuilt(client, anew=True) as rebuild:
        rebuild.put([document("new", passages=[passage("x", BOAT)])])

    assert found(index) == {"new"}
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_new_embedding_space_gets_own_index(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("old", passages=[passage("x", BOAT)])])
    newer = TEXT_SPACE.model_copy(update={"version": "2", "dimension": DIMENSION + 6})

    with rebuilt(client, newer) as rebuild:
        rebuild.put([document("new", passages=[passage("x", direction(1, DIMENSION + 6))])])

    other = opened(client, newer)
    assert found(index) == {"old"}
    assert found(other, direction(1, DIMENSION + 6)) == {"new"}
    assert other.counts().spaces == {newer.name: 1}


def test_index_stores_vectors_once_and_no_source(client: OpenSearch) -> None:
    index = opened(client)
    frames = [PicturePassage(0.0, "p.jpg", BOAT)]
    index.put([document("a", passages=[passage("text", BOAT)], pictures=frames, data={"a": "b"})])

    (hit,) = client.search(index=index.aliases.live)["hits"]["hits"]
    mapping = client.indices.get_mapping(index=index.aliases.live)
    (properties,) = (found["mappings"]["properties"] for found in mapping.values())

    assert "_source" not in hit
    assert [properties[kind]["properties"]["vector"]["doc_values"] for kind in ("passages", "pictures")] == [
        False,
        False,
    ]


def test_rebuilt_index_is_merged(client: OpenSearch) -> None:
    with rebuilt(client) as rebuild:
        for number in range(3):
            rebuild.put([document(f"d{number}", passages=[passage("x", BOAT)])])
            client.indices.refresh(index=f"{PREFIX}-*")

    wait_until(lambda: _lucene_segments(client) == 1, "one Lucene segment")
    assert found(opened(client)) == {"d0", "d1", "d2"}


def _lucene_segments(client: OpenSearch) -> int:
    return int(
        client.indices.stats(index=f"{PREFIX}-*", metric="segments")["_all"]["primaries"]["segments"]["count"]
    )


def test_passages_beyond_first_request_are_scored(
    client: OpenSearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hits with more passages than one request scores are scored again."""
    many = [passage(f"word{number}", direction(number), f"field{number}") for number in range(30)]
    index = opened(client)
    index.put([document("long", passages=many), document("short", passages=many[7:8])])
    query = TextQuery(direction(3), "word7 word29")
    complete = index.search_text(query, TENANT)

    monkeypatch.setattr("shared.adapters.aws.search.hits.MANY_PASSAGES", 5)
    monkeypatch.setattr("shared.adapters.aws.search.queries.MANY_PASSAGES", 5)

    assert opened(client).search_text(query, TENANT) == complete
    assert {match.text for match in complete[0].matches} >= {"word3", "word7", "word29"}


def test_write_to_blocked_index_is_unavailable(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("a", passages=[passage("x", BOAT)])])
    (name,) = client.indices.get(index=f"{PREFIX}-*")
    client.indices.put_settings(index=name, body={"index.blocks.write": True})

    with pytest.raises(Unavailable, match="cluster_block_exception"):
        index.put([document("b", passages=[passage("x", BOAT)])])

    client.indices.put_settings(index=name, body={"index.blocks.write": None})
    index.put([document("b", passages=[passage("x", BOAT)])])
    assert found(index) == {"a", "b"}


def test_large_put_is_split_into_bulk_requests(client: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.aws.search.bulk._BULK_BYTES", 5_000)
    index = opened(client)

    index.put([document(f"d{i}", passages=[passage("x", direction(i))]) for i in range(40)])

    assert index.counts().documents == 40


def test_graph_answers_beyond_exact_scoring_limit(client: OpenSearch) -> None:
    index = opened(client, exact_up_to=0)
    index.put(
        [
            document(
                f"d{i}",
                index=f"i{i % 2}",
                passages=[passage("x", direction(i), "title"), passage("y", direction(i + 500), "note")],
                pictures=[PicturePassage(0.0, "p", direction(i))],
            )
            for i in range(200)
        ]
    )
    half = SearchFilter("tenant", index_ids=frozenset({"i1"}))

    for i in (1, 33, 199):
        assert index.search_text(TextQuery(direction(i), ""), half)[0].result_id == f"d{i}"
        assert index.search_picture(direction(i), half, 3)[0].result_id == f"d{i}"
        titles = index.search_text(TextQuery(direction(i + 500), "", frozenset({"title"})), half)
        assert (titles[0].dense_score or 0) < 0.9


def test_unreachable_server_is_unavailable() -> None:
    with closing(OpenSearch("http://127.0.0.1:9", timeout=1, max_retries=0)) as unreachable:
        with pytest.raises(Unavailable, match="does not answer"):
            opened(unreachable).search_text(TextQuery(BOAT, ""), TENANT)
        with pytest.raises(Unavailable):
            Cluster(unreachable).refresh("any")


def test_server_has_knn_plugin() -> None:
    plugins = httpx.get(f"{shared_url()}/_cat/plugins", timeout=HANG_TIMEOUT).text

    assert "knn" in plugins.lower()
