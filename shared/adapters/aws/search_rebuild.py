"""Building the index anew beside the live one."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from shared.adapters.aws.search_index import OpenSearchIndex
from shared.ports.search_index import SearchDocument


class Rebuild:
    """Takes documents for an index that nobody searches yet."""

    def __init__(self, index: OpenSearchIndex) -> None:
        self._index = index

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """A document that a live writer has put meanwhile is newer and stays.

        Raises: ValueError: a vector is not of its space. Unavailable: not everything was written.
        """
        if documents:
            self._index.identity.fill(self._index.aliases.building, self._index.sources(documents))


@contextmanager
def rebuilding(index: OpenSearchIndex, *, anew: bool = False) -> Iterator[Rebuild]:
    """An empty index beside the live one, which takes its place at the end of the block.

    An error leaves the live index as it is and removes the new one. For spaces that no index has yet,
    the new one becomes the first, and those of other spaces are not touched. ``anew`` removes first what
    a rebuild left that was killed.

    Read the records while the block runs, not before: what is deleted after it was read and before it
    is put would come back.

    Raises: Conflict: an index of these spaces is being built already.
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
