"""OpenSearch Serverless index, where OpenSearch generates document ids.

Each result appears once and in its newest version, even after interrupted requests.
"""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import NotFoundError

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.aws.search.rebuild import rebuilding
from shared.domain.errors import Unavailable
from shared.domain.query.conditions import Condition
from shared.ports.search_index import Level, PicturePassage, SearchDocument, SearchFilter, TextQuery
from tests.aws.opensearch.server import shared_url
from tests.aws.opensearch.vector_collection import Dropped, VectorCollection
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT, TRAIN = direction(1), direction(2)
PREFIX = "versions"
CALM = Condition("mood", "string", "equals", "calm")


@pytest.fixture
def server() -> Iterator[OpenSearch]:
    """Client of the underlying server, without the collection's limits."""
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as server:
        server.indices.delete(index=f"{PREFIX}-*")
        yield server


@pytest.fixture
def collection(server: OpenSearch) -> Iterator[VectorCollection]:
    with VectorCollection(shared_url()) as collection:
        yield collection


def opened(collection: VectorCollection, retries: int = 0, patience: float = HANG_TIMEOUT) -> OpenSearchIndex:
    return OpenSearchIndex(
        OpenSearch(collection.url, timeout=HANG_TIMEOUT, max_retries=retries),
        index_prefix=PREFIX,
        text_space=TEXT_SPACE,
        picture_space=PICTURE_SPACE,
        collection=True,
        patience_seconds=patience,
    )


def boat(name: str = "it", mood: str = "calm", text: str = "a boat") -> SearchDocument:
    frames = [PicturePassage(0.0, f"{mood}.jpg", BOAT)]
    return document(name, data={"mood": mood}, passages=[passage(text, BOAT)], pictures=frames)


def stored(server: OpenSearch) -> int:
    """Count the stored documents, visible to searches or not."""
    server.indices.refresh(index=f"{PREFIX}-*")
    return sum(
        int(hits["hits"]["total"]["value"]) for hits in [server.search(index=f"{PREFIX}-*", body={"size": 0})]
    )


def texts(index: OpenSearchIndex) -> list[str]:
    hits = index.search_text(TextQuery(BOAT, "boat ship"), TENANT)
    return [match.text for hit in hits for match in hit.matches]


def drop_from(bulk: int) -> Callable[[str, str], None]:
    """Drop the connection at the given bulk request and at all later requests."""
    count = 0

    def drop(_: str, path: str) -> None:
        nonlocal count
        count += path.endswith("/_bulk")
        if count >= bulk:
            raise Dropped

    return drop


def test_interrupted_replacement_shows_only_newest_document(
    collection: VectorCollection, server: OpenSearch
) -> None:
    opened(collection).put([boat(mood="calm", text="a boat")])
    collection.before = drop_from(bulk=2)
    with pytest.raises(Unavailable):
        opened(collection).put([boat(mood="tense", text="a ship")])
    collection.before = lambda _method, _path: None
    assert stored(server) == 2

    index = opened(collection)
    assert texts(index) == ["a ship"]
    assert [hit.picture_key for hit in index.search_picture(BOAT, TENANT, 5)] == ["tense.jpg"]
    assert index.match([CALM], TENANT, after=None, limit=5).result_ids == []
    assert index.match([], TENANT, after=None, limit=5).result_ids == ["it"]


