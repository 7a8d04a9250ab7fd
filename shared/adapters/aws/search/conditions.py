"""Translation of scopes and structured conditions to OpenSearch queries.

``shared.domain.query.matching.holds`` defines the meaning of a condition. A condition that also holds for
a missing field becomes the negation of a condition that does not.
"""

from collections.abc import Sequence
from typing import Any, Final

from shared.adapters.aws.search.documents import (
    ARRAY,
    BOOLEAN,
    FRACTION,
    STRING,
    WHOLE_NUMBER,
    encode_text,
    exact_text,
    finite,
)
from shared.adapters.aws.search.layout.mapping import digest
from shared.domain.query.conditions import LENGTH_OPERATORS, VALUELESS, Condition
from shared.ports.search_index import SearchFilter

Query = dict[str, Any]

_COMPARISONS: Final = {
    "greater_than": "gt",
    "greater_equal": "gte",
    "less_than": "lt",
    "less_equal": "lte",
    "length_greater": "gt",
    "length_less": "lt",
}
_MAX_TERMS: Final = 60_000
"""OpenSearch accepts 65,536 values in one terms query."""


def scope_filters(scope: SearchFilter, under: str = "") -> list[Query]:
    """Build the filters of a scope, for documents or for the nested documents ``under`` a path."""
    path = f"{under}." if under else ""
    filters: list[Query] = [any_of(f"{path}tenant_id", scope.readable_tenant_ids)]
    sets = (("index_id", scope.index_ids), ("run_id", scope.run_ids), ("media_id", scope.media_ids))
    filters += [any_of(f"{path}{name}", sorted(values)) for name, values in sets if values is not None]
    if scope.level is not None:
        filters.append({"term": {f"{path}level": str(scope.level)}})
    return filters


def any_of(field: str, values: Sequence[str]) -> Query:
    """Build a query for documents with one of ``values``. It matches nothing if there are no values.

    OpenSearch knows how many documents a single term has, and starts with the rarest; of a list it does not.
    """
    if len(values) == 1:
        return {"term": {field: values[0]}}
    lists = [values[start : start + _MAX_TERMS] for start in range(0, len(values), _MAX_TERMS)]
    if len(lists) == 1:
        return {"terms": {field: lists[0]}}
    if not lists:
        return {"match_none": {}}
    return {"bool": {"should": [{"terms": {field: part}} for part in lists]}}


def condition_query(condition: Condition) -> Query:
    """Build the query for documents for which ``condition`` holds."""
    path = condition.path
    if condition.operator in VALUELESS:
        empty_array = {"bool": {"filter": [{"term": {"leaves.kind": ARRAY}}, _number("equals", 0)]}}
        content = _leaf(path, must_not=[empty_array])
        return content if condition.operator == "is_not_empty" else _negated(content)
    if condition.operator in LENGTH_OPERATORS:
        number = float(condition.value or 0)
        fitting = _leaf(path, {"term": {"leaves.kind": ARRAY}}, _number(condition.operator, number))
        if not _holds_for_missing_field(condition.operator, number):
            return fitting
        return {"bool": {"should": [fitting, _negated(_leaf(path, {"term": {"leaves.kind": ARRAY}}))]}}
    return _value_query(f"{path}[]" if condition.type == "array" else path, condition)


def _value_query(path: str, condition: Condition) -> Query:
    value, operator = condition.value, condition.operator.removeprefix("item_")
    if isinstance(value, bool):
        return _leaf(path, {"term": {"leaves.kind": BOOLEAN}}, _number("equals", float(value)))
    if isinstance(value, str):
        return _leaf(path, {"term": {"leaves.kind": STRING}}, *_text(operator, value))
    kinds = [WHOLE_NUMBER] if condition.type == "integer" else [WHOLE_NUMBER, FRACTION]
    return _leaf(path, {"terms": {"leaves.kind": kinds}}, _number(operator, float(value or 0)))


def _text(operator: str, value: str) -> list[Query]:
    if operator == "equals":
        return [{"term": {"leaves.exact": exact_text(value)}}]
    wanted = "".join(f"\\{c}" if c in "*?" else c for c in encode_text(value))
    match operator:
        case "starts_with":
            return [{"term": {"leaves.first": True}}, _pattern(f"{wanted}*")]
        case "ends_with":
            return [{"term": {"leaves.last": True}}, _pattern(f"*{wanted}")]
        case _:
            return [_pattern(f"*{wanted}*")]


def _pattern(pattern: str) -> Query:
    return {"wildcard": {"leaves.text": {"value": pattern}}}


def _number(operator: str, value: float) -> Query:
    comparison = _COMPARISONS.get(operator)
    if comparison is None:
        return {"term": {"leaves.number": finite(value)}}
    return {"range": {"leaves.number": {comparison: finite(value)}}}


def _leaf(path: str, *filters: Query, must_not: Sequence[Query] = ()) -> Query:
    """Build the query for documents with a leaf at ``path`` that satisfies all ``filters``."""
    wanted: Query = {
        "filter": [{"term": {"leaves.path": digest(path)}}, *filters],
        "must_not": list(must_not),
    }
    return {"nested": {"path": "leaves", "score_mode": "none", "query": {"bool": wanted}}}


def _negated(query: Query) -> Query:
    return {"bool": {"must_not": [query]}}


def _holds_for_missing_field(operator: str, wanted: float) -> bool:
    return wanted == 0 if operator == "length_equals" else operator == "length_less" and wanted > 0
