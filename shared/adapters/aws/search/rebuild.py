"""Rebuild of the index beside the live one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.ports.search_index import SearchDocument


class Rebuild:
    """Fills an index that is not searched yet."""

    def __init__(self, index: OpenSearchIndex) -> None:
        self._index = index

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Add documents. A document that a concurrent write has stored is newer and stays.

        Raises: ValueError: a vector is not of its space. Unavailable: not all documents were written.
        """
        if documents:
            self._index.identity.fill(self._index.aliases.building, self._index.sources(documents))


@contextmanager
def rebuilding(index: OpenSearchIndex, *, anew: bool = False) -> Iterator[Rebuild]:
    """Create an empty index beside the live one, and make it live at the end of the block.

    An error leaves the live index unchanged and deletes the new one. If these spaces have no index yet, the
    new one becomes their first; indexes of other spaces are not changed. ``anew`` first deletes the index
    that a killed rebuild left.

    Read the records inside the block, not before: a document that is deleted between its read and its put
    would reappear.

    Raises: Conflict: an index of these spaces is already being built.
    """
    aliases = index.aliases
    if anew:
        aliases.abandon()
    aliases.begin()
    switched = False
    try:
        yield Rebuild(index)
        index.identity.finish(aliases.building)
        aliases.switch()
        switched = True
    finally:
        if not switched:
            aliases.abandon()
