"""Services that search media and segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.search.condition_fields import ConditionFields
    from shared.services.search.condition_values import ConditionValues
    from shared.services.search.hits import SearchHits
    from shared.services.search.marked_results import MarkedResults
    from shared.services.search.scope import SearchScopes
    from shared.services.search.search import Search
    from shared.services.search.spaces import SearchSpaces


class SearchRoom(Room):
    @lazy
    def scopes(self) -> SearchScopes:
        from shared.services.search.scope import SearchScopes

        return SearchScopes(self._documents)

    @lazy
    def queries(self) -> Search:
        from shared.services.search.search import Search

        ports = self._ports
        return Search(self.hits, lambda: ports.search_index, lambda: ports.query_embedder)

    @lazy
    def fields(self) -> ConditionFields:
        from shared.services.search.condition_fields import ConditionFields

        return ConditionFields(self._documents)

    @lazy
    def values(self) -> ConditionValues:
        from shared.services.search.condition_values import ConditionValues

        ports = self._ports
        return ConditionValues(lambda: ports.search_index)

    @lazy
    def hits(self) -> SearchHits:
        from shared.services.search.hits import SearchHits

        return SearchHits(self._documents)

    @lazy
    def marked(self) -> MarkedResults:
        from shared.services.search.marked_results import MarkedResults

        return MarkedResults(self._documents)

    @lazy
    def spaces(self) -> SearchSpaces:
        from shared.services.search.spaces import SearchSpaces

        return SearchSpaces(self._documents)
