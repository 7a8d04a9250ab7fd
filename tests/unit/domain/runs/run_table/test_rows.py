"""Rows of results."""

import json
import math
from typing import Any

import pytest

from shared.domain.runs.run_table.layout import Column, ResultLayout
from shared.domain.runs.run_table.names import Names
from shared.domain.runs.run_table.rows import ResultRows
from shared.domain.schema.shape import JsonObject

HAT = {"type": "object", "properties": {"colour": {"type": "string"}}}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "hats": {"type": "array", "items": HAT}},
}
PROPERTIES: JsonObject = {
    "title": {"type": "string"},
    "count": {"type": "integer"},
    "light": {"type": "number"},
    "indoor": {"type": "boolean"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "people": {"type": "array", "items": PERSON},
}


def rows(metadata: JsonObject) -> ResultRows:
    schema = {"type": "object", "properties": PROPERTIES}
    found = ResultRows(ResultLayout("segments", (Column("segment_id", "TEXT"),), schema, taken=Names()))
    found.add(("seg_1",), metadata)
    return found


def test_values_are_in_the_columns_of_their_types() -> None:
    found = rows({"title": "Bridge", "count": 3, "light": 1, "indoor": True, "tags": ["a", "ü"]})
    assert found.by_table["segments"] == [("seg_1", "Bridge", 3, 1.0, 1, '["a", "ü"]')]
    assert found.others == []


def test_missing_values_and_null_are_null() -> None:
    assert rows({"title": None}).by_table["segments"] == [("seg_1", *[None] * 5)]


def test_objects_of_arrays_are_rows_with_their_positions() -> None:
    found = rows(
        {"people": [{"name": "Ann", "hats": [{"colour": "red"}, {"colour": "blue"}]}, {"name": "Bob"}]}
    )
    assert found.by_table["segments.people"] == [("seg_1", 0, "Ann"), ("seg_1", 1, "Bob")]
    assert found.by_table["segments.people.hats"] == [("seg_1", 0, 0, "red"), ("seg_1", 0, 1, "blue")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", 5),
        ("title", {"de": "Brücke"}),
        ("count", "three"),
        ("count", True),
        ("count", 2.5),
        ("count", 2**63),
        ("light", "bright"),
        ("light", False),
        ("light", 10**400),
        ("light", 2**53 + 1),
        ("indoor", 1),
        ("tags", "a"),
        ("people", "Ann"),
        ("unknown", [1, {"a": None}]),
    ],
)
def test_value_of_another_type_is_kept_beside_the_columns(name: str, value: Any) -> None:
    found = rows({name: value})
    assert found.by_table["segments"] == [("seg_1", *[None] * 5)]
    [(identifier, path, text)] = found.others
    assert (identifier, path, json.loads(text)) == ("seg_1", name, value)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_number_that_is_not_finite_is_no_value_of_a_column(value: float) -> None:
    assert rows({"light": value, "count": value}).by_table["segments"] == [("seg_1", *[None] * 5)]


def test_whole_number_written_as_float_is_an_integer() -> None:
    [row] = rows({"count": 5.0}).by_table["segments"]
    assert (row[2], type(row[2])) == (5, int)


def test_scalar_among_objects_keeps_its_path() -> None:
    found = rows({"people": [{"name": "Ann", "hats": ["cap", None]}, "Bob"]})
    assert found.by_table["segments.people"] == [("seg_1", 0, "Ann")]
    assert found.others == [("seg_1", "people[0].hats[0]", '"cap"'), ("seg_1", "people[1]", '"Bob"')]
