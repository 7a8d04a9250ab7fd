"""Tests that a simplified schema allows everything that the whole schema allows."""

from typing import Any

import pytest

from shared.domain.schema.json_schema import is_valid
from shared.models.language.plain_schema import plain_schema
from tests.unit.models.evidence import INTEGER, STRING, schema_of

_WORDS = {"type": "array", "items": STRING}


@pytest.mark.parametrize(
    ("schema", "data"),
    [
        (schema_of(a={"type": "string", "format": "date", "maxLength": 10}), {"a": "2026-01-31"}),
        (schema_of(a=_WORDS | {"uniqueItems": True, "contains": {"const": "x"}}), {"a": ["x"]}),
        (schema_of(a={"type": "array", "prefixItems": [INTEGER], "items": False}), {"a": [1]}),
        ({"type": "object", "patternProperties": {"^x": INTEGER}, "additionalProperties": False}, {"x1": 1}),
        (schema_of(a={"oneOf": [INTEGER, {"type": "null"}]}), {"a": None}),
        (schema_of(a={"allOf": [STRING, {"enum": ["yes"]}]}), {"a": "yes"}),
        (schema_of(a=INTEGER, optional=("a",)) | {"if": {"required": ["a"]}, "then": True}, {}),
        (schema_of(a=schema_of(b={"type": "number", "multipleOf": 0.5, "minimum": 1})), {"a": {"b": 1.5}}),
    ],
)
def test_valid_data_stays_valid_without_rare_keywords(schema: dict[str, Any], data: Any) -> None:
    assert is_valid(schema, data)
    plain = plain_schema(schema)
    assert is_valid(plain, data)
    rare = ("format", "uniqueItems", "contains", "prefixItems", "patternProperties", "oneOf", "allOf", "if")
    assert not any(f"'{word}'" in str(plain) for word in (*rare, "multipleOf"))
    assert plain_schema(plain) == plain


def test_common_keywords_and_member_names_are_kept() -> None:
    known = schema_of(
        format={"type": "string", "enum": ["a", "b"], "description": "One of them."},
        many={"type": "array", "items": schema_of(pattern=INTEGER | {"minimum": 0}), "maxItems": 5},
        any={"anyOf": [{"type": "null"}, STRING]},
    )
    assert plain_schema(known) == known
    assert not is_valid(plain_schema(known), {"format": "c", "many": [], "any": None})
