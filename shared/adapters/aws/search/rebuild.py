"""Rebuild of the index beside the live one."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opensearchpy.exceptions import TransportError

from shared.adapters.aws.search.index import OpenSearchIndex
from shared.domain.errors import Unavailable
from shared.ports.search_index import SearchDocument

logger = logging.getLogger(__name__)


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
    _start_merge(index)


def _start_merge(index: OpenSearchIndex) -> None:
    """Let the new index be merged. It is complete without, so an error is only logged."""
    try:
        index.identity.start_merge(index.aliases.live)
    except (Unavailable, TransportError) as error:
        logger.warning("The new index is not merged: searches take longer.", extra={"error": str(error)})
