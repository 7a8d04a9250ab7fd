"""The emptiest value that a schema allows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.models.builtin.extraction.empty_values import NO_VALUE, empty_value

TEXT = {"type": "string"}
DATE = {"type": "string", "format": "date"}


def object_of(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({}, None),
        ({"type": ["string", "null"], "default": "x"}, None),
        ({"type": "string", "default": "x"}, "x"),
        ({"type": "string", "default": 5}, ""),
        ({"default": 1, "const": 2}, 2),
        ({"enum": ["a", "b", "unknown"]}, "unknown"),
        ({"enum": ["a", "b"]}, "a"),
        ({"enum": ["a", "unknown"], "minLength": 1, "pattern": "^a"}, "a"),
        (TEXT, ""),
        ({"type": "string", "minLength": 3}, "unknown"),
        ({"type": "string", "minLength": 8}, "-" * 8),
        ({"type": "string", "minLength": 1, "maxLength": 3}, "-"),
        ({"type": "string", "minLength": 1001}, NO_VALUE),
        ({"type": "string", "pattern": "^[A-Z]+$"}, NO_VALUE),
        (DATE, NO_VALUE),
        ({"type": "array", "items": TEXT}, []),
        ({"type": "array", "items": TEXT, "minItems": 2}, ["", ""]),
        ({"type": "array", "prefixItems": [TEXT, {"const": 1}], "items": TEXT, "minItems": 3}, ["", 1, ""]),
        ({"type": "array", "items": TEXT, "minItems": 2, "uniqueItems": True}, NO_VALUE),
        ({"type": "array", "items": DATE, "minItems": 1}, NO_VALUE),
        ({"type": "array", "items": TEXT, "minItems": 1001}, NO_VALUE),
        ({"type": "boolean"}, False),
        ({"type": "boolean", "not": {"const": False}}, True),
        ({"type": "integer"}, 0),
        ({"type": "integer", "minimum": 1, "maximum": 5}, 1),
        ({"type": "integer", "exclusiveMinimum": 3}, 4),
        ({"type": "integer", "maximum": -2}, -2),
        ({"type": "integer", "exclusiveMaximum": 0}, -1),
        ({"type": "integer", "minimum": 7, "multipleOf": 5}, 10),
        ({"type": "number", "minimum": 0.5}, 0.5),
        ({"type": "number", "exclusiveMinimum": 0.5}, 0.505),
        ({"type": "number", "exclusiveMinimum": 0}, 1),
        ({"type": "number", "minimum": 0.25, "multipleOf": 0.1}, 0.3),
        (object_of([], a=TEXT), {}),
        (object_of(["a", "b"], a=TEXT, b=object_of(["c"], c={"type": "integer"})), {"a": "", "b": {"c": 0}}),
        (object_of(["a"]), {"a": None}),
        (object_of(["a"], a=DATE), NO_VALUE),
        (object_of(["a"], a=TEXT, b=DATE, c=TEXT) | {"minProperties": 2}, {"a": "", "c": ""}),
        ({"anyOf": [DATE, {"type": "integer"}]}, 0),
        ({"anyOf": [TEXT, {"type": "null"}]}, None),
        ({"not": {}}, NO_VALUE),
    ],
)
def test_emptiest_allowed_value(schema: dict[str, Any], value: Any) -> None:
    found = empty_value(schema)
    assert found == value
    assert type(found) is type(value)


@given(st.integers(-50, 50), st.integers(0, 30), st.integers(1, 9))
def test_number_is_allowed_and_closest_to_zero(low: int, width: int, step: int) -> None:
    schema = {"type": "integer", "minimum": low, "maximum": low + width, "multipleOf": step}
    allowed: list[Any] = [number for number in range(low, low + width + 1) if number % step == 0]
    found = empty_value(schema)
    assert found in (allowed or [NO_VALUE])
    if low + width >= 0:
        assert found == min(allowed, key=abs, default=NO_VALUE)


def test_size_of_nested_lists_is_limited() -> None:
    """Thirty levels of two elements would have a billion values."""
    schema: dict[str, Any] = TEXT
    for _ in range(30):
        schema = {"type": "array", "minItems": 2, "items": schema}
    assert empty_value(schema) is NO_VALUE
