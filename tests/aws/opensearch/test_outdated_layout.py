"""An index that an earlier release made: clear errors until a rebuild replaces it."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from unittest.mock import patch

import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.aws.search.layout.mapping import KEY, TEXTS
from shared.adapters.aws.search.rebuild import rebuilding
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument, SearchFilter, TextQuery
from tests.aws.opensearch.server import shared_url
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE, direction, document, passage
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

TENANT = SearchFilter("tenant")
BOAT = direction(1)
PREFIX = "outdated"
NEW_FIELDS = (KEY, TEXTS)


@pytest.fixture
def client() -> Iterator[OpenSearch]:
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as client:
        client.indices.delete(index=f"{PREFIX}-*")
        yield client
        client.indices.delete(index=f"{PREFIX}-*")


@pytest.fixture
def index(client: OpenSearch) -> OpenSearchIndex:
    """Open an archive whose live index lacks the new fields, with one document."""
    index = opened(client)
    create = index.aliases._cluster.request

    def without_fields(method: str, path: str, body: Any = None, **options: Any) -> Any:
        if isinstance(body, Mapping) and "mappings" in body:
            kept = {n: f for n, f in body["mappings"]["properties"].items() if n not in NEW_FIELDS}
            body = {**body, "mappings": {**body["mappings"], "properties": kept}}
        return create(method, path, body, **options)

    with patch.object(index.aliases._cluster, "request", without_fields):
        index.aliases.create()
    for identifier, source in index.sources([boat("old")]).items():
        kept = {name: value for name, value in source.items() if name not in NEW_FIELDS}
        client.index(index=index.aliases.live, id=identifier, body=kept, params={"refresh": "true"})
    return index


def opened(client: OpenSearch) -> OpenSearchIndex:
    return OpenSearchIndex(client, index_prefix=PREFIX, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE)


def boat(name: str, media: str = "m") -> SearchDocument:
    return document(name, media=media, passages=[passage("a boat", BOAT)])


def found(index: OpenSearchIndex) -> set[str]:
    return {hit.result_id for hit in index.search_text(TextQuery(BOAT, "boat"), TENANT)}


def test_search_and_put_ask_for_reindex(index: OpenSearchIndex) -> None:
    with pytest.raises(Unavailable, match="reindex"):
        found(index)
    with pytest.raises(Unavailable, match="reindex"):
        index.put([boat("new")])


def test_rebuild_replaces_outdated_index_and_keeps_concurrent_changes(index: OpenSearchIndex) -> None:
    with rebuilding(index) as rebuild:
        index.put([boat("new")])
        rebuild.put([boat("old")])
        rebuild.put([boat("gone", media="gone")])
        index.delete(SearchFilter("tenant", media_ids=frozenset({"gone"})))

    assert found(index) == {"old", "new"}


def test_documents_of_outdated_index_can_be_deleted(index: OpenSearchIndex) -> None:
    assert index.delete(TENANT) == 1
    assert found(index) == set()
