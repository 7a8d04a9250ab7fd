"""Search of the workflow API: one request stores a snapshot of the ranking, whose pages are stable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.domain import keys
from shared.domain.access import Caller
from shared.domain.clock import now, timestamp
from shared.domain.errors import InvalidCursor, InvalidRequest
from shared.domain.media import Index
from shared.domain.prompts.prompt import JsonObject
from shared.domain.query.conditions import parse_conditions
from shared.domain.query.hits import RankedResult, parse_result_id
from shared.domain.query.snapshot import ScopeType, SearchCoverage, SearchedScope, SearchMode, SearchSnapshot
from shared.ports.search_index import ConditionPage, Level, SearchIndex
from shared.services.library.indexes import Indexes
from shared.services.records.documents import Documents, put
from shared.services.search.hits import Hit, SearchHits
from shared.services.search.ranking import one_per_subject
from shared.services.search.scope import PLAYGROUND, SearchScope, SearchScopes
from shared.services.search.search import Search
from shared.services.workflow.filter_types import FilterTypes

SNAPSHOT_HOURS = 24
"""The lifetime of a snapshot, and so the time in which its pages can be read."""

_MATCH_LIMITS = ((4, 160), (4, 80), (2, 20), (0, 0))
"""Limits for the matches of a result in a snapshot: (number, characters of each). The first limits with which
the snapshot fits a record are used."""

_MAX_RANKING_BYTES = 320 * 1024
"""The share of a record's 400 KiB for ranked results; the rest is for the scope."""

_CANDIDATES_PER_RESULT = 5
_MAX_FILTERED_RESULTS = 10_000
"""The number of filtered results that a ``query`` ranks, and the depth of its ranking, at most."""


@dataclass(frozen=True, slots=True)
class WorkflowQuery:
    """A search request. It needs ``query``, ``filters``, or both: then ``query`` ranks the filtered results.

    ``filters`` are the client's JSON. Types that they omit are taken from schemas (``FilterTypes``).
    """

    query: str | None
    filters: Sequence[JsonObject]
    result_level: Level
    limit: int
    video_ids: Sequence[str] = ()
    prompt_run_ids: Sequence[str] = ()
    index_id: str | None = None
    index_name: str | None = None


@dataclass(frozen=True, slots=True)
class WorkflowPage:
    """A page of a snapshot. ``next_offset`` is None on the last page."""

    snapshot: SearchSnapshot
    hits: list[Hit]
    next_offset: int | None


