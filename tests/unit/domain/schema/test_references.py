"""Resolution of local references, and the limits of a schema document."""

from copy import deepcopy
from typing import Any

import pytest

from shared.domain.errors import InvalidSchema
from shared.domain.schema.references import MAX_NESTING, MAX_NODES, check_nesting, inlined

JsonObject = dict[str, Any]


def test_references_are_replaced_by_their_targets() -> None:
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "properties": {
            "host": {"$ref": "#/$defs/person"},
            "guests": {"type": "array", "items": [{"$ref": "#/$defs/person"}]},
        },
        "$defs": {"person": {"properties": {"name": {"$ref": "#/definitions/name"}}}},
        "definitions": {"name": {"type": "string"}},
    }
    before = deepcopy(schema)
    person = {"properties": {"name": {"type": "string"}}}
    assert inlined(schema, "json_schema") == {
        "properties": {"host": person, "guests": {"type": "array", "prefixItems": [person]}}
    }
    assert schema == before


def test_keywords_beside_reference_win() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/text", "description": "own", "maxLength": 5}},
        "$defs": {"text": {"type": "string", "description": "theirs"}},
    }
    assert inlined(schema, "s")["properties"]["a"] == {
        "type": "string",
        "description": "own",
        "maxLength": 5,
    }


def test_pointer_steps_are_unescaped() -> None:
    schema = {"$ref": "#/$defs/a~1b~0c", "$defs": {"a/b~c": {"title": "found"}}}
    assert inlined(schema, "s") == {"title": "found"}


@pytest.mark.parametrize("keyword", ["enum", "const", "default", "examples"])
def test_literal_values_are_not_resolved(keyword: str) -> None:
    literal = [{"$ref": "https://example.com/", "$id": "x"}]
    assert inlined({"properties": {"a": {keyword: literal}}}, "s")["properties"]["a"] == {keyword: literal}


def test_property_named_like_keyword_is_kept() -> None:
    schema = {"properties": {"$ref": {"type": "string"}, "$id": {"type": "null"}, "$defs": {}}}
    assert inlined(schema, "s") == schema


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("https://example.com/a.json", "is not allowed"),
        ("other.json#/$defs/a", "is not allowed"),
        ("#", "is not allowed"),
        ("#anchor", "is not allowed"),
        (7, "is not allowed"),
        ("#/$defs/none", "leads to no schema"),
        ("#/$defs/list", "leads to no schema"),
        ("#/$defs/list/0", "leads to no schema"),
        ("#/$defs/loop", "is recursive"),
        ("#/properties/a", "is recursive"),
    ],
)
def test_unusable_reference_is_refused_with_its_path(reference: Any, rule: str) -> None:
    definitions: JsonObject = {
        "list": [{}],
        "loop": {"items": {"$ref": "#/$defs/back"}},
        "back": {"$ref": "#/$defs/loop"},
    }
    schema = {"properties": {"a": {"items": {"$ref": reference}}}, "$defs": definitions}
    with pytest.raises(InvalidSchema) as refused:
        inlined(schema, "json_schema")
    assert refused.value.field.startswith("json_schema.properties.a.items")
    assert rule in refused.value.rule


@pytest.mark.parametrize(
    "keyword", ["$id", "$anchor", "$dynamicAnchor", "$dynamicRef", "$recursiveRef", "$recursiveAnchor"]
)
def test_keyword_that_names_schema_is_refused(keyword: str) -> None:
    with pytest.raises(InvalidSchema) as refused:
        inlined({"properties": {"a": {"allOf": [{keyword: "#a"}]}}}, "s")
    assert (refused.value.field, refused.value.rule) == (
        "s.properties.a.allOf[0]",
        f"{keyword} is not allowed",
    )


def test_number_of_resolved_parts_is_limited() -> None:
    def schema(uses: int) -> JsonObject:
        """Make a schema of 2 + 2 * ``uses`` parts: root, plain member, and each use with its target."""
        members: JsonObject = {str(number): {"$ref": "#/$defs/text"} for number in range(uses)}
        return {"properties": {**members, "plain": {}}, "$defs": {"text": {"type": "string"}}}

    most = (MAX_NODES - 2) // 2
    assert len(inlined(schema(most), "s")["properties"]) == most + 1
    with pytest.raises(InvalidSchema, match=f"s: has more than {MAX_NODES} parts"):
        inlined(schema(most + 1), "s")


def test_length_of_reference_chain_is_limited() -> None:
    def chain(references: int) -> JsonObject:
        definitions: JsonObject = {
            f"d{step}": {"$ref": f"#/$defs/d{step + 1}"} for step in range(1, references)
        }
        return {"$ref": "#/$defs/d1", "$defs": definitions | {f"d{references}": {"title": "end"}}}

    assert inlined(chain(MAX_NESTING), "s") == {"title": "end"}
    with pytest.raises(InvalidSchema):
        inlined(chain(MAX_NESTING + 1), "s")


@pytest.mark.parametrize(
    "wrap", [lambda inner: [inner], lambda inner: {"a": inner, "b": 1}], ids=["lists", "objects"]
)
def test_nesting_is_limited(wrap: Any) -> None:
    def nested(levels: int) -> Any:
        value = wrap("scalar")
        for _ in range(levels - 1):
            value = wrap(value)
        return value

    check_nesting(nested(MAX_NESTING), "s")
    for levels in (MAX_NESTING + 1, 10_000):
        with pytest.raises(InvalidSchema, match=f"more than {MAX_NESTING} levels deep"):
            check_nesting(nested(levels), "s")
