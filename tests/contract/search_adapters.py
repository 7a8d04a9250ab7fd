"""The adapters of the search index, each opened on a folder that persists."""

import atexit
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.adapters.local.search.index import EmbeddedSearchIndex
from shared.ports.search_index import SearchIndex
from tests.aws.opensearch.server import shared_url
from tests.aws.opensearch.vector_collection import VectorCollection
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE
from tests.waiting import HANG_TIMEOUT


class OpenedIndex(SearchIndex, Protocol):
    def close(self) -> None: ...


Opener = Callable[[], OpenedIndex]
"""Opens the index, or reopens it on the existing data."""


def open_embedded(folder: Path) -> OpenedIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


def open_opensearch(folder: Path) -> OpenedIndex:
    """Open an index per folder, after removing the indexes of earlier tests."""
    client, prefix = _client_and_prefix(shared_url(), folder, "contract")
    return OpenSearchIndex(client, index_prefix=prefix, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE)


def open_vector_collection(folder: Path) -> OpenedIndex:
    """Open an index per folder, with the limits of OpenSearch Serverless."""
    client, prefix = _client_and_prefix(_shared_collection(), folder, "collection")
    return OpenSearchIndex(
        client,
        index_prefix=prefix,
        text_space=TEXT_SPACE,
        picture_space=PICTURE_SPACE,
        collection=True,
        patience_seconds=HANG_TIMEOUT,
    )


@cache
def _shared_collection() -> str:
    stack = ExitStack()
    collection = stack.enter_context(VectorCollection(shared_url()))
    atexit.register(stack.close)
    return collection.url


def _client_and_prefix(url: str, folder: Path, title: str) -> tuple[OpenSearch, str]:
    own = f"{title}-{os.getpid()}"
    prefix = f"{own}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"
    with closing(OpenSearch(shared_url(), timeout=HANG_TIMEOUT, max_retries=0)) as server:
        for name in server.indices.get(index=f"{own}-*"):
            if not name.startswith(prefix):
                server.indices.delete(index=name)
    return OpenSearch(url, timeout=HANG_TIMEOUT, max_retries=0), prefix


ADAPTERS: dict[str, Callable[[Path], OpenedIndex]] = {
    "embedded": open_embedded,
    "opensearch": open_opensearch,
    "vector-collection": open_vector_collection,
}
ADAPTER_PARAMETERS = [
    "embedded",
    pytest.param("opensearch", marks=pytest.mark.slow),
    pytest.param("vector-collection", marks=pytest.mark.slow),
]


@pytest.fixture(params=ADAPTER_PARAMETERS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    adapter = ADAPTERS[request.param]
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(adapter(tmp_path / "search")))


@pytest.fixture
def index(opener: Opener) -> OpenedIndex:
    return opener()
