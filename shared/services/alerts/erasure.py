"""Erasure of what saved searches hold of a medium or of an index that is deleted."""

from typing import Final

from shared.domain import clock, keys
from shared.domain.alerts.match import SearchMatch
from shared.domain.alerts.saved_search import PauseReason, SavedSearch
from shared.domain.keys import Key
from shared.ports.records import Delete, Write
from shared.services.alerts.matches import match_write
from shared.services.records.documents import Documents
from shared.services.records.transact import Decision

_PAGE: Final = 100


class MatchErasure:
    """Implements ``shared.services.deletion.eraser.DerivedTraces``. Each erasure can be interrupted and
    repeated."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def erase_medium(self, tenant_id: str, media_id: str) -> None:
        """Remove the segments of a medium from all matches. A match stays without segments, so that a run
        that is checked again raises no second event."""
        pointers = keys.match_of_media(tenant_id, media_id)
        while found := self._documents.sort_keys(pointers, limit=_PAGE).items:
            for sort in found:
                search_id, _, run_id = sort.partition("#")
                pointer = Key(pointers.partition, sort)
                self._remove(pointer, keys.search_match(tenant_id, search_id, run_id), media_id)

    def erase_index(self, tenant_id: str, index_id: str) -> None:
        """Remove an index from the scopes of saved searches. A search is paused if it was its last."""
        for search in self._documents.every(SavedSearch, keys.saved_search(tenant_id)):
            if index_id in search.index_ids:
                key = keys.saved_search(tenant_id, search.saved_search_id)
                self._documents.update(SavedSearch, key, lambda stored: _without_index(stored, index_id))

    def _remove(self, pointer: Key, at_match: Key, media_id: str) -> None:
        def decide() -> Decision[None]:
            batch = self._documents.batch([at_match])
            match = batch.get(SearchMatch, at_match)
            writes: list[Write] = [Delete(pointer)]
            if match is not None:
                writes.append(match_write(match.without(media_id), expected_version=batch.version(at_match)))
            return Decision(None, writes)

        self._documents.transact(decide)


def _without_index(search: SavedSearch, index_id: str) -> SavedSearch:
    search.index_ids = [each for each in search.index_ids if each != index_id]
    if search.index_ids or search.playground:
        return search
    return search.paused(PauseReason.INDEXES_DELETED, clock.timestamp())
