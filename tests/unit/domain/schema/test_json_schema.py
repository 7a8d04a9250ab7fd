"""Tests of the rules for schemas of prompts, and of the validation of data."""

from functools import partial
from typing import Any

import pytest

from shared.domain.errors import InvalidSchema
from shared.domain.schema.json_schema import check_schema, is_valid, resolved, validate
from shared.domain.schema.paths import leaf_paths, schema_depth, schema_properties_count
from tests.measures import calls_at_most, processor_time, ratio_to_floor

JsonObject = dict[str, Any]


def root(**properties: Any) -> JsonObject:
    return {"type": "object", "properties": properties}


def nested(levels: int) -> JsonObject:
    schema: JsonObject = {"type": "string"}
    for _ in range(levels):
        schema = {"type": "object", "properties": {"a": schema}}
    return schema


SCENE = root(
    scene=root(
        location={"type": ["string", "null"]},
        people={"type": "array", "items": {"$ref": "#/$defs/person"}},
    ),
    tags={"type": "array", "items": {"type": "string"}},
    score={"anyOf": [{"type": "number"}, {"type": "null"}]},
    mood={"enum": ["calm", "tense", None]},
) | {"$defs": {"person": root(name={"type": "string"}, age={"type": "integer"}) | {"required": ["name"]}}}


@pytest.mark.parametrize(
    ("schema", "field", "rule"),
    [
        ([], "json_schema", "must be a JSON object"),
        ({"type": "array"}, "json_schema.type", "must be 'object'"),
        ({"properties": {}}, "json_schema.type", "must be 'object'"),
        (root(a={"type": "strng"}), "json_schema.properties.a.type", "strng"),
        (root(a={"type": "string", "pattern": "("}), "json_schema.properties.a.pattern", "regex"),
        (root(a={"$ref": "https://example.com/a.json"}), "json_schema.properties.a", "not allowed"),
        (root(a={"$ref": "file:///etc/passwd"}), "json_schema.properties.a", "not allowed"),
        (root(a={"$ref": "#/$defs/none"}), "json_schema.properties.a", "leads to no schema"),
        (root(a={"$id": "https://example.com/a"}), "json_schema.properties.a", "$id"),
        (root(**{"a.b": {"type": "string"}}), "json_schema.properties.a.b", "must not contain"),
        (root(**{"a[]": {"type": "string"}}), "json_schema.properties.a[]", "must not contain"),
        (root(**{" ": {"type": "string"}}), "json_schema.properties. ", "1 to 100"),
        (root(transcription={"type": "string"}), "json_schema.properties.transcription", "reserved"),
        (root(metadata_text={"type": "string"}), "json_schema.properties.metadata_text", "reserved"),
        (root(**{f"f{i}": {"type": "string"} for i in range(201)}), "json_schema", "200 leaves"),
        (nested(9), "json_schema", "8 levels"),
        (nested(500), "json_schema", "nested"),
        (root(a={"description": "x" * 70_000}), "json_schema", "64 KiB"),
        (root(a={"type": "string", "pattern": "a" * 501}), "json_schema.properties.a", "500"),
        (root(a={"pattern": "((a{100}){100}){100}"}), "json_schema", ""),
        (root(a={"default": float("nan")}), "json_schema", "plain JSON"),
        (root(a={"default": "\ud800"}), "json_schema", "plain JSON"),
        ({"type": "object", "$schema": "https://example.com/my"}, "json_schema.$schema", "2020-12"),
    ],
)
def test_invalid_schema_is_refused_with_field_and_rule(schema: Any, field: str, rule: str) -> None:
    with pytest.raises(InvalidSchema) as refused:
        check_schema(schema)
    assert refused.value.field.startswith(field)
    assert rule in refused.value.rule


def test_recursive_and_exponential_references_are_refused() -> None:
    loop = root(a={"$ref": "#/$defs/a"}) | {"$defs": {"a": root(b={"$ref": "#/$defs/a"})}}
    with pytest.raises(InvalidSchema, match="recursive"):
        check_schema(loop)
    definitions = {f"d{i}": root(**{n: {"$ref": f"#/$defs/d{i + 1}"} for n in "abcdefgh"}) for i in range(6)}
    definitions["d6"] = {"type": "string"}
    with pytest.raises(InvalidSchema, match="parts once"), calls_at_most(300_000):
        check_schema(root(a={"$ref": "#/$defs/d0"}) | {"$defs": definitions})


def test_unions_at_different_levels_do_not_multiply() -> None:
    schema: JsonObject = {"type": "string"}
    for _ in range(7):
        schema = {"type": "object", "properties": {"a": schema}, "anyOf": [{"minProperties": 0}] * 10}
    with calls_at_most(50_000):
        check_schema(schema)
        assert leaf_paths(schema) == {"a.a.a.a.a.a.a": "string"}


def test_multiplying_alternatives_are_refused_before_expansion() -> None:
    multiplying: JsonObject = {"type": "string"}
    for _ in range(30):
        multiplying = {"anyOf": [{}, {}], "oneOf": [multiplying]}
    many_keywords = {f"x-{i}": i for i in range(3000)}
    few: JsonObject = {"type": "string"}
    for _ in range(10):
        few = {"anyOf": [{}, {}], "oneOf": [few]}
    for schema in (multiplying, few | many_keywords):
        with pytest.raises(InvalidSchema, match="multiply"), calls_at_most(3_000_000):
            check_schema(root(a=schema))


