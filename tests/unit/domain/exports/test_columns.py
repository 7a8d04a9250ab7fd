"""Columns of extracted JSON, and the values in them."""

from typing import Any

import pytest

from shared.domain.exports.columns import ColumnType, LeafColumn, LeafSplit, leaf_columns
from shared.domain.prompts.prompt import JsonObject


def schema(**properties: Any) -> JsonObject:
    return {"type": "object", "properties": properties}


def test_leaves_have_columns_in_the_order_of_the_schema() -> None:
    people = {"type": "array", "items": schema(name={"type": "string"})}
    place = schema(city={"type": "string"}, level={"type": "integer"})
    assert leaf_columns([schema(sure={"type": "boolean"}, people=people, place=place)]) == [
        LeafColumn("transcription", ColumnType.STRING),
        LeafColumn("sure", ColumnType.BOOLEAN),
        LeafColumn("people", ColumnType.JSON),
        LeafColumn("place.city", ColumnType.STRING),
        LeafColumn("place.level", ColumnType.INTEGER),
    ]


def test_references_are_resolved() -> None:
    referring = schema(a={"$ref": "#/$defs/whole"}) | {"$defs": {"whole": {"type": "integer"}}}
    assert leaf_columns([referring])[1:] == [LeafColumn("a", ColumnType.INTEGER)]


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        ("string", "string", "string"),
        ("integer", "number", "number"),
        ("number", "integer", "number"),
        ("string", "integer", "json"),
        ("boolean", "array", "json"),
    ],
)
def test_leaf_with_two_types_has_their_common_type(first: str, second: str, common: str) -> None:
    columns = leaf_columns([schema(a={"type": first}), schema(a={"type": second})])
    assert columns[1:] == [LeafColumn("a", ColumnType(common))]


@pytest.mark.parametrize(
    ("kind", "value", "held"),
    [
        ("string", "", ""),
        ("string", 5, None),
        ("integer", 2**63 - 1, 2**63 - 1),
        ("integer", 2**63, None),
        ("integer", -(2**63), -(2**63)),
        ("integer", -(2**63) - 1, None),
        ("integer", 5.0, 5),
        ("integer", 5.5, None),
        ("integer", True, None),
        ("integer", 0, 0),
        ("number", 1e308, 1e308),
        ("number", 2**53, 2**53),
        ("number", 2**53 + 1, None),
        ("number", -(2**53) - 1, None),
        ("number", False, None),
        ("boolean", False, False),
        ("boolean", 0, None),
        ("json", [], []),
        ("json", {"a": None}, {"a": None}),
    ],
)
def test_column_holds_what_it_can_hold_without_loss(kind: str, value: Any, held: Any) -> None:
    converted = ColumnType(kind).converted(value)
    assert (converted, type(converted)) == (held, type(held))


def test_values_without_a_column_are_in_the_rest() -> None:
    columns = [LeafColumn("a", ColumnType.INTEGER), LeafColumn("b.c", ColumnType.STRING)]
    data = {"a": "no number", "b": {"c": "yes", "d": [1], "e": None}, "f": False, "g": None}
    assert LeafSplit(columns).split(data) == ([None, "yes"], {"a": "no number", "b": {"d": [1]}, "f": False})


def test_object_where_another_schema_has_a_leaf_is_in_the_rest() -> None:
    split = LeafSplit([LeafColumn("a", ColumnType.STRING), LeafColumn("a.b", ColumnType.STRING)]).split
    assert split({"a": "text"}) == (["text", None], {})
    assert split({"a": {"b": "inner"}}) == ([None, None], {"a": {"b": "inner"}})


def test_leaf_where_another_schema_has_an_object_is_in_the_rest() -> None:
    split = LeafSplit([LeafColumn("a.b", ColumnType.STRING), LeafColumn("a", ColumnType.STRING)]).split
    assert split({"a": "text"}) == ([None, None], {"a": "text"})
    assert split({"a": {"b": "inner"}}) == (["inner", None], {})
