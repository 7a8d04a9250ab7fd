"""Rebuild of the search index beside the one in use, which it replaces when it is complete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from shared.adapters.local import folder_switch
from shared.adapters.local.search.index import FILE, EmbeddedSearchIndex
from shared.adapters.local.search.store import SearchStore
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import SearchFilter


@contextmanager
def rebuilt_search_index(
    folder: Path, text_space: EmbeddingSpace, picture_space: EmbeddingSpace, *, tenant: str | None = None
) -> Iterator[EmbeddedSearchIndex]:
    """Create an empty index, or with ``tenant`` a copy of the index without that tenant's documents.

    At the end of the block it replaces the index in ``folder``, which no process may have open. An exception
    leaves that index unchanged.

    Raises: Unavailable: the files cannot be read, or the disk is full.
    """
    building = folder_switch.begin(folder)
    try:
        if tenant is not None:
            _copy(folder, building)
        with closing(EmbeddedSearchIndex(building, text_space, picture_space)) as index:
            if tenant is not None:
                index.delete(SearchFilter(tenant))
            yield index
        folder_switch.complete(folder)
    finally:
        folder_switch.discard(folder)


def _copy(folder: Path, building: Path) -> None:
    if not (folder / FILE).exists():
        return
    with closing(SearchStore(folder / FILE)) as store:
        store.copy_to(building / FILE)
