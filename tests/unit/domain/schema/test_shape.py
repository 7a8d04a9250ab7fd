"""Types, alternatives and members of a schema."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.schema.shape import (
    ALL_TYPES,
    alternatives,
    alternatives_size,
    as_schema,
    elements,
    flattened,
    is_nullable,
    members,
    type_name,
    types_of,
)
from tests.measures import calls_at_most

JsonObject = dict[str, Any]

TEXT: JsonObject = {"type": "string"}
NUMBER: JsonObject = {"type": "number"}


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "boolean"),
        (1, "integer"),
        (1.0, "number"),
        ("", "string"),
        ([], "array"),
        ({}, "object"),
    ],
)
def test_type_of_value(value: Any, name: str) -> None:
    assert type_name(value) == name


def test_boolean_schemas_become_objects() -> None:
    assert (as_schema(True), as_schema(False), as_schema(TEXT)) == ({}, {"not": {}}, TEXT)


def test_parts_of_all_of_are_merged() -> None:
    schema = {
        "allOf": [
            {"properties": {"a": TEXT, "b": TEXT}, "required": ["a"], "title": "first"},
            {"allOf": [{"properties": {"c": TEXT}, "required": ["c", "a"]}, {"title": "second"}]},
            True,
        ],
        "properties": {"b": NUMBER},
        "title": "own",
    }
    assert flattened(schema) == {
        "properties": {"a": TEXT, "b": NUMBER, "c": TEXT},
        "required": ["a", "c"],
        "title": "own",
    }


def test_alternatives_keep_what_their_branches_share() -> None:
    schema = {"title": "t", "anyOf": [TEXT, {"title": "own", "oneOf": [NUMBER, {"type": "null"}]}]}
    assert alternatives(schema) == [
        {"title": "t", "type": "string"},
        {"title": "own", "type": "number"},
        {"title": "own", "type": "null"},
    ]
    assert alternatives(TEXT) == [TEXT]


def test_any_of_beside_one_of_multiplies() -> None:
    schema = {
        "anyOf": [{"minLength": 1}, {"minLength": 2}],
        "oneOf": [{"maxLength": 8}, {"maxLength": 9}],
    }
    assert alternatives(schema) == [
        {"minLength": low, "maxLength": high} for low in (1, 2) for high in (8, 9)
    ]


SCHEMAS = st.recursive(
    st.sampled_from([{}, TEXT, NUMBER, True, False, {"properties": {"a": TEXT}, "required": ["a"]}]),
    lambda inner: st.dictionaries(
        st.sampled_from(["anyOf", "oneOf", "allOf"]), st.lists(inner, min_size=1, max_size=2), min_size=1
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_alternative_has_no_alternatives(schema: Any) -> None:
    found = alternatives(schema)
    assert found
    assert not any({"anyOf", "oneOf", "allOf"} & branch.keys() for branch in found)
    assert alternatives_size(schema, 10_000) == sum(1 + len(branch) for branch in found)


def test_size_of_alternatives_is_counted_up_to_limit() -> None:
    schema: JsonObject = TEXT
    for _ in range(40):
        schema = {"anyOf": [schema, schema]}
    with calls_at_most(20_000):
        assert 100 < alternatives_size(schema, 100) <= 102


@pytest.mark.parametrize(
    ("schema", "types"),
    [
        (TEXT, ("string",)),
        ({"type": ["integer", "null"]}, ("integer", "null")),
        ({"type": "array", "enum": [1]}, ("array",)),
        ({"const": 1.5, "enum": ["a"]}, ("number",)),
        ({"const": None}, ("null",)),
        ({"enum": ["a", 1, "b", None]}, ("string", "integer", "null")),
        ({"properties": {}, "items": {}}, ("object",)),
        ({"items": {}}, ("array",)),
        ({"minLength": 1}, ALL_TYPES),
    ],
)
def test_types_are_named_or_inferred(schema: JsonObject, types: tuple[str, ...]) -> None:
    assert types_of(schema) == types


def test_members_of_branches_are_listed_once() -> None:
    shared = {"a": TEXT}
    schema = {"anyOf": [{"properties": shared}, {"properties": {**shared, "b": NUMBER}}, TEXT]}
    assert members(schema) == [("a", TEXT), ("b", NUMBER)]
    differing = {"anyOf": [{"properties": {"a": TEXT}}, {"properties": {"a": NUMBER}}]}
    assert members(differing) == [("a", TEXT), ("a", NUMBER)]


def test_element_schemas_of_branches_are_listed_once() -> None:
    schema = {"anyOf": [{"items": TEXT}, {"items": TEXT, "minItems": 2}, {"items": NUMBER}, {"type": "null"}]}
    assert elements(schema) == [TEXT, NUMBER]


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        ({"type": ["string", "null"]}, True),
        ({"type": "string"}, False),
        ({}, True),
        (False, True),  # "not" is ignored
        ({"anyOf": [TEXT, {"type": "null"}]}, True),
        ({"anyOf": [TEXT, NUMBER]}, False),
        ({"type": ["string", "null"], "enum": ["a"]}, False),
        ({"enum": ["a", None]}, True),
        ({"const": None}, True),
        ({"type": ["string", "null"], "const": "a"}, False),
    ],
)
def test_null_is_allowed(schema: Any, nullable: bool) -> None:
    assert is_nullable(schema) is nullable
