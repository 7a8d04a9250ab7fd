"""The frequent values of a field, as suggestions for conditions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from shared.domain.access import Caller
from shared.domain.query.conditions import LeafType
from shared.ports.search_index import FrequentValues, SearchIndex, ValueQuery
from shared.services.search.scope import SearchScope

_LEAF_TYPES: Final = {
    "string": frozenset({LeafType.STRING}),
    "integer": frozenset({LeafType.NUMBER}),
    "number": frozenset({LeafType.NUMBER}),
    "boolean": frozenset({LeafType.BOOLEAN}),
    "array": frozenset({LeafType.STRING, LeafType.NUMBER, LeafType.BOOLEAN}),
}


class ConditionValues:
    """Reads the values that the results of a scope have."""

    def __init__(self, search_index: Callable[[], SearchIndex]) -> None:
        self._index = search_index

    def of(
        self, caller: Caller, scope: SearchScope, field: str, kind: str, *, prefix: str, limit: int
    ) -> FrequentValues:
        """Return the most frequent values of ``field``, with the number of results that have each.

        ``kind`` is the type of a condition. The values of an array are those of its elements.
        """
        path = f"{field.removesuffix('[]')}[]" if kind == "array" else field
        query = ValueQuery(path, _LEAF_TYPES[kind], prefix, whole=kind == "integer", limit=limit)
        return self._index().frequent_values(query, scope.filter(caller))
