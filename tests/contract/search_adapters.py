"""Each adapter of the search index, opened on a folder that outlives it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shared.adapters.local.search_index import EmbeddedSearchIndex
from shared.ports.search_index import SearchIndex
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE

Opener = Callable[[], SearchIndex]
"""Opens the index, or opens it again on what is already there."""


def open_embedded(folder: Path) -> SearchIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


ADAPTERS = {"embedded": open_embedded}


@pytest.fixture(params=ADAPTERS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    adapter = ADAPTERS[request.param]
    return lambda: adapter(tmp_path / "search")


@pytest.fixture
def index(opener: Opener) -> SearchIndex:
    return opener()
