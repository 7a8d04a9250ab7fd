"""Puts and deletions while a rebuild ends, in a domain and in a collection, and a merge that fails."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from unittest.mock import patch

import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.aws.search.rebuild import rebuilding
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument, SearchFilter, TextQuery
from tests.aws.opensearch.server import shared_url
from tests.aws.opensearch.vector_collection import VectorCollection
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT = direction(1)
PREFIX = "ending"


@pytest.fixture
def server() -> Iterator[OpenSearch]:
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as server:
        server.indices.delete(index=f"{PREFIX}-*")
        yield server
        server.indices.delete(index=f"{PREFIX}-*")


@pytest.fixture(params=["domain", "collection"])
def index(request: pytest.FixtureRequest, server: OpenSearch) -> Iterator[OpenSearchIndex]:
    if request.param == "domain":
        yield opened(server, collection=False)
        return
    with VectorCollection(shared_url()) as collection:
        yield opened(OpenSearch(collection.url, timeout=HANG_TIMEOUT, max_retries=0), collection=True)


def opened(client: OpenSearch, *, collection: bool) -> OpenSearchIndex:
    return OpenSearchIndex(
        client,
        index_prefix=PREFIX,
        text_space=TEXT_SPACE,
        picture_space=PICTURE_SPACE,
        collection=collection,
    )


def boat(name: str, media: str = "m") -> SearchDocument:
    return document(name, media=media, passages=[passage("a boat", BOAT)])


def found(index: OpenSearchIndex) -> set[str]:
    return {hit.result_id for hit in index.search_text(TextQuery(BOAT, "boat"), TENANT)}


@contextmanager
def ending_after(index: OpenSearchIndex, change: str, *rebuilt: SearchDocument) -> Iterator[None]:
    """Rebuild the index. The rebuild ends after the first ``change`` (put, delete) of the live index."""
    rebuild = rebuilding(index)
    rebuild.__enter__().put(rebuilt)
    apply: Callable[..., Any] = getattr(index.identity, change)
    changed = 0

    def end_after_first(*arguments: Any) -> Any:
        nonlocal changed
        answer = apply(*arguments)
        changed += 1
        if changed == 1:
            rebuild.__exit__(None, None, None)
        return answer

    with patch.object(index.identity, change, end_after_first):
        yield
    assert changed >= 1


def test_put_while_rebuild_ends_is_found(index: OpenSearchIndex, server: OpenSearch) -> None:
    index.put([boat("old")])
    with ending_after(index, "put", boat("old")):
        index.put([boat("new")])

    assert found(index) == {"old", "new"}
    index.put([boat("later")])
    assert found(index) == {"old", "new", "later"}
    assert len(server.indices.get(index=f"{PREFIX}-*")) == 1


def test_deletion_while_rebuild_ends_is_complete(index: OpenSearchIndex) -> None:
    index.put([boat("kept"), boat("gone", media="gone")])
    with ending_after(index, "delete", boat("kept"), boat("gone", media="gone")):
        assert index.delete(SearchFilter("tenant", media_ids=frozenset({"gone"}))) == 1

    assert found(index) == {"kept"}


@pytest.mark.parametrize("request_path", ["_flush", "_forcemerge"])
def test_rebuilt_index_stays_if_merge_fails(
    server: OpenSearch, request_path: str, caplog: pytest.LogCaptureFixture
) -> None:
    index = opened(server, collection=False)
    index.put([boat("old")])
    send = server.transport.perform_request

    def refuse(method: str, path: str, **options: Any) -> Any:
        if path.endswith(request_path):
            raise Unavailable("OpenSearch is busy.")
        return send(method, path, **options)

    with patch.object(server.transport, "perform_request", refuse), rebuilding(index) as rebuild:
        rebuild.put([boat("new")])

    assert found(index) == {"new"}
    assert len(server.indices.get(index=f"{PREFIX}-*")) == 1
    assert "not merged" in caplog.text
