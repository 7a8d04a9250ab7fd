"""Search by text, by picture, by both, and by typed conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest
from shared.domain.query.conditions import Condition
from shared.domain.query.field_paths import with_elements
from shared.domain.query.hits import RankedResult
from shared.ports.search_index import SearchFilter, SearchIndex, TextQuery
from shared.services.search.hits import Hit, SearchHits
from shared.services.search.ranking import fuse_modalities, one_per_subject, rank_pictures, rank_texts
from shared.services.search.scope import SearchScope

if TYPE_CHECKING:
    from shared.domain.query.embedding import EmbeddedWords
    from shared.ports.query_embedding import QueryEmbedder

_CANDIDATES_PER_HIT = 5
"""Candidates read for each requested hit, because results of several runs on one segment become one hit."""


@dataclass(frozen=True, slots=True)
class ConditionHits:
    """One page of a search by conditions."""

    hits: list[Hit]
    next_after: str | None
    total: int


class Search:
    """Search of all kinds. A segment with results of several runs appears once, with its best result."""

    def __init__(
        self,
        hits: SearchHits,
        search_index: Callable[[], SearchIndex],
        embedder: Callable[[], QueryEmbedder],
    ) -> None:
        self._hits = hits
        self._index = search_index
        self._embedder = embedder

    def by_text(
        self, caller: Caller, scope: SearchScope, query: str, *, limit: int, fields: Sequence[str] = ()
    ) -> list[Hit]:
        """Search by text. Raises: InvalidRequest: the query is blank."""
        ranked = one_per_subject(self.rank_text(caller, scope, query, limit * _CANDIDATES_PER_HIT, fields))
        return self._hits.load(caller, ranked[:limit])

    def by_picture(self, caller: Caller, scope: SearchScope, picture: str, *, limit: int) -> list[Hit]:
        """Search by ``picture``, which is base64 with or without the prefix of a data URL.

        Raises: InvalidRequest.
        """
        ranked = one_per_subject(self._rank_picture(caller, scope, picture, limit * _CANDIDATES_PER_HIT))
        return self._hits.load(caller, ranked[:limit])

    def by_text_and_picture(
        self,
        caller: Caller,
        scope: SearchScope,
        *,
        query: str | None,
        picture: str | None,
        text_weight: float,
        image_weight: float,
        limit: int,
        fields: Sequence[str] = (),
    ) -> list[Hit]:
        """Search by text and picture, and fuse the rankings by weighted reciprocal rank fusion.

        Raises: InvalidRequest: neither is given.
        """
        if not (query or "").strip() and not picture:
            raise InvalidRequest("text_query", "give text_query, image_data or both")
        depth = limit * _CANDIDATES_PER_HIT
        texts = self.rank_text(caller, scope, query, depth, fields) if query and query.strip() else []
        pictures = self._rank_picture(caller, scope, picture, depth) if picture else []
        ranked = fuse_modalities(
            one_per_subject(texts),
            one_per_subject(pictures),
            text_weight=text_weight,
            image_weight=image_weight,
        )
        return self._hits.load(caller, ranked[:limit])

    def over_runs(
        self, caller: Caller, scope: SearchScope, query: str, *, aggregation: str, limit_per_run: int
    ) -> list[Hit]:
        """Search each run of ``scope.run_ids`` separately and merge the results.

        ``aggregation`` is one of:

        - ``best``: keep a segment's best result.
        - ``all``: keep the results of every run.
        - ``weighted``: as ``best``, after each score is multiplied by 0.9 to the power of the run's age; the
          newest run has age 0.
        """
        words, embedded = self._embedded(query, in_pictures=True)
        per_run = [
            (age, result)
            for age, run_id in enumerate(sorted(scope.run_ids or (), reverse=True))
            for result in self._rank_text(
                words,
                embedded,
                replace(scope, run_ids=frozenset({run_id})).filter(caller),
                limit_per_run,
            )[:limit_per_run]
        ]
        ranked = [
            result.model_copy(update={"score": result.score * 0.9**age})
            if aggregation == "weighted"
            else result
            for age, result in per_run
        ]
        ranked.sort(key=lambda result: (-result.score, result.result_id))
        if aggregation != "all":
            ranked = one_per_subject(ranked)
        return self._hits.load(caller, ranked)

    def by_conditions(
        self,
        caller: Caller,
        scope: SearchScope,
        conditions: Sequence[Condition],
        *,
        among: frozenset[str] | None = None,
        limit: int,
        after: str | None = None,
    ) -> ConditionHits:
        """Read a page of the results that satisfy every condition. ``among`` restricts them to these result
        ids."""
        within = scope.filter(caller)
        page = self._index().match(conditions, within, among=among, after=after, limit=limit)
        ranked = [RankedResult(result_id=result_id, score=1.0) for result_id in page.result_ids]
        return ConditionHits(self._hits.load(caller, ranked), page.next_after, page.total)

    def rank_text(
        self, caller: Caller, scope: SearchScope, query: str, limit: int, fields: Sequence[str] = ()
    ) -> list[RankedResult]:
        """Rank results by text, best first. The search includes pictures if text and pictures share an
        embedding space and no ``fields`` restrict it."""
        words, embedded = self._embedded(query, in_pictures=not fields)
        return self._rank_text(words, embedded, scope.filter(caller), limit, fields)

    def _embedded(self, query: str, *, in_pictures: bool) -> tuple[str, EmbeddedWords]:
        """Embed a query. Return its text without surrounding spaces, and its vectors.

        Raises: InvalidRequest: the query is blank.
        """
        words = query.strip()
        if not words:
            raise InvalidRequest("query", "must not be blank")
        return words, self._embedder().words(words, in_pictures=in_pictures)

    def _rank_text(
        self,
        words: str,
        embedded: EmbeddedWords,
        within: SearchFilter,
        limit: int,
        fields: Sequence[str] = (),
    ) -> list[RankedResult]:
        searched = with_elements(fields) if fields else None
        found = self._index().search_text(TextQuery(embedded.text.vector, words, searched, limit), within)
        texts = rank_texts(found)
        if embedded.pictures is None:
            return texts
        pictures = rank_pictures(self._index().search_picture(embedded.pictures.vector, within, limit))
        return fuse_modalities(texts, pictures, text_weight=0.5, image_weight=0.5)

    def _rank_picture(
        self, caller: Caller, scope: SearchScope, picture: str, limit: int
    ) -> list[RankedResult]:
        embedded = self._embedder().picture(picture, field="image_data")
        found = self._index().search_picture(embedded.vector, scope.filter(caller), limit)
        return rank_pictures(found)
