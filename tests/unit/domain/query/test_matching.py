from typing import Any

import pytest

from shared.domain.query.conditions import Condition
from shared.domain.query.leaves import leaves
from shared.domain.query.matching import holds

LEAVES = leaves(
    {
        "title": "Straße am Hafen",
        "blank": "",
        "nothing": None,
        "rating": 4.5,
        "count": 3,
        "indoor": False,
        "tags": ["Sea", "boat", 7, True],
        "none": [],
        "people": [{"name": "Ana"}, {"name": "Bo", "age": 7}],
    }
)


@pytest.mark.parametrize(
    ("field", "operator", "kind", "value", "expected"),
    [
        ("title", "equals", "string", "STRASSE AM HAFEN", True),
        ("title", "contains", "string", "am h", True),
        ("title", "starts_with", "string", "strasse", True),
        ("title", "ends_with", "string", "hafen", True),
        ("title", "ends_with", "string", "strasse", False),
        ("count", "equals", "string", "3", False),
        ("count", "equals", "integer", 3, True),
        ("count", "less_equal", "number", 3.0, True),
        ("rating", "greater_than", "integer", 4, False),
        ("rating", "greater_than", "number", 4, True),
        ("rating", "less_than", "number", 4.5, False),
        ("indoor", "equals", "boolean", False, True),
        ("indoor", "equals", "number", 0, False),
        ("tags", "item_equals", "array", "sea", True),
        ("tags[]", "item_equals", "array", "sea", True),
        ("tags", "item_equals", "array", 7, True),
        ("tags", "item_equals", "array", True, True),
        ("tags", "item_equals", "array", 1, False),
        ("tags", "item_contains", "array", "OA", True),
        ("tags", "length_equals", "array", 4, True),
        ("tags", "length_greater", "array", 4, False),
        ("absent", "length_equals", "array", 0, True),
        ("absent", "length_less", "array", 1, True),
        ("absent", "length_greater", "array", 0, False),
        ("tags[]", "contains", "string", "boat", True),
        ("people[].name", "equals", "string", "bo", True),
        ("people[].age", "greater_equal", "integer", 7, True),
    ],
)
def test_condition_holds_as_expected(
    field: str, operator: str, kind: str, value: Any, expected: bool
) -> None:
    assert holds(Condition(field, operator, kind, value), LEAVES) is expected


@pytest.mark.parametrize(
    ("field", "kind", "empty"),
    [
        ("title", "string", False),
        ("blank", "string", True),
        ("nothing", "string", True),
        ("absent", "string", True),
        ("count", "string", False),
        ("none", "array", True),
        ("tags", "array", False),
        ("people[].age", "string", False),
        ("people[].town", "string", True),
    ],
)
def test_missing_null_blank_and_empty_array_are_empty(field: str, kind: str, empty: bool) -> None:
    assert holds(Condition(field, "is_empty", kind), LEAVES) is empty
    assert holds(Condition(field, "is_not_empty", kind), LEAVES) is not empty
