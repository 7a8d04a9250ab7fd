"""Services of saved searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.domain.lazy import lazy
from shared.runtime.rooms.room import Room

if TYPE_CHECKING:
    from shared.services.alerts.erasure import MatchErasure
    from shared.services.alerts.matches import SearchMatches
    from shared.services.alerts.matching import SegmentMatching
    from shared.services.alerts.run_alerts import RunAlerts
    from shared.services.alerts.saved_searches import SavedSearches


class AlertsRoom(Room):
    @lazy
    def saved_searches(self) -> SavedSearches:
        from shared.services.alerts.saved_searches import SavedSearches

        ports = self._ports
        return SavedSearches(
            self._documents,
            lambda: ports.query_embedder,
            max_saved_searches=ports.settings.max_saved_searches,
        )

    @lazy
    def matching(self) -> SegmentMatching:
        from shared.services.alerts.matching import SegmentMatching

        ports = self._ports
        return SegmentMatching(
            self._runtime.search.hits, lambda: ports.search_index, lambda: ports.query_embedder
        )

    @lazy
    def matches(self) -> SearchMatches:
        from shared.services.alerts.matches import SearchMatches

        return SearchMatches(self._documents)

    @lazy
    def erasure(self) -> MatchErasure:
        from shared.services.alerts.erasure import MatchErasure

        return MatchErasure(self._documents)

    @lazy
    def run_alerts(self) -> RunAlerts:
        from shared.services.alerts.run_alerts import RunAlerts

        return RunAlerts(self._documents, self.matching)
