"""The segments that a saved search matches, best first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, assert_never

from shared.domain.access import Caller, Scope
from shared.domain.alerts.match import MAX_SEGMENTS, BestSegments, MatchedSegment
from shared.domain.alerts.saved_search import SavedSearch, ScoredSpace, Threshold
from shared.domain.query.conditions import Condition, parse_conditions
from shared.domain.query.hits import RankedResult
from shared.domain.query.leaves import leaves
from shared.domain.query.matching import holds
from shared.domain.runs.prompt_run import SegmentResult
from shared.ports.search_index import Level, SearchFilter, SearchIndex, TextQuery
from shared.services.alerts.score_models import require_same_model
from shared.services.search.hits import Hit, SearchHits
from shared.services.search.ranking import one_per_subject
from shared.services.search.scope import PLAYGROUND, SearchScope

if TYPE_CHECKING:
    from shared.domain.query.embedding import EmbeddedWords
    from shared.ports.query_embedding import QueryEmbedder

CANDIDATES: Final = 100
"""Results that are read for a search without conditions. Those of several runs on one segment become one."""

CANDIDATES_FOR_CONDITIONS: Final = 1000
"""Segments with the best scores among which those are looked for that satisfy the conditions."""

_LOADED_AT_ONCE: Final = 50


class SegmentMatching:
    """Finds the segments that match a saved search."""

    def __init__(
        self,
        hits: SearchHits,
        search_index: Callable[[], SearchIndex],
        embedder: Callable[[], QueryEmbedder],
    ) -> None:
        self._hits = hits
        self._index = search_index
        self._embedder = embedder

    def best(self, search: SavedSearch, run_id: str | None = None) -> BestSegments:
        """Return the best segments of the scope, or of one run in it. Segments of media that are being
        deleted are left out. A segment with results of several runs appears once.

        Raises:
            EmbeddingModelChanged: the server's scores cannot be compared with the threshold.
            Unavailable: the search index or the models do not answer.
        """
        if not search.index_ids and not search.playground:
            return BestSegments(segments=())  # its indexes are deleted
        scope = SearchScope(
            index_ids=frozenset(search.index_ids) or frozenset({PLAYGROUND}),
            run_ids=None if run_id is None else frozenset({run_id}),
            level=Level.SEGMENT,
        )
        caller = _caller_of(search)
        conditions = parse_conditions(search.conditions, lenient=False) if search.conditions else []
        ranked = self._ranked(search, conditions, scope.filter(caller))
        found: list[MatchedSegment] = []
        for hit in self._loaded(caller, one_per_subject(ranked)):
            if not isinstance(hit.result, SegmentResult):
                continue
            if search.query is not None and not _satisfies(hit.result, conditions):
                continue
            if len(found) == MAX_SEGMENTS:
                return BestSegments(segments=tuple(found), has_more=True)
            found.append(_matched(hit, hit.result, search.threshold))
        return BestSegments(segments=tuple(found))

    def _ranked(
        self, search: SavedSearch, conditions: Sequence[Condition], within: SearchFilter
    ) -> list[RankedResult]:
        if search.query is None or search.threshold is None:
            page = self._index().match(conditions, within, after=None, limit=CANDIDATES)
            return [RankedResult(result_id=each, score=1.0) for each in page.result_ids]
        words = search.query.strip()
        embedded = self._embedder().words(words, in_pictures=search.threshold.space is ScoredSpace.PICTURE)
        require_same_model(search.threshold, embedded)
        limit = CANDIDATES_FOR_CONDITIONS if conditions else CANDIDATES
        scores = self._scores(search.threshold.space, words, embedded, within, limit)
        reached = [(score, each) for each, score in scores if score >= search.threshold.min_score]
        return [
            RankedResult(result_id=each, score=score)
            for score, each in sorted(reached, key=lambda found: (-found[0], found[1]))
        ]

    def _scores(
        self, space: ScoredSpace, words: str, embedded: EmbeddedWords, within: SearchFilter, limit: int
    ) -> list[tuple[str, float]]:
        """Score results in one space. A result without a score in the space is left out."""
        match space:
            case ScoredSpace.PICTURE:
                if embedded.pictures is None:
                    return []
                pictures = self._index().search_picture(embedded.pictures.vector, within, limit)
                return [(hit.result_id, hit.score) for hit in pictures]
            case ScoredSpace.TEXT:
                texts = self._index().search_text(TextQuery(embedded.text.vector, words, limit=limit), within)
                return [(hit.result_id, hit.dense_score) for hit in texts if hit.dense_score is not None]
            case ScoredSpace.WORDS:
                texts = self._index().search_text(TextQuery(embedded.text.vector, words, limit=limit), within)
                return [(hit.result_id, hit.lexical_score) for hit in texts if hit.lexical_score is not None]
            case _:
                assert_never(space)

    def _loaded(self, caller: Caller, ranked: Sequence[RankedResult]) -> Iterator[Hit]:
        for start in range(0, len(ranked), _LOADED_AT_ONCE):
            yield from self._hits.load(caller, ranked[start : start + _LOADED_AT_ONCE])


def _caller_of(search: SavedSearch) -> Caller:
    """Return the caller as whom a saved search reads: its tenant, without the default index."""
    return Caller(tenant_id=search.tenant_id, user_id=search.user_id, scopes=frozenset({Scope.SEARCH}))


def _satisfies(result: SegmentResult, conditions: Sequence[Condition]) -> bool:
    values = leaves(result.metadata) if conditions else []
    return all(holds(condition, values) for condition in conditions)


def _matched(hit: Hit, result: SegmentResult, threshold: Threshold | None) -> MatchedSegment:
    return MatchedSegment(
        media_id=hit.media.media_id,
        index_id=hit.media.index_id,
        segment_id=result.segment_id,
        start=result.start,
        end=result.end,
        score=None if threshold is None else round(hit.ranked.score, 6),
    )
