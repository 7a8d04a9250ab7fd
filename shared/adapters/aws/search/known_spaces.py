"""The search index for processes without models, in the spaces that the workers recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from shared.domain.query.conditions import Condition
from shared.ports.search_index import (
    ConditionPage,
    Counts,
    FrequentValues,
    PictureHit,
    SearchDocument,
    SearchFilter,
    SearchIndex,
    TextHit,
    TextQuery,
    ValueQuery,
)

if TYPE_CHECKING:
    from shared.ports.search_index import QueryVector

Spaces = TypeVar("Spaces")

_REFRESH_SECONDS: Final = 60.0


class KnownSpacesIndex(Generic[Spaces]):
    """Implements ``shared.ports.search_index.SearchIndex``.

    Before the first import no spaces are recorded and nothing is indexed, so searches find nothing.
    """

    def __init__(self, known: Callable[[], Spaces | None], build: Callable[[Spaces], SearchIndex]) -> None:
        self._known = known
        self._build = build
        self._spaces: Spaces | None = None
        self._index: SearchIndex | None = None
        self._next_refresh = 0.0

    def put(self, documents: Sequence[SearchDocument]) -> None:
        """Write documents. Raises: ValueError: no spaces are recorded."""
        index = self._current()
        if index is None:
            raise ValueError("no embedding spaces are known to index documents in")
        index.put(documents)

    def delete(self, scope: SearchFilter) -> int:
        index = self._current()
        return 0 if index is None else index.delete(scope)

    def search_text(self, query: TextQuery, scope: SearchFilter) -> list[TextHit]:
        index = self._current()
        return [] if index is None else index.search_text(query, scope)

    def search_picture(self, vector: QueryVector, scope: SearchFilter, limit: int) -> list[PictureHit]:
        index = self._current()
        return [] if index is None else index.search_picture(vector, scope, limit)

    def match(
        self,
        conditions: Sequence[Condition],
        scope: SearchFilter,
        *,
        among: frozenset[str] | None = None,
        after: str | None,
        limit: int,
    ) -> ConditionPage:
        index = self._current()
        if index is None:
            return ConditionPage([], None, 0)
        return index.match(conditions, scope, among=among, after=after, limit=limit)

    def frequent_values(self, query: ValueQuery, scope: SearchFilter) -> FrequentValues:
        index = self._current()
        return FrequentValues([]) if index is None else index.frequent_values(query, scope)

    def counts(self, tenant_id: str | None = None) -> Counts:
        index = self._current()
        return Counts() if index is None else index.counts(tenant_id)

    def _current(self) -> SearchIndex | None:
        """Return the index in the current spaces.

        The spaces are refreshed once a minute, so that warm functions notice a model upgrade.
        """
        if self._index is None or time.monotonic() >= self._next_refresh:
            spaces = self._known()
            if spaces is not None and spaces != self._spaces:
                self._spaces, self._index = spaces, self._build(spaces)
            self._next_refresh = time.monotonic() + _REFRESH_SECONDS
        return self._index
