import math
from typing import Any

import pytest

from shared.domain.errors import InvalidRequest
from shared.domain.query.conditions import MAX_SUBSTRING, Condition, parse_conditions

GOOD: dict[str, Any] = {"field": "mood", "operator": "equals", "type": "string", "value": "calm"}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in GOOD.items() if name != key}


def test_strict_condition_is_parsed_and_field_is_trimmed() -> None:
    assert parse_conditions([GOOD | {"field": " mood "}], lenient=False) == [
        Condition("mood", "equals", "string", "calm")
    ]


@pytest.mark.parametrize(
    ("condition", "field"),
    [
        (without("field"), "conditions[0].field"),
        (GOOD | {"field": "  "}, "conditions[0].field"),
        (without("type"), "conditions[0].type"),
        (GOOD | {"type": "date"}, "conditions[0].type"),
        (GOOD | {"type": ["string"]}, "conditions[0].type"),
        (without("operator"), "conditions[0].operator"),
        (GOOD | {"operator": "greater_than"}, "conditions[0].operator"),
        (without("value"), "conditions[0].value"),
        (GOOD | {"value": None}, "conditions[0].value"),
        (GOOD | {"value": " "}, "conditions[0].value"),
        (GOOD | {"value": 5}, "conditions[0].value"),
        (GOOD | {"fuzzyMatch": True}, "conditions[0].fuzzyMatch"),
        (GOOD | {"start_after": "x"}, "conditions[0].start_after"),
        ({"field": "a", "type": "string", "operator": "is_empty", "value": None}, "conditions[0].value"),
        ({"field": "a", "type": "integer", "operator": "equals", "value": True}, "conditions[0].value"),
        ({"field": "a", "type": "integer", "operator": "equals", "value": 1.2}, "conditions[0].value"),
        (
            {"field": "a", "type": "number", "operator": "equals", "value": math.inf},
            "conditions[0].value",
        ),
        (
            {"field": "a", "type": "number", "operator": "equals", "value": math.nan},
            "conditions[0].value",
        ),
        ({"field": "a", "type": "number", "operator": "equals", "value": "5"}, "conditions[0].value"),
        ({"field": "a", "type": "boolean", "operator": "equals", "value": 1}, "conditions[0].value"),
        ({"field": "a", "type": "array", "operator": "length_less", "value": -1}, "conditions[0].value"),
        ({"field": "a", "type": "array", "operator": "length_less", "value": 1.5}, "conditions[0].value"),
        ({"field": "a", "type": "array", "operator": "item_contains", "value": 1}, "conditions[0].value"),
        ({"field": "a", "type": "array", "operator": "item_equals", "value": [1]}, "conditions[0].value"),
        ({"field": "a", "type": "array", "operator": "equals", "value": "x"}, "conditions[0].operator"),
        ("mood", "conditions[0]"),
        (GOOD | {"operator": "contains", "value": "a" * 251}, "conditions[0].value"),
        (GOOD | {"operator": "starts_with", "value": "\ufb03" * 84}, "conditions[0].value"),
        (GOOD | {"operator": "ends_with", "value": "a" * 15_000_000}, "conditions[0].value"),
        (
            {"field": "a", "type": "array", "operator": "item_contains", "value": "a" * 251},
            "conditions[0].value",
        ),
    ],
)
def test_invalid_strict_condition_is_refused_with_its_field(condition: Any, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_conditions([condition], lenient=False)

    assert raised.value.field == field


@pytest.mark.parametrize(
    "condition",
    [
        GOOD | {"operator": "contains", "value": "a" * MAX_SUBSTRING},
        GOOD | {"value": "a" * 100_000},
    ],
)
def test_only_substring_operators_limit_text_length(condition: Any) -> None:
    assert parse_conditions([condition], lenient=False)[0].value == condition["value"]


@pytest.mark.parametrize("count", [0, 5])
def test_number_of_conditions_outside_one_to_four_is_refused(count: int) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_conditions([GOOD] * count, lenient=False)

    assert raised.value.field == "conditions"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"field": "mood", "value": "calm"}, Condition("mood", "equals", "string", "calm")),
        ({"field": "n", "value": 3}, Condition("n", "equals", "number", 3)),
        ({"field": "b", "value": True}, Condition("b", "equals", "boolean", True)),
        ({"field": "n", "operator": "less_than", "value": 3}, Condition("n", "less_than", "number", 3)),
        ({"field": "n", "operator": "less_than", "value": "3.5"}, Condition("n", "less_than", "number", 3.5)),
        (
            {"field": "tags", "operator": "item_contains", "value": "sea"},
            Condition("tags", "item_contains", "array", "sea"),
        ),
        (
            {"field": "tags", "operator": "length_less", "value": "3"},
            Condition("tags", "length_less", "array", 3),
        ),
        ({"field": "a", "operator": "is_empty", "value": None}, Condition("a", "is_empty", "string")),
        ({"field": "a", "operator": None, "value": "x"}, Condition("a", "equals", "string", "x")),
    ],
)
def test_lenient_condition_gets_operator_and_type(raw: dict[str, Any], expected: Condition) -> None:
    assert parse_conditions([raw], lenient=True) == [expected]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("integer", "5", Condition("f", "equals", "integer", 5)),
        ("number", "5.5", Condition("f", "equals", "number", 5.5)),
        ("boolean", "True", Condition("f", "equals", "boolean", True)),
        ("array", "sea", Condition("f", "item_equals", "array", "sea")),
        ("string", 5, Condition("f", "equals", "string", "5")),
    ],
)
def test_schema_type_converts_lenient_value(kind: str, value: Any, expected: Condition) -> None:
    parsed = parse_conditions([{"field": "f", "value": value}], lenient=True, field_types={"f": kind})

    assert parsed == [expected]


def test_lenient_parsing_still_refuses_invalid_conditions() -> None:
    for raw in ({"field": "f"}, {"field": "f", "operator": "near", "value": 1}, {"value": 1}):
        with pytest.raises(InvalidRequest):
            parse_conditions([raw], lenient=True)
