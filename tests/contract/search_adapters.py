"""Each adapter of the search index, opened on a folder that outlives it."""

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import pytest
from opensearchpy import OpenSearch

from shared.adapters.aws.search_index import OpenSearchIndex
from shared.adapters.local.search_index import EmbeddedSearchIndex
from shared.ports.search_index import SearchIndex
from tests.aws.opensearch.server import shared_url
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE


class OpenedIndex(SearchIndex, Protocol):
    def close(self) -> None: ...


Opener = Callable[[], OpenedIndex]
"""Opens the index, or opens it again on what is already there."""


def open_embedded(folder: Path) -> OpenedIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


def open_opensearch(folder: Path) -> OpenedIndex:
    """An index of its own for each folder; what earlier tests left is removed."""
    client = OpenSearch(shared_url(), timeout=30, max_retries=0)
    own = f"contract-{os.getpid()}"
    prefix = f"{own}-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"
    left = [name for name in client.indices.get(index=f"{own}-*") if not name.startswith(prefix)]
    for name in left:
        client.indices.delete(index=name)
    return OpenSearchIndex(client, index_prefix=prefix, text_space=TEXT_SPACE, picture_space=PICTURE_SPACE)


ADAPTERS: dict[str, Callable[[Path], OpenedIndex]] = {
    "embedded": open_embedded,
    "opensearch": open_opensearch,
}
ADAPTER_PARAMETERS = ["embedded", pytest.param("opensearch", marks=pytest.mark.slow)]


@pytest.fixture(params=ADAPTER_PARAMETERS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    adapter = ADAPTERS[request.param]
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(adapter(tmp_path / "search")))


@pytest.fixture
def index(opener: Opener) -> OpenedIndex:
    return opener()
