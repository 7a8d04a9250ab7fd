"""What only an index in OpenSearch can promise: rebuilding beside the live one, and failing by name."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing

import httpx
import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search_cluster import Cluster
from shared.adapters.aws.search_index import OpenSearchIndex
from shared.adapters.aws.search_queries import EXACT_UP_TO
from shared.adapters.aws.search_rebuild import Rebuild, rebuilding
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
from tests.waiting import HANG_TIMEOUT

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


def test_a_rebuilt_index_takes_over_whole(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document(name, passages=[passage("old", BOAT)]) for name in ("kept", "lost")])

    with rebuilt(client) as rebuild:
        rebuild.put([document("kept", passages=[passage("new", BOAT)])])
        assert found(index) == {"kept", "lost"}

    (hit,) = index.search_text(TextQuery(BOAT, ""), TENANT)
    assert (hit.result_id, hit.matches[0].text) == ("kept", "new")
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_what_changes_meanwhile_is_not_undone(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("gone", media="gone", passages=[passage("x", BOAT)])])

    with rebuilt(client) as rebuild:
        rebuild.put([document("gone", media="gone", passages=[passage("x", BOAT)])])
        index.put([document("changed", passages=[passage("later", BOAT)])])
        rebuild.put([document("changed", passages=[passage("earlier", BOAT)])])
        assert index.delete(SearchFilter("tenant", media_ids=frozenset({"gone"}))) == 1

    (hit,) = index.search_text(TextQuery(BOAT, ""), TENANT)
    assert (hit.result_id, hit.matches[0].text) == ("changed", "later")


def test_a_rebuild_that_fails_leaves_the_live_index(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("kept", passages=[passage("x", BOAT)])])

    with pytest.raises(KeyError), rebuilt(client):
        raise KeyError

    assert found(index) == {"kept"}
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_one_rebuild_at_a_time(client: OpenSearch) -> None:
    with (
        rebuilt(client),
        pytest.raises(Conflict),
        rebuilt(client),
    ):
        pass


def test_what_a_killed_rebuild_left_is_removed_when_asked_to(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("kept", passages=[passage("x", BOAT)])])
    index.aliases.begin()

    with pytest.raises(Conflict), rebuilt(client):
        pass
    with rebuilt(client, anew=True) as rebuild:
        rebuild.put([document("new", passages=[passage("x", BOAT)])])

    assert found(index) == {"new"}
    assert len(client.indices.get(index=f"{PREFIX}-*")) == 1


def test_another_space_is_another_index(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("old", passages=[passage("x", BOAT)])])
    newer = TEXT_SPACE.model_copy(update={"version": "2", "dimension": DIMENSION + 6})

    with rebuilt(client, newer) as rebuild:
        rebuild.put([document("new", passages=[passage("x", direction(1, DIMENSION + 6))])])

    other = opened(client, newer)
    assert found(index) == {"old"}
    assert found(other, direction(1, DIMENSION + 6)) == {"new"}
    assert other.counts().spaces == {newer.name: 1}


def test_vectors_are_not_part_of_what_answers_read(client: OpenSearch) -> None:
    index = opened(client)
    frames = [PicturePassage(0.0, "p.jpg", BOAT)]
    index.put([document("a", passages=[passage("text", BOAT)], pictures=frames, data={"a": "b"})])

    hits = client.search(index=index.aliases.live)["hits"]["hits"]

    assert set(hits[0]["_source"]["passages"][0]) == {"field", "field_path", "instance_path", "text", "words"}
    assert set(hits[0]["_source"]["pictures"][0]) == {"timestamp", "picture_key"}
    assert "leaves" not in hits[0]["_source"]


def test_a_write_to_a_full_cluster_fails_by_name(client: OpenSearch) -> None:
    index = opened(client)
    index.put([document("a", passages=[passage("x", BOAT)])])
    (name,) = client.indices.get(index=f"{PREFIX}-*")
    client.indices.put_settings(index=name, body={"index.blocks.write": True})

    with pytest.raises(Unavailable, match="cluster_block_exception"):
        index.put([document("b", passages=[passage("x", BOAT)])])

    client.indices.put_settings(index=name, body={"index.blocks.write": None})
    index.put([document("b", passages=[passage("x", BOAT)])])
    assert found(index) == {"a", "b"}


def test_large_puts_go_in_several_requests(client: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.adapters.aws.search_bulk._BULK_BYTES", 5_000)
    index = opened(client)

    index.put([document(f"d{i}", passages=[passage("x", direction(i))]) for i in range(40)])

    assert index.counts().documents == 40


def test_beyond_exact_scoring_the_graph_answers(client: OpenSearch) -> None:
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


def test_a_server_that_is_away_is_named() -> None:
    with closing(OpenSearch("http://127.0.0.1:9", timeout=1, max_retries=0)) as nobody:
        with pytest.raises(Unavailable, match="does not answer"):
            opened(nobody).search_text(TextQuery(BOAT, ""), TENANT)
        with pytest.raises(Unavailable):
            Cluster(nobody).refresh("any")


def test_the_server_under_test_has_knn() -> None:
    plugins = httpx.get(f"{shared_url()}/_cat/plugins", timeout=HANG_TIMEOUT).text

    assert "knn" in plugins.lower()