class WorkflowSearch:
    """Searches with stable pages. ``window`` is the number of results that a snapshot contains at most."""

    def __init__(
        self,
        documents: Documents,
        indexes: Indexes,
        scopes: SearchScopes,
        search: Search,
        hits: SearchHits,
        search_index: Callable[[], SearchIndex],
        *,
        window: int,
    ) -> None:
        self._documents = documents
        self._filter_types = FilterTypes(documents)
        self._indexes = indexes
        self._scopes = scopes
        self._search = search
        self._hits = hits
        self._index = search_index
        self._window = window

    def freeze(self, caller: Caller, wanted: WorkflowQuery, search_id: str) -> SearchSnapshot:
        """Search once and store the snapshot under ``search_id``.

        Raises:
            InvalidRequest: there is neither a query nor a filter, or a filter is invalid.
            NotFound: an index, medium or run is unknown or another tenant's.
        """
        if not (wanted.query or "").strip() and not wanted.filters:
            raise InvalidRequest("query", "give a query or filters")
        scope, described = self._scope(caller, wanted)
        found, warnings = self._find(caller, wanted, scope)
        snapshot = SearchSnapshot(
            search_id=search_id,
            mode=SearchMode.VECTOR if (wanted.query or "").strip() else SearchMode.CONDITION,
            result_level=wanted.result_level,
            limit=wanted.limit,
            window=self._window,
            truncated=len(found) > self._window,
            scope=described,
            coverage=SearchCoverage(results=len(found)),
            warnings=warnings,
            ranked=_fitted(found[: self._window]),
            created_at=timestamp(),
        )
        expires_at = now() + timedelta(hours=SNAPSHOT_HOURS)
        self._documents.write(
            put(keys.search_snapshot(caller.tenant_id, search_id), snapshot, expires_at=expires_at)
        )
        return snapshot

    def page(self, caller: Caller, search_id: str, offset: int) -> WorkflowPage:
        """Read a page of a snapshot. Raises: InvalidCursor: the snapshot has expired."""
        snapshot = self._documents.get(SearchSnapshot, keys.search_snapshot(caller.tenant_id, search_id))
        if snapshot is None:
            raise InvalidCursor("The search behind this cursor has expired; search again.")
        end = offset + snapshot.limit
        hits = self._hits.load(caller, snapshot.ranked[offset:end])
        return WorkflowPage(snapshot, hits, end if end < len(snapshot.ranked) else None)

    def _scope(self, caller: Caller, wanted: WorkflowQuery) -> tuple[SearchScope, SearchedScope]:
        runs = self._scopes.runs(caller, wanted.prompt_run_ids)
        media = self._scopes.media(caller, wanted.video_ids)
        index_ids: frozenset[str] | None = None
        described = SearchedScope(
            type=ScopeType.PLAYGROUND,
            video_ids=None if media is None else sorted(media),
            prompt_run_ids=None if runs is None else sorted(runs),
        )
        if index := self._requested_index(caller, wanted):
            index_ids = frozenset({index.index_id})
            described.type = ScopeType.INDEX
            described.index_id, described.index_name = index.index_id, index.name
        elif media is not None:
            described.type = ScopeType.VIDEOS
        elif runs is not None:
            described.type = ScopeType.PROMPT_RUNS
        else:
            index_ids = frozenset({PLAYGROUND})
        return SearchScope(index_ids, runs, media, wanted.result_level), described

    def _requested_index(self, caller: Caller, wanted: WorkflowQuery) -> Index | None:
        """Read the index that the request names; None if it names none. Raises: NotFound."""
        if wanted.index_id:
            return self._indexes.get(caller, wanted.index_id)
        return self._indexes.find_by_name(caller, wanted.index_name) if wanted.index_name else None

    def _find(
        self, caller: Caller, wanted: WorkflowQuery, scope: SearchScope
    ) -> tuple[list[RankedResult], list[str]]:
        """Return results and warnings. One result more than the window is searched, to detect truncation."""
        limit, query = self._window + 1, (wanted.query or "").strip()
        warnings: list[str] = []
        if not wanted.filters:
            depth = limit * _CANDIDATES_PER_RESULT
            found = one_per_subject(self._search.rank_text(caller, scope, query, depth))[:limit]
        elif not query:
            matching = self._matching(caller, wanted, scope, limit)
            found = [RankedResult(result_id=result_id, score=1.0) for result_id in matching.result_ids]
        else:
            matching = self._matching(caller, wanted, scope, _MAX_FILTERED_RESULTS)
            found = self._rank_among(caller, scope, query, frozenset(matching.result_ids), limit)
            if matching.next_after is not None:
                warnings.append(
                    f"Of the results that satisfy the filters, {_MAX_FILTERED_RESULTS} were ranked."
                )
        if len(found) > self._window:
            warnings.append(
                f"Only the first {self._window} results are kept; narrow the search to see the others."
            )
        return found, warnings

    def _rank_among(
        self, caller: Caller, scope: SearchScope, query: str, allowed: frozenset[str], limit: int
    ) -> list[RankedResult]:
        """Rank the results in ``allowed``, best first.

        The index ranks all results of a scope, of which ``allowed`` may be a small part. The depth of the
        ranking is therefore raised until ``limit`` results are found or there are no more.
        """
        identities = [identity for result_id in allowed if (identity := parse_result_id(result_id))]
        within = replace(scope, media_ids=frozenset(identity.media_id for identity in identities))
        depth = limit * _CANDIDATES_PER_RESULT
        while True:
            ranked = self._search.rank_text(caller, within, query, depth)
            chosen = [result for result in ranked if result.result_id in allowed]
            found = one_per_subject(chosen)
            exhausted = len(chosen) == len(allowed) or len(ranked) < depth or depth >= _MAX_FILTERED_RESULTS
            if exhausted or len(found) >= limit:
                return found[:limit]
            depth = min(depth * 8, _MAX_FILTERED_RESULTS)

    def _matching(
        self, caller: Caller, wanted: WorkflowQuery, scope: SearchScope, limit: int
    ) -> ConditionPage:
        types = self._filter_types.of(caller, scope, wanted.filters)
        conditions = parse_conditions(wanted.filters, lenient=True, field_types=types, name="filters")
        return self._index().match(conditions, scope.filter(caller), after=None, limit=limit)


def _fitted(found: Sequence[RankedResult]) -> list[RankedResult]:
    """Shorten the matches of results so that all results fit one record."""
    for matches, characters in _MATCH_LIMITS:
        shortened = [_shortened(result, matches, characters) for result in found]
        if sum(len(result.model_dump_json().encode()) for result in shortened) <= _MAX_RANKING_BYTES:
            break
    return shortened


def _shortened(result: RankedResult, matches: int, characters: int) -> RankedResult:
    shown = tuple(replace(m, text=m.text[:characters]) for m in result.matches[:matches])
    return result.model_copy(update={"matches": shown})
