"""Words of OpenAPI 3.0 and of older drafts of JSON Schema, translated to Draft 2020-12.

Tools emit these words: zod-to-json-schema, OpenAPI generators, validators of drafts 3 to 7.

- ``nullable: true`` (OpenAPI 3.0, "Schema Object"): null is allowed too, also beside an ``enum``.
- ``exclusiveMinimum: true`` beside ``minimum`` (draft 4 and OpenAPI 3.0), and the same for the maximum.
- ``required: true`` inside a property (draft 3): the name is required in the object.
- ``items`` as a list, with ``additionalItems`` (up to draft 2019-09): ``prefixItems`` and ``items``.
- ``dependencies`` (up to draft 7): ``dependentRequired`` and ``dependentSchemas``.
"""

from collections.abc import Mapping
from typing import Any, Final

from shared.domain.errors import InvalidSchema

JsonObject = dict[str, Any]

_BOUNDS: Final = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
_ANNOTATIONS: Final = (
    *("title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly"),
    *("$comment", "discriminator", "externalDocs", "xml"),
)
_OTHER_RULES: Final = frozenset({"allOf", "anyOf", "oneOf", "not", "if", "const"})
"""Words that exclude null even if ``type`` and ``enum`` allow it."""
_REFUSED: Final = {
    "extends": "is not supported: use allOf",
    "disallow": "is not supported: use not",
    "divisibleBy": "is not supported: use multipleOf",
    "nullable": "must be true or false",
    "any_of": "is not supported: use anyOf",
    "one_of": "is not supported: use oneOf",
    "all_of": "is not supported: use allOf",
    "prefix_items": "is not supported: use prefixItems",
    "min_items": "is not supported: use minItems",
    "max_items": "is not supported: use maxItems",
    "min_length": "is not supported: use minLength",
    "max_length": "is not supported: use maxLength",
    "min_properties": "is not supported: use minProperties",
    "max_properties": "is not supported: use maxProperties",
    "additional_properties": "is not supported: use additionalProperties",
}
"""Words that a translated schema must not have, and what to do: words of draft 3, and those of the schema
class of Google's Gen AI SDK for Python, which writes keywords in snake case."""


def with_required_names(schema: JsonObject, path: str) -> JsonObject:
    """Return ``schema`` with the ``required: true`` of its properties as a list of their names.

    Call it before the properties are translated.

    Raises:
        InvalidSchema: ``required`` is a boolean, and the schema is not that of a property.
    """
    required, members = schema.get("required", []), schema.get("properties")
    if not isinstance(required, list):
        raise InvalidSchema(f"{path}.required", "must be a list of the names of required properties")
    if not isinstance(members, dict):
        return schema
    flags = {
        name: member["required"]
        for name, member in members.items()
        if isinstance(member, dict) and isinstance(member.get("required"), bool)
    }
    if not flags:
        return schema
    plain = {
        name: {key: value for key, value in member.items() if key != "required"} if name in flags else member
        for name, member in members.items()
    }
    flagged = [name for name, is_required in flags.items() if is_required and name not in required]
    return {**schema, "properties": plain, "required": [*required, *flagged]}


def translated(schema: JsonObject, path: str) -> JsonObject:
    """Return a schema, whose subschemas are translated already, in words of Draft 2020-12.

    Words that cannot be translated stay, because a stored prompt may have them; ``check_words`` names them.

    Raises:
        InvalidSchema: names a word with a value that Draft 2020-12 does not allow.
    """
    result = dict(schema)
    for exclusive, bound in _BOUNDS:
        _translate_bound(result, exclusive, bound, path)
    _translate_items(result, path)
    _translate_dependencies(result)
    return _with_null(result) if isinstance(result.get("nullable"), bool) else result


def check_words(schema: JsonObject, path: str) -> None:
    """Check that a translated schema has no word of another dialect that would be ignored.

    Raises: InvalidSchema.
    """
    for word, rule in _REFUSED.items():
        if word in schema:
            raise InvalidSchema(f"{path}.{word}", rule)


def _translate_bound(schema: JsonObject, exclusive: str, bound: str, path: str) -> None:
    if not isinstance(schema.get(exclusive), bool):
        return
    if schema.pop(exclusive):
        if bound not in schema:
            raise InvalidSchema(f"{path}.{exclusive}", f"true needs {bound} beside it")
        schema[exclusive] = schema.pop(bound)


def _translate_items(schema: JsonObject, path: str) -> None:
    additional = schema.pop("additionalItems", None)
    if not isinstance(schema.get("items"), list):
        return
    if "prefixItems" in schema:
        raise InvalidSchema(f"{path}.items", "must not be a list beside prefixItems")
    if items := schema.pop("items"):
        schema["prefixItems"] = items
    if additional is not None:
        schema["items"] = additional


def _translate_dependencies(schema: JsonObject) -> None:
    dependencies = schema.get("dependencies")
    if not isinstance(dependencies, dict):
        return
    schemas = {name: needed for name, needed in dependencies.items() if isinstance(needed, dict | bool)}
    names = {
        name: [needed] if isinstance(needed, str) else needed
        for name, needed in dependencies.items()
        if isinstance(needed, str) or (isinstance(needed, list) and all(isinstance(n, str) for n in needed))
    }
    if len(schemas) + len(names) < len(dependencies):
        return
    del schema["dependencies"]
    for word, found in (("dependentSchemas", schemas), ("dependentRequired", names)):
        known = schema.get(word, {})
        if found and isinstance(known, dict):
            schema[word] = {**known, **found}


def _with_null(schema: JsonObject) -> JsonObject:
    """Allow null if ``nullable`` is true, and remove the word."""
    nullable = schema.pop("nullable")
    rules = {name: value for name, value in schema.items() if not _is_annotation(name)}
    if not nullable or not rules:
        return schema
    if rules.keys() & _OTHER_RULES or not rules.keys() & {"type", "enum"}:
        annotations = {name: value for name, value in schema.items() if _is_annotation(name)}
        return {**annotations, "anyOf": [rules, {"type": "null"}]}
    return {**schema, **_nullable_values(rules)}


def _nullable_values(rules: Mapping[str, Any]) -> JsonObject:
    changed: JsonObject = {}
    if "type" in rules:
        types = rules["type"] if isinstance(rules["type"], list) else [rules["type"]]
        changed["type"] = types if "null" in types else [*types, "null"]
    if isinstance(rules.get("enum"), list) and None not in rules["enum"]:
        changed["enum"] = [*rules["enum"], None]
    return changed


def _is_annotation(word: str) -> bool:
    return word in _ANNOTATIONS or word.startswith("x-")
