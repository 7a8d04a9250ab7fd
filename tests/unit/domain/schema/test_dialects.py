"""Words of OpenAPI 3.0 and of older drafts have their meaning, or are refused by name."""

from typing import Any

import pytest

from shared.domain.errors import InvalidSchema
from shared.domain.schema.dialects import check_words, translated, with_required_names
from shared.domain.schema.json_schema import check_schema, is_valid, resolved, validate
from shared.domain.schema.paths import leaf_paths, schema_properties_count
from shared.domain.schema.shape import is_nullable

JsonObject = dict[str, Any]
TEXT = {"type": "string"}


def root(**properties: Any) -> JsonObject:
    return {"type": "object", "properties": properties}


def accepted(schema: JsonObject) -> Any:
    """Check a schema as that of property ``a``, and return it in words of Draft 2020-12."""
    check_schema(root(a=schema))
    return resolved(root(a=schema))["properties"]["a"]


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        (TEXT, "x", 5),
        ({"type": ["integer", "string"]}, 5, 5.5),
        ({"type": "string", "enum": ["a", "b"]}, "b", "c"),
        ({"type": "string", "const": "a"}, "a", "b"),
        ({"allOf": [{"$ref": "#/$defs/person"}]}, {"name": "Ann"}, {"name": 5}),
        ({"$ref": "#/$defs/person"}, {"name": "Ann"}, {"name": 5}),
        ({"oneOf": [{"type": ["string", "null"]}, {"type": "integer"}]}, 5, 5.5),
        ({"properties": {"name": TEXT}}, {"name": "Ann"}, {"name": 5}),
    ],
)
def test_nullable_allows_null_and_nothing_else(schema: JsonObject, good: Any, bad: Any) -> None:
    whole = root(a={**schema, "nullable": True, "description": "d"}) | {"$defs": {"person": root(name=TEXT)}}
    check_schema(whole)
    assert validate(whole, {"a": None}) == []
    assert is_valid(whole, {"a": good})
    assert not is_valid(whole, {"a": bad})
    plain = resolved(whole)["properties"]["a"]
    assert is_nullable(plain)
    assert (plain["description"], "nullable" in plain) == ("d", False)


def test_nullable_false_changes_nothing() -> None:
    assert accepted({**TEXT, "nullable": False}) == TEXT
    assert not is_valid(root(a={**TEXT, "nullable": False}), {"a": None})
    assert accepted({"nullable": True, "title": "anything"}) == {"title": "anything"}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "number", "minimum": 1, "exclusiveMinimum": True}, 1.5, 1),
        ({"type": "number", "maximum": 1, "exclusiveMaximum": True}, 0.5, 1),
        ({"type": "number", "minimum": 1, "exclusiveMinimum": False}, 1, 0.5),
        ({"type": "array", "items": [TEXT, {"type": "integer"}]}, ["a", 1, {}], [1]),
        ({"type": "array", "items": [TEXT], "additionalItems": False}, ["a"], ["a", "b"]),
        ({"type": "array", "items": [TEXT], "additionalItems": {"type": "integer"}}, ["a", 1], ["a", "b"]),
        ({"type": "array", "items": [], "additionalItems": True}, [5], 5),
        ({"dependencies": {"b": ["c"]}}, {"b": 1, "c": 1}, {"b": 1}),
        ({"dependencies": {"b": "c"}}, {"c": 1}, {"b": 1}),
        ({"dependencies": {"b": {"required": ["c"]}}}, {"b": 1, "c": 1}, {"b": 1}),
        ({"type": "object", "properties": {"b": {**TEXT, "required": True}}}, {"b": "x"}, {}),
        ({"type": "object", "properties": {"b": {**TEXT, "required": False}}}, {}, {"b": 5}),
    ],
)
def test_words_of_older_drafts_keep_their_meaning(schema: JsonObject, good: Any, bad: Any) -> None:
    accepted(schema)
    assert validate(root(a=schema), {"a": good}) == []
    assert not is_valid(root(a=schema), {"a": bad})


def test_required_flags_of_nested_properties_join_listed_names() -> None:
    inner = root(b={**TEXT, "required": True}, c=TEXT) | {"required": True}
    whole = root(a=inner, d={"$ref": "#/$defs/d", "required": True}, e=TEXT)
    whole |= {"required": ["e"], "$defs": {"d": TEXT}}
    check_schema(whole)
    plain = resolved(whole)
    assert plain["required"] == ["e", "a", "d"]
    assert plain["properties"]["a"]["required"] == ["b"]


@pytest.mark.parametrize(
    ("schema", "field", "rule"),
    [
        ({"nullable": "yes"}, "nullable", "true or false"),
        ({"exclusiveMinimum": True}, "exclusiveMinimum", "needs minimum"),
        ({"exclusiveMaximum": True, "minimum": 1}, "exclusiveMaximum", "needs maximum"),
        ({"items": {"required": True}}, "items.required", "list of the names"),
        ({"required": "b"}, "required", "list of the names"),
        ({"properties": {"b": {"required": True}}, "required": 5}, "required", "list of the names"),
        ({"items": [TEXT], "prefixItems": [TEXT]}, "items", "prefixItems"),
        ({"dependencies": {"b": 5}}, "dependencies.b", "not valid"),
        ({"extends": {}}, "extends", "use allOf"),
        ({"disallow": "string"}, "disallow", "use not"),
        ({"divisibleBy": 2}, "divisibleBy", "use multipleOf"),
        ({"any_of": [TEXT]}, "any_of", "use anyOf"),
        ({"type": "array", "min_items": 1}, "min_items", "use minItems"),
        ({"type": "STRING"}, "type", "use array, boolean"),
        ({"type": "any"}, "type", "use array, boolean"),
        ({"pattern": "(?!a)b"}, "pattern", "look-around"),
        ({"$id": "person"}, "", "$id is not allowed"),
        ({"$anchor": "person"}, "", "$anchor is not allowed"),
        ({"$ref": "#person"}, "", "not allowed"),
    ],
)
def test_word_without_meaning_is_refused_by_name(schema: JsonObject, field: str, rule: str) -> None:
    with pytest.raises(InvalidSchema) as refused:
        check_schema(root(a=schema))
    assert refused.value.field == ".".join(filter(None, ["json_schema.properties.a", field]))
    assert rule in refused.value.rule


