"""Each adapter of the search index, opened on a folder that outlives it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Protocol

import pytest

from shared.adapters.local.search_index import EmbeddedSearchIndex
from shared.ports.search_index import SearchIndex
from tests.contract.search_documents import PICTURE_SPACE, TEXT_SPACE


class OpenedIndex(SearchIndex, Protocol):
    def close(self) -> None: ...


Opener = Callable[[], OpenedIndex]
"""Opens the index, or opens it again on what is already there."""


def open_embedded(folder: Path) -> OpenedIndex:
    return EmbeddedSearchIndex(folder, TEXT_SPACE, PICTURE_SPACE)


ADAPTERS = {"embedded": open_embedded}


@pytest.fixture(params=ADAPTERS)
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    adapter = ADAPTERS[request.param]
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(adapter(tmp_path / "search")))


@pytest.fixture
def index(opener: Opener) -> OpenedIndex:
    return opener()
