"""The alerts: checks the segments of a finished run against the saved searches of its tenant."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from shared.domain import clock, keys
from shared.domain.alerts.match import SearchMatch
from shared.domain.alerts.saved_search import PauseReason, SavedSearch
from shared.domain.clock import isoformat
from shared.domain.events.event import Event
from shared.domain.events.types import EventType
from shared.domain.webhooks.subscription import CLOCK_DIFFERENCE
from shared.services.alerts.erasure import MatchErasure
from shared.services.alerts.matches import SearchMatches
from shared.services.alerts.matching import SegmentMatching
from shared.services.alerts.score_models import EmbeddingModelChanged
from shared.services.library.visible_media import VisibleMedia
from shared.services.records.documents import Documents
from shared.services.records.event_erasure import erase_events

FINISHED: Final = frozenset(
    {
        EventType.PROMPT_RUN_COMPLETED,
        EventType.PROMPT_RUN_PARTIAL_COMPLETED,
        EventType.PROMPT_RUN_CANCELLED,
    }
)
"""Ends of a run that leave results. A cancelled run keeps those that it had."""

log = logging.getLogger(__name__)


class RunAlerts:
    """Implements ``shared.ports.event_feed.EventConsumer``.

    The match of a saved search in a run is one record, written together with its event, so a run that comes
    twice raises one event. A saved search gets the runs that finish after its creation while it is enabled.
    """

    name = "saved-searches"

    def __init__(self, documents: Documents, matching: SegmentMatching) -> None:
        self._documents = documents
        self._matching = matching
        self._matches = SearchMatches(documents)
        self._erasure = MatchErasure(documents)
        self._visible = VisibleMedia(documents)

    def consume(self, events: Sequence[Event]) -> None:
        """Check each finished run. If a search fails, the others are checked nevertheless.

        Raises: the error of the first search that failed.
        """
        failures: list[Exception] = []
        for event in events:
            if event.event_type not in FINISHED or event.run_id is None:
                continue
            for search in self._documents.every(SavedSearch, keys.saved_search(event.tenant_id)):
                if not _watches(search, event):
                    continue
                try:
                    self._check(search, event.run_id)
                except Exception as failure:  # whatever it is, the feed gives the event again
                    log.warning("The saved search %s was not checked.", search.saved_search_id, exc_info=True)
                    failures.append(failure)
        if failures:
            raise failures[0]

    def _check(self, search: SavedSearch, run_id: str) -> None:
        match = self._matches.get(search, run_id)
        if match is None:
            try:
                best = self._matching.best(search, run_id)
            except EmbeddingModelChanged:
                self._pause(search)
                return
            if not best.segments:
                return
            match = self._matches.store(search, run_id, best)
        if match is not None:
            self._remove_hidden(match)

    def _pause(self, search: SavedSearch) -> None:
        """Pause a search whose threshold is of another model, unless it has been changed meanwhile."""

        def paused(stored: SavedSearch) -> SavedSearch:
            if stored.threshold != search.threshold or not stored.is_enabled:
                return stored
            return stored.paused(PauseReason.EMBEDDING_MODEL_CHANGED, clock.timestamp())

        key = keys.saved_search(search.tenant_id, search.saved_search_id)
        self._documents.update(SavedSearch, key, paused)

    def _remove_hidden(self, match: SearchMatch) -> None:
        """Remove what a match holds of media whose deletion has begun.

        A deletion that begins later finds the match itself. One that began before may have looked already.
        """
        visible = {medium.media_id for medium in self._visible.find_many(match.tenant_id, match.media_ids)}
        hidden = [media_id for media_id in match.media_ids if media_id not in visible]
        for media_id in hidden:
            self._erasure.erase_medium(match.tenant_id, media_id)
        if hidden:
            before = match.event_id[:-1]  # sorts shortly before the event
            erase_events(
                self._documents,
                match.tenant_id,
                lambda event: event.event_id == match.event_id,
                after=before,
            )


def _watches(search: SavedSearch, event: Event) -> bool:
    """Return whether the end of a run is for a saved search. A run over several indexes names none."""
    created = datetime.fromisoformat(search.created_at)
    return (
        search.is_enabled
        and event.created_at >= isoformat(created - CLOCK_DIFFERENCE)
        and (event.index_id is None or event.index_id in search.index_ids)
    )
