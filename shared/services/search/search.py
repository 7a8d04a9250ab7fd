"""Search by words, by picture, by both, and by typed conditions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shared.domain.access import Caller
from shared.domain.errors import InvalidRequest
from shared.domain.query.conditions import Condition
from shared.domain.query.hits import RankedResult
from shared.ports.search_index import SearchFilter, SearchIndex, TextQuery
from shared.services.search.hits import Hit, SearchHits
from shared.services.search.ranking import fuse_modalities, one_per_subject, rank_pictures, rank_texts
from shared.services.search.scope import SearchScope

if TYPE_CHECKING:
    from shared.domain.query.embedding import EmbeddedWords
    from shared.ports.query_embedding import QueryEmbedder

_DEPTH = 5
"""Candidates taken per hit wanted: results of several runs on one segment collapse into one."""


@dataclass(frozen=True, slots=True)
class ConditionHits:
    hits: list[Hit]
    next_after: str | None
    total: int


class Search:
    """A segment that several runs described appears once, with its best result."""

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
        """Raises: InvalidRequest (blank query)."""
        ranked = one_per_subject(self.rank_text(caller, scope, query, limit * _DEPTH, fields))
        return self._hits.load(caller.tenant_id, ranked[:limit])

    def by_picture(self, caller: Caller, scope: SearchScope, picture: str, *, limit: int) -> list[Hit]:
        """``picture`` is base64, with or without a data-URL head. Raises: InvalidRequest."""
        ranked = one_per_subject(self._rank_picture(caller, scope, picture, limit * _DEPTH))
        return self._hits.load(caller.tenant_id, ranked[:limit])

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
        """Reciprocal rank fusion of both sides. Raises: InvalidRequest (neither is given)."""
        if not (query or "").strip() and not picture:
            raise InvalidRequest("text_query", "give text_query, image_data or both")
        depth = limit * _DEPTH
        texts = self.rank_text(caller, scope, query, depth, fields) if query and query.strip() else []
        pictures = self._rank_picture(caller, scope, picture, depth) if picture else []
        ranked = fuse_modalities(
            one_per_subject(texts),
            one_per_subject(pictures),
            text_weight=text_weight,
            image_weight=image_weight,
        )
        return self._hits.load(caller.tenant_id, ranked[:limit])

    def over_runs(
        self, caller: Caller, scope: SearchScope, query: str, *, aggregation: str, limit_per_run: int
    ) -> list[Hit]:
        """Search each run of ``scope.run_ids`` on its own and join the answers.

        ``aggregation``: ``best`` keeps a segment's best result, ``all`` keeps every run's,
        ``weighted`` multiplies scores by recency (newest run 1, each older one 0.9 of it) first.
        """
        words, embedded = self._embedded(query, in_pictures=True)
        per_run = [
            (age, result)
            for age, run_id in enumerate(sorted(scope.run_ids or (), reverse=True))
            for result in self._rank_text(
                words,
                embedded,
                replace(scope, run_ids=frozenset({run_id})).filter(caller.tenant_id),
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
        return self._hits.load(caller.tenant_id, ranked)

    def by_conditions(
        self,
        caller: Caller,
        scope: SearchScope,
        conditions: Sequence[Condition],
        *,
        limit: int,
        after: str | None = None,
    ) -> ConditionHits:
        """One page of the results that satisfy every condition."""
        page = self._index().match(conditions, scope.filter(caller.tenant_id), after=after, limit=limit)
        ranked = [RankedResult(result_id=result_id, score=1.0) for result_id in page.result_ids]
        return ConditionHits(self._hits.load(caller.tenant_id, ranked), page.next_after, page.total)

    def rank_text(
        self, caller: Caller, scope: SearchScope, query: str, limit: int, fields: Sequence[str] = ()
    ) -> list[RankedResult]:
        """Ranked ids, best first. A joint picture space, where there is one, is asked as well."""
        words, embedded = self._embedded(query, in_pictures=not fields)
        return self._rank_text(words, embedded, scope.filter(caller.tenant_id), limit, fields)

    def _embedded(self, query: str, *, in_pictures: bool) -> tuple[str, EmbeddedWords]:
        """With the words that were embedded. Raises: InvalidRequest (blank query)."""
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
        wanted = frozenset(fields) if fields else None
        found = self._index().search_text(TextQuery(embedded.text.vector, words, wanted, limit), within)
        texts = rank_texts(found)
        if embedded.pictures is None:
            return texts
        pictures = rank_pictures(self._index().search_picture(embedded.pictures.vector, within, limit))
        return fuse_modalities(texts, pictures, text_weight=0.5, image_weight=0.5)

    def _rank_picture(
        self, caller: Caller, scope: SearchScope, picture: str, limit: int
    ) -> list[RankedResult]:
        embedded = self._embedder().picture(picture, field="image_data")
        found = self._index().search_picture(embedded.vector, scope.filter(caller.tenant_id), limit)
        return rank_pictures(found)
