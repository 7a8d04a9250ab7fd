"""Matches of saved searches: stored with their event, listed, and removed with their search."""

from collections.abc import Sequence
from typing import Final

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.alerts.match import BestSegments, SearchMatch
from shared.domain.alerts.saved_search import SavedSearch
from shared.domain.errors import NotFound
from shared.domain.events.event import Event
from shared.domain.events.payloads import MatchedSegmentPayload, SearchMatchPayload
from shared.domain.events.types import EventType
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete, Put, Write
from shared.services.records.documents import Documents, put
from shared.services.records.event_log import event_writes
from shared.services.records.pages import Page
from shared.services.records.transact import Decision

_PAGE: Final = 4
"""Matches that one transaction removes: each takes up to 21 writes."""


class SearchMatches:
    """Matches of saved searches."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def page(
        self, caller: Caller, saved_search_id: str, *, limit: int, after: str | None
    ) -> Page[SearchMatch]:
        """Read matches of a saved search, those of the newest run first. Raises: NotFound."""
        key = keys.saved_search(caller.tenant_id, saved_search_id)
        if not saved_search_id or self._documents.get(SavedSearch, key) is None:
            raise NotFound("saved_search", saved_search_id)
        partition = keys.search_match(caller.tenant_id, saved_search_id)
        return self._documents.page(SearchMatch, partition, limit=limit, after=after, descending=True)

    def get(self, search: SavedSearch, run_id: str) -> SearchMatch | None:
        key = keys.search_match(search.tenant_id, search.saved_search_id, run_id)
        return self._documents.get(SearchMatch, key)

    def store(self, search: SavedSearch, run_id: str, best: BestSegments) -> SearchMatch | None:
        """Store the match of a run and its event in one transaction, unless the run has a match already.

        Return the stored match; None if the search has been paused or deleted meanwhile.
        """
        at_search = keys.saved_search(search.tenant_id, search.saved_search_id)
        at_match = keys.search_match(search.tenant_id, search.saved_search_id, run_id)

        def decide() -> Decision[SearchMatch | None]:
            batch = self._documents.batch([at_search, at_match])
            current, existing = batch.get(SavedSearch, at_search), batch.get(SearchMatch, at_match)
            if existing is not None or current is None or not current.is_enabled:
                return Decision(existing)
            event = _event(search, run_id, best)
            match = SearchMatch(
                saved_search_id=search.saved_search_id,
                tenant_id=search.tenant_id,
                run_id=run_id,
                event_id=event.event_id,
                matched_at=event.created_at,
                threshold=search.threshold,
                segments=list(best.segments),
                has_more=best.has_more,
            )
            current.last_matched_at = match.matched_at
            return Decision(
                match,
                [
                    # The version of the search: a deletion that runs meanwhile finds the match.
                    put(at_search, current, expected_version=batch.version(at_search)),
                    match_write(match, expected_version=ABSENT),
                    *(Put(key, {}, expires_at=match.expires_at) for key in pointers_of(match)),
                    *event_writes(event),
                ],
            )

        return self._documents.transact(decide)

    def delete_search(self, caller: Caller, saved_search_id: str) -> None:
        """Delete a saved search with its matches. An interrupted deletion leaves the search, to be deleted
        again. Raises: NotFound."""
        key = keys.saved_search(caller.tenant_id, saved_search_id)
        partition = keys.search_match(caller.tenant_id, saved_search_id)
        if not saved_search_id or self._documents.get(SavedSearch, key) is None:
            raise NotFound("saved_search", saved_search_id)

        def decide() -> Decision[bool]:
            version = self._documents.batch([key]).version(key)
            if self._documents.sort_keys(partition, limit=1).items:
                return Decision(False)
            return Decision(True, [] if version == ABSENT else [Delete(key, version)])

        is_deleted = False
        while not is_deleted:
            self._erase(partition)
            is_deleted = self._documents.transact(decide)

    def _erase(self, partition: Key) -> None:
        while matches := self._documents.page(SearchMatch, partition, limit=_PAGE).items:
            writes: list[Write] = []
            for match in matches:
                writes += [Delete(key) for key in (match_key(match), *pointers_of(match))]
            self._documents.write(*writes)


def match_key(match: SearchMatch) -> Key:
    return keys.search_match(match.tenant_id, match.saved_search_id, match.run_id)


def match_write(match: SearchMatch, *, expected_version: int) -> Put:
    """Build the write of a match, which expires."""
    return put(match_key(match), match, expected_version=expected_version, expires_at=match.expires_at)


def pointers_of(match: SearchMatch) -> Sequence[Key]:
    """Return the keys of the pointers from the media of a match to it."""
    return [
        keys.match_of_media(match.tenant_id, media_id, match.saved_search_id, match.run_id)
        for media_id in match.media_ids
    ]


def _event(search: SavedSearch, run_id: str, best: BestSegments) -> Event:
    threshold = search.threshold
    payload = SearchMatchPayload(
        saved_search_id=search.saved_search_id,
        name=search.name,
        run_id=run_id,
        score_space=threshold.space if threshold else None,
        score_scale=threshold.scale if threshold else None,
        score_model=threshold.model if threshold else None,
        min_score=threshold.min_score if threshold else None,
        segments=[
            MatchedSegmentPayload(
                segment_id=segment.segment_id,
                video_id=segment.media_id,
                index_id=segment.index_id,
                start_seconds=segment.start,
                end_seconds=segment.end,
                score=segment.score,
            )
            for segment in best.segments
        ],
        has_more=best.has_more,
    )
    indexes = {segment.index_id for segment in best.segments}
    return Event.of(
        EventType.SEARCH_MATCHED,
        payload,
        tenant_id=search.tenant_id,
        user_id=search.user_id,
        index_id=indexes.pop() if len(indexes) == 1 else None,
        run_id=run_id,
    )
