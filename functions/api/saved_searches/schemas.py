"""Wire models of saved searches and their matches."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, StringConstraints

from shared.domain.alerts import definition, match, saved_search
from shared.domain.alerts.definition import SavedSearchChanges, SavedSearchDefinition
from shared.domain.alerts.saved_search import PauseReason, SavedSearchStatus, ScoredSpace, ScoreScale
from shared.http.errors import NOT_BLANK

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=definition.MAX_NAME_CHARACTERS, pattern=NOT_BLANK)
]
Query = Annotated[
    str, StringConstraints(min_length=1, max_length=definition.MAX_QUERY_CHARACTERS, pattern=NOT_BLANK)
]
IndexIds = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=100)]],
    Field(max_length=definition.MAX_INDEX_IDS),
]
Conditions = Annotated[list[dict[str, Any]], Field(max_length=100)]


class Floor(BaseModel):
    """The lowest score that matches. ``text`` is the ``similarity_score`` of a search, ``picture`` its
    ``image_score``. ``words`` is the share of the query's words that a segment contains, by BM25: a segment
    with each word once has about 0.5."""

    space: ScoredSpace
    min_score: float = Field(ge=0, le=1)


class CreateSavedSearchRequest(BaseModel):
    """A new saved search over ``index_ids``, or over the playground.

    A segment matches if its score against ``query`` is at least that of ``threshold``, and all ``conditions``
    hold. A query needs a threshold. ``conditions`` are one to four, as in a search by conditions.
    """

    name: Name
    index_ids: IndexIds = Field(default_factory=list)
    playground: bool = False
    query: Query | None = None
    conditions: Conditions | None = None
    threshold: Floor | None = None
    status: SavedSearchStatus = SavedSearchStatus.ENABLED

    def definition(self) -> SavedSearchDefinition:
        return SavedSearchDefinition.model_validate(self.model_dump())


class UpdateSavedSearchRequest(BaseModel):
    """Changes to a saved search. A field that is absent does not change; null clears ``query``,
    ``conditions`` and ``threshold``. Indexes replace the playground, and it replaces them."""

    name: Name | None = None
    index_ids: IndexIds | None = None
    playground: bool | None = None
    query: Query | None = None
    conditions: Conditions | None = None
    threshold: Floor | None = None
    status: SavedSearchStatus | None = None

    def changes(self) -> SavedSearchChanges:
        return SavedSearchChanges.model_validate(self.model_dump(exclude_unset=True))


class Threshold(Floor):
    """A floor with its ``scale`` and the ``model`` of the scores, which is null for ``words``. Scores of
    another model cannot be compared with it."""

    scale: ScoreScale
    model: str | None

    @classmethod
    def from_domain(cls, found: saved_search.Threshold | None) -> Self | None:
        return None if found is None else cls.model_validate(found.model_dump())


class SavedSearch(BaseModel):
    """A saved search. ``pause_reason`` says why the server has paused it; null if a client did.

    ``last_matched_at`` is the time of the last match, whether or not it is kept still.
    """

    saved_search_id: str
    name: str
    index_ids: list[str]
    playground: bool
    query: str | None
    conditions: list[dict[str, Any]] | None
    threshold: Threshold | None
    status: SavedSearchStatus
    pause_reason: PauseReason | None
    last_matched_at: str | None
    created_at: str
    updated_at: str

    @classmethod
    def from_domain(cls, found: saved_search.SavedSearch) -> Self:
        return cls.model_validate(found.model_dump(include=set(SavedSearch.model_fields)))


class MatchedSegment(BaseModel):
    """A segment that matches. ``score`` is on the scale of the threshold; null without one."""

    video_id: str
    index_id: str | None
    segment_id: str
    start_seconds: float
    end_seconds: float
    score: float | None

    @classmethod
    def from_domain(cls, found: match.MatchedSegment) -> Self:
        return cls(
            video_id=found.media_id,
            index_id=found.index_id,
            segment_id=found.segment_id,
            start_seconds=found.start,
            end_seconds=found.end,
            score=found.score,
        )


class SearchMatch(BaseModel):
    """The match of a saved search in a run: the best segments, at most 20.

    ``threshold`` is that of the time of the match. Segments of media that are deleted disappear.
    ``has_more``: further segments matched.
    """

    saved_search_id: str
    run_id: str
    event_id: str
    matched_at: str
    threshold: Threshold | None
    segments: list[MatchedSegment]
    has_more: bool

    @classmethod
    def from_domain(cls, found: match.SearchMatch) -> Self:
        return cls(
            saved_search_id=found.saved_search_id,
            run_id=found.run_id,
            event_id=found.event_id,
            matched_at=found.matched_at,
            threshold=Threshold.from_domain(found.threshold),
            segments=[MatchedSegment.from_domain(segment) for segment in found.segments],
            has_more=found.has_more,
        )


class SavedSearchTest(BaseModel):
    """The best segments of the whole scope that match now, at most 20. ``has_more``: further ones match."""

    saved_search_id: str
    segments: list[MatchedSegment]
    has_more: bool
