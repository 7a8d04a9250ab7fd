"""Matches of saved searches: the segments of one run that a saved search has found."""

from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel

from shared.domain.alerts.saved_search import Threshold
from shared.domain.evidence import Frozen

MAX_SEGMENTS: Final = 20
"""Segments of a match: the best, or the first if there are no scores."""

MATCH_LIFE: Final = timedelta(days=90)
"""Time for which a match is kept."""


class MatchedSegment(Frozen):
    """A segment that matches. Times are seconds in the medium. ``score`` is on the scale of the threshold;
    None without one."""

    media_id: str
    index_id: str | None
    segment_id: str
    start: float
    end: float
    score: float | None


class BestSegments(Frozen):
    """The best segments that match, at most ``MAX_SEGMENTS``. ``has_more``: further segments match."""

    segments: tuple[MatchedSegment, ...]
    has_more: bool = False


class SearchMatch(BaseModel):
    """The match of a saved search in a run. There is one at most for each search and run.

    ``threshold`` is that of the time of the match. ``segments`` loses those of media that are deleted.
    """

    saved_search_id: str
    tenant_id: str
    run_id: str
    event_id: str
    matched_at: str
    threshold: Threshold | None
    segments: list[MatchedSegment]
    has_more: bool

    @property
    def expires_at(self) -> datetime:
        return datetime.fromisoformat(self.matched_at) + MATCH_LIFE

    @property
    def media_ids(self) -> list[str]:
        """The media of the segments, each once."""
        return list(dict.fromkeys(segment.media_id for segment in self.segments))

    def without(self, media_id: str) -> "SearchMatch":
        """Return the match without the segments of a medium."""
        kept = [segment for segment in self.segments if segment.media_id != media_id]
        return self.model_copy(update={"segments": kept})
