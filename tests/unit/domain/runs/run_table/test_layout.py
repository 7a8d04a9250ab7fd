"""Tables and columns of a schema."""

from typing import Any

from shared.domain.runs.run_table.layout import MAX_LEAF_COLUMNS, Column, ResultLayout
from shared.domain.runs.run_table.names import Names
from shared.domain.schema.shape import JsonObject

FIXED = (Column("segment_id", "TEXT"), Column("transcription", "TEXT"))


def layout(properties: JsonObject, **more: Any) -> ResultLayout:
    schema = {"type": "object", "properties": properties} | more
    return ResultLayout("segments", FIXED, schema, taken=Names(["media"]))


def columns(found: ResultLayout) -> dict[str, dict[str, str]]:
    return {table.name: {leaf.name: leaf.declared for leaf in table.leaves} for table in found.tables}


def test_leaves_of_objects_are_typed_columns_of_the_results() -> None:
    scene = {
        "type": "object",
        "properties": {
            "location": {"type": "string"},
            "people": {"type": "integer"},
            "light": {"type": "number"},
            "indoor": {"type": "boolean"},
        },
    }
    assert columns(layout({"scene": scene})) == {
        "segments": {
            "scene.location": "TEXT",
            "scene.people": "INTEGER",
            "scene.light": "REAL",
            "scene.indoor": "INTEGER",
        }
    }


def test_arrays_without_objects_are_one_column() -> None:
    grid = {"type": "array", "items": {"type": "array", "items": {"type": "number"}}}
    found = layout(
        {"tags": {"type": "array", "items": {"type": "string"}}, "grid": grid, "any": {"type": "array"}}
    )
    assert columns(found) == {"segments": {"tags": "TEXT", "grid": "TEXT", "any": "TEXT"}}
    assert [leaf.leaf_type for leaf in found.root.leaves] == ["array"] * 3


def test_nested_arrays_of_objects_have_keys_with_all_positions() -> None:
    hat = {"type": "object", "properties": {"colour": {"type": "string"}}}
    person = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "hats": {"type": "array", "items": hat}},
    }
    scene = {"type": "object", "properties": {"people": {"type": "array", "items": person}}}
    found = layout({"scene": scene})
    assert [(table.name, table.key, [leaf.path for leaf in table.leaves]) for table in found.tables] == [
        ("segments", ("segment_id",), []),
        ("segments.scene.people", ("segment_id", "position"), ["scene.people[].name"]),
        (
            "segments.scene.people.hats",
            ("segment_id", "position_1", "position"),
            ["scene.people[].hats[].colour"],
        ),
    ]


def test_leaves_named_like_fixed_columns_get_numbers() -> None:
    item = {"type": "object", "properties": {"Position": {"type": "string"}}}
    found = layout({"SEGMENT_ID": {"type": "string"}, "list": {"type": "array", "items": item}})
    assert columns(found) == {
        "segments": {"SEGMENT_ID_2": "TEXT"},
        "segments.list": {"Position_2": "TEXT"},
    }


def test_transcription_has_its_fixed_column_only() -> None:
    assert columns(layout({"transcription": {"type": "string"}})) == {"segments": {}}


def test_references_are_resolved() -> None:
    found = layout({"a": {"$ref": "#/$defs/number"}}, **{"$defs": {"number": {"type": "integer"}}})
    assert columns(found) == {"segments": {"a": "INTEGER"}}


def test_leaves_beyond_the_limit_have_no_column() -> None:
    found = layout({f"leaf{number}": {"type": "string"} for number in range(MAX_LEAF_COLUMNS + 1)})
    assert len(found.root.leaves) == MAX_LEAF_COLUMNS
    assert found.members[f"leaf{MAX_LEAF_COLUMNS}"].column is None