def test_long_document_is_fully_scored_beside_a_superseded_version(
    collection: VectorCollection, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [passage(f"word{number}", direction(number), f"field{number}") for number in range(30)]
    opened(collection).put([document("long", passages=many)])
    query = TextQuery(direction(3), "word7 word29")
    complete = opened(collection).search_text(query, TENANT)
    collection.before = drop_from(bulk=2)
    with pytest.raises(Unavailable):
        opened(collection).put([document("long", passages=many)])
    collection.before = lambda _method, _path: None

    monkeypatch.setattr("shared.adapters.aws.search.hits.MANY_PASSAGES", 5)
    monkeypatch.setattr("shared.adapters.aws.search.queries.MANY_PASSAGES", 5)

    assert opened(collection).search_text(query, TENANT) == complete


def test_next_write_removes_leftovers_of_interrupted_write(
    collection: VectorCollection, server: OpenSearch
) -> None:
    opened(collection).put([boat(mood="calm")])
    collection.before = drop_from(bulk=2)
    with pytest.raises(Unavailable):
        opened(collection).put([boat(mood="tense")])
    collection.before = lambda _method, _path: None

    opened(collection).put([boat(mood="glad")])

    assert stored(server) == 1
    assert opened(collection).counts().documents == 1


def test_document_sent_twice_is_found_once(collection: VectorCollection, server: OpenSearch) -> None:
    lost = 0

    def lose_the_first_answer(_: str, path: str) -> None:
        nonlocal lost
        if path.endswith("/_bulk") and not lost:
            lost += 1
            raise Dropped

    collection.after = lose_the_first_answer
    index = opened(collection, retries=2)
    index.put([boat(f"r{number}") for number in range(5)])

    assert lost == 1
    assert stored(server) == 5
    assert len(texts(index)) == 5


def test_duplicates_are_collapsed_and_pages_stay_full(
    collection: VectorCollection, server: OpenSearch
) -> None:
    index = opened(collection)
    index.put([boat(f"r{number}") for number in range(6)])
    live = index.aliases.live
    index.identity.fill(live, index.sources([boat(f"r{number}") for number in range(4)]))
    assert stored(server) == 10

    pages = [index.match([CALM], TENANT, after=None, limit=6)]
    assert sorted(pages[0].result_ids) == [f"r{number}" for number in range(6)]
    assert len(index.search_picture(BOAT, TENANT, 6)) == 6
    assert len({hit.result_id for hit in index.search_text(TextQuery(BOAT, "", limit=6), TENANT)}) == 6


def test_repeated_delete_completes_interrupted_delete(
    collection: VectorCollection, server: OpenSearch
) -> None:
    index = opened(collection)
    index.put([boat(f"r{number}") for number in range(5)])
    collection.before = drop_from(bulk=1)
    with pytest.raises(Unavailable):
        index.delete(TENANT)
    collection.before = lambda _method, _path: None

    assert opened(collection).delete(SearchFilter("tenant", level=Level.SEGMENT)) == 5
    assert stored(server) == 0
    assert texts(index) == []


def test_slowly_refreshed_write_appears_later(server: OpenSearch) -> None:
    with VectorCollection(shared_url(), lag_seconds=1.0) as slow:
        index = opened(slow, patience=0.1)
        index.put([boat()])
        assert texts(index) == []
        assert stored(server) == 1
        assert texts(index) == ["a boat"]


def test_rebuild_in_collection_keeps_newer_documents(
    collection: VectorCollection, server: OpenSearch
) -> None:
    index = opened(collection)
    index.put([boat("kept", text="old"), boat("lost")])

    with rebuilding(opened(collection)) as rebuild:
        rebuild.put([boat("kept", text="new"), boat("changed", text="earlier")])
        rebuild.put([boat("kept", text="new")])
        index.put([boat("changed", text="later")])
        assert sorted(texts(index)) == ["a boat", "later", "old"]

    assert sorted(texts(index)) == ["later", "new"]
    assert stored(server) == 2
    assert len(server.indices.get(index=f"{PREFIX}-*")) == 1
    assert collection.refused == []


def test_searches_send_only_search_requests(collection: VectorCollection) -> None:
    opened(collection).put([boat()])
    asked: list[str] = []
    collection.before = lambda method, path: asked.append(f"{method} {path.rpartition('/')[2]}")

    index = opened(collection)
    index.search_text(TextQuery(TRAIN, "boat"), TENANT)
    index.search_picture(BOAT, TENANT, 5)
    index.match([CALM], TENANT, after=None, limit=5)

    assert set(asked) == {"POST _search", "POST _msearch"}


def test_collection_refuses_requests_written_for_domain(collection: VectorCollection) -> None:
    """The simulated collection rejects requests that only a domain supports."""
    of_domain = OpenSearchIndex(
        OpenSearch(collection.url, timeout=HANG_TIMEOUT, max_retries=0),
        index_prefix=PREFIX,
        text_space=TEXT_SPACE,
        picture_space=PICTURE_SPACE,
    )
    opened(collection).put([boat()])
    with pytest.raises(Unavailable, match="Document ID is not supported"):
        of_domain.put([boat("other")])
    with pytest.raises(NotFoundError):
        of_domain.delete(TENANT)
    alias = of_domain.aliases.live
    assert f"POST /{alias}/_refresh" in collection.refused