def test_property_may_have_name_of_refused_word() -> None:
    check_schema(root(any_of=TEXT, min_items=TEXT, extends=TEXT, nullable=TEXT))


@pytest.mark.parametrize("envelope", [{"name": "s", "strict": True}, {"type": "json_schema"}])
def test_schema_in_an_envelope_is_refused_with_advice(envelope: JsonObject) -> None:
    key = "json_schema" if "type" in envelope else "schema"
    with pytest.raises(InvalidSchema) as refused:
        check_schema({**envelope, key: root(a=TEXT)})
    assert (refused.value.field, f"inside {key!r}" in refused.value.rule) == ("json_schema.type", True)


@pytest.mark.parametrize("words", [{"nullable": True}, {"required": True}])
def test_words_of_properties_are_refused_at_root(words: JsonObject) -> None:
    with pytest.raises(InvalidSchema) as refused:
        check_schema(root(a=TEXT) | words)
    assert refused.value.field == f"json_schema.{next(iter(words))}"


@pytest.mark.parametrize(
    "words",
    [
        {"example": {"$ref": "x", "$id": "y"}},
        {"examples": [{"$ref": "x"}]},
        {"x-order": 3, "x-ui": {"$ref": "#/nowhere", "properties": 5}},
        {"discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}}},
        {"title": "T", "deprecated": True, "readOnly": True, "writeOnly": True, "$comment": "c"},
        {"externalDocs": {"url": "https://example.com/"}, "xml": {"name": "n"}, "propertyOrdering": ["a"]},
        {"format": "int64"},
        {"format": "password"},
        {"contentEncoding": "base64", "contentMediaType": "image/png"},
        {"default": None},
    ],
)
def test_annotations_of_tools_are_kept(words: JsonObject) -> None:
    assert accepted(words) == words


@pytest.mark.parametrize(
    "draft",
    [
        "https://json-schema.org/draft/2020-12/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "http://json-schema.org/draft-07/schema#",
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/schema#",
        "https://spec.openapis.org/oas/3.1/dialect/base",
    ],
)
def test_identity_and_draft_of_document_are_accepted(draft: str) -> None:
    whole = root(a=TEXT) | {"$schema": draft, "$id": "https://example.com/person.schema.json", "id": "p"}
    check_schema(whole)
    assert resolved(whole) == root(a=TEXT) | {"id": "p"}


def test_root_may_be_reference() -> None:
    """zod-to-json-schema emits this form for a schema with a name."""
    person = root(name=TEXT, spouse={"$ref": "#/definitions/Pers%20on"})
    whole = {
        "$ref": "#/definitions/Person",
        "definitions": {"Person": person, "Pers on": root(age={"type": "integer"})},
        "$schema": "http://json-schema.org/draft-07/schema#",
    }
    check_schema(whole)
    assert leaf_paths(resolved(whole)) == {"name": "string", "spouse.age": "integer"}
    assert schema_properties_count(resolved(whole)) == 2


def test_optional_field_of_pydantic_is_nullable() -> None:
    optional = {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None, "title": "A"}
    union = {
        "discriminator": {"mapping": {"cat": "#/$defs/Cat"}, "propertyName": "kind"},
        "oneOf": [{"$ref": "#/$defs/Cat"}, {"$ref": "#/$defs/Dog"}],
    }
    kinds = {name: root(kind={"const": name.lower(), "title": "Kind"}) for name in ("Cat", "Dog")}
    whole = root(a=optional, pet=union) | {"$defs": kinds, "additionalProperties": False, "title": "Model"}
    check_schema(whole)
    assert validate(whole, {"a": None, "pet": {"kind": "cat"}}) == []
    assert not is_valid(whole, {"pet": {"kind": "bird"}})
    assert not is_valid(whole, {"extra": 1})


def test_words_of_stored_prompts_stay_until_they_are_checked() -> None:
    """A prompt of an earlier release may have them, and its runs must still be readable."""
    stored = {"nullable": "yes", "divisibleBy": 2, "dependencies": {"b": 5}}
    assert translated(stored, "s") == stored
    with pytest.raises(InvalidSchema, match="divisibleBy"):
        check_words(stored, "s")


def test_translation_changes_no_argument_and_nothing_twice() -> None:
    schema = {"type": "number", "minimum": 1, "exclusiveMinimum": True, "nullable": True, "enum": [2]}
    before = dict(schema)
    once = translated(schema, "s")
    assert once == {"type": ["number", "null"], "exclusiveMinimum": 1, "enum": [2, None]}
    assert (translated(once, "s"), schema) == (once, before)
    flagged = root(b={"required": True})
    assert with_required_names(flagged, "s") == root(b={}) | {"required": ["b"]}
    assert flagged == root(b={"required": True})