def test_one_long_union_is_accepted() -> None:
    check_schema(root(a={"oneOf": [{"const": i, "title": f"Choice {i}"} for i in range(1000)]}))


@pytest.mark.parametrize(
    "unknown", [{"properties": 5}, {"properties": {"a": {"properties": [1]}}}, [{"patternProperties": [1]}]]
)
def test_unknown_keyword_may_have_any_value(unknown: Any) -> None:
    check_schema(root(a={"type": "string", "x-note": unknown}))


def test_schemas_of_clients_are_accepted() -> None:
    check_schema(SCENE)
    check_schema({"type": "object", "$schema": "http://json-schema.org/draft-07/schema#", "properties": {}})
    check_schema(root(inner=root(transcription={"type": "string"})))
    check_schema(
        root(properties={"type": "string"}, items={"type": "string"}, **{"$ref": {"type": "string"}})
    )
    check_schema(nested(8))


@pytest.mark.parametrize(
    "name", ["on_screen_text", "visual_tags", "text_on_screen", "objects", "tags", "summary", "start_time"]
)
def test_common_field_names_are_free(name: str) -> None:
    check_schema(root(**{name: {"type": "string"}}))


def test_references_are_inlined_and_siblings_override_them() -> None:
    schema = root(a={"$ref": "#/$defs/a~1b", "description": "mine"}) | {
        "$defs": {"a/b": {"type": "string", "description": "theirs", "default": {"$ref": "data"}}}
    }
    assert resolved(schema) == root(a={"type": "string", "description": "mine", "default": {"$ref": "data"}})


def test_errors_name_path_of_invalid_value() -> None:
    data = {"scene": {"people": [{"name": 1}, {"age": 2.5}]}, "score": "high", "mood": "odd"}
    assert dict(validate(SCENE, data)).keys() == {
        "scene.people[0].name",
        "scene.people[1].name",
        "scene.people[1].age",
        "score",
        "mood",
    }
    assert validate(SCENE, {"scene": {"location": None, "people": []}, "score": 3, "mood": None}) == []
    assert validate(SCENE, [])[0][0] == ""


def test_errors_of_large_data_are_summarised_quickly() -> None:
    """A full explanation would take minutes and gigabytes. Valid data of the same size is the floor."""
    patterns = {"type": "array", "items": {"anyOf": [{"pattern": f"^x{i}$"} for i in range(900)]}}
    schema = root(texts=patterns, titles=patterns, numbers={"type": "array", "items": {"type": "integer"}})
    data = {"texts": ["y" * 50] * 5000, "titles": ["x1"] * 10, "numbers": ["one"] * 100_000}
    fitting = {"texts": ["x899"] * 5000, "titles": ["x1"] * 10, "numbers": [1] * 100_000}
    assert validate(schema, fitting) == []
    assert validate(schema, data) == [
        ("texts", "does not fit its schema"),
        ("numbers", "does not fit its schema"),
    ]
    assert validate(schema, [1] * 100_000) == [("", "does not fit the schema")]
    assert not is_valid(schema, data)
    floor = processor_time(lambda: validate(schema, fitting))
    for wrong in (data, [1] * 100_000):
        explained = processor_time(partial(validate, schema, wrong))
        assert ratio_to_floor(explained, floor, most=10) <= 10


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 5}, [1, 5, 3.0], [0, 6, 2.5, "3", True]),
        ({"type": "number", "multipleOf": 0.1}, [0.3, 1], [0.35]),
        ({"type": "string", "format": "date"}, ["2026-02-28"], ["2026-02-30", "tomorrow"]),
        ({"type": "array", "uniqueItems": True}, [[1, 2]], [[1, 1]]),
        ({"const": "x"}, ["x"], ["y"]),
    ],
)
def test_values_are_validated_by_keywords(schema: JsonObject, good: list[Any], bad: list[Any]) -> None:
    assert all(not validate(root(v=schema), {"v": value}) for value in good)
    assert all(validate(root(v=schema), {"v": value}) for value in bad)


def test_pattern_prone_to_backtracking_is_fast() -> None:
    schema, hostile, benign = (
        root(a={"type": "string", "pattern": "^(a+)+$"}),
        "a" * 50_000 + "!",
        "a" * 50_001,
    )
    assert validate(schema, {"a": hostile})
    assert not validate(schema, {"a": benign})
    refused = processor_time(lambda: validate(schema, {"a": hostile}))
    matched = processor_time(lambda: validate(schema, {"a": benign}))
    assert ratio_to_floor(refused, matched, most=100) <= 100


def test_non_json_values_are_errors() -> None:
    assert validate(root(n={"type": "number"}), {"n": float("nan")})


def test_leaf_paths_map_to_types() -> None:
    schema = resolved(SCENE)
    assert leaf_paths(schema) == {
        "scene.location": "string",
        "scene.people": "array",
        "scene.people[].name": "string",
        "scene.people[].age": "integer",
        "tags": "array",
        "tags[]": "string",
        "score": "number",
        "mood": "string",
    }
    assert schema_properties_count(schema) == 4
    assert schema_depth(schema) == 4
    assert leaf_paths(root(free=True, either={"oneOf": [root(a={"type": "boolean"}), {"type": "null"}]})) == {
        "free": "string",
        "either.a": "boolean",
    }
