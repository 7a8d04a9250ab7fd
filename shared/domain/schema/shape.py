"""What a schema says about the shape of its values: types, alternatives and members.

For schemas whose references are in place already (``shared.domain.schema.json_schema.resolved``).
"""

from collections.abc import Iterator
from typing import Any, Final

JsonObject = dict[str, Any]

ANYTHING: Final = ("string", "number", "integer", "boolean", "array", "object", "null")


def type_name(value: Any) -> str:
    """The JSON Schema type of a JSON value; whole floats are numbers here."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


def as_schema(schema: Any) -> JsonObject:
    """Boolean schemas as objects: ``true`` allows anything, ``false`` nothing."""
    if isinstance(schema, dict):
        return schema
    return {} if schema is True else {"not": {}}


def flattened(schema: Any) -> JsonObject:
    """``schema`` with its ``allOf`` merged in: members joined, requirements added up."""
    base = as_schema(schema)
    if "allOf" not in base:
        return base
    result: JsonObject = {}
    for part in (*base["allOf"], {k: v for k, v in base.items() if k != "allOf"}):
        result = _merged(result, flattened(part))
    return result


def _merged(first: JsonObject, second: JsonObject) -> JsonObject:
    result = {**first, **second}
    if "properties" in first and "properties" in second:
        result["properties"] = {**first["properties"], **second["properties"]}
    if "required" in first and "required" in second:
        result["required"] = list(dict.fromkeys([*first["required"], *second["required"]]))
    return result


def alternatives(schema: Any) -> list[JsonObject]:
    """The schema itself, or one schema for each branch of its ``anyOf`` or ``oneOf``.

    An ``anyOf`` and a ``oneOf`` side by side multiply; ``check_schema`` refuses where that goes far.
    """
    return list(_alternatives(schema))


def alternatives_size(schema: Any, most: int) -> int:
    """How many keywords all ``alternatives`` have together; counting ends beyond ``most``."""
    size = 0
    for branch in _alternatives(schema):
        size += 1 + len(branch)
        if size > most:
            break
    return size


def _alternatives(schema: Any) -> Iterator[JsonObject]:
    base = flattened(schema)
    for keyword in ("anyOf", "oneOf"):
        if keyword in base:
            rest = {name: value for name, value in base.items() if name != keyword}
            for branch in base[keyword]:
                yield from _alternatives(_merged(rest, flattened(branch)))
            return
    yield base


def types_of(schema: JsonObject) -> tuple[str, ...]:
    """The types a schema without alternatives allows, inferred where it names none."""
    named = schema.get("type")
    if named is not None:
        return (named,) if isinstance(named, str) else tuple(named)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        return tuple(dict.fromkeys(type_name(value) for value in values))
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema else ANYTHING


def members(schema: Any) -> list[tuple[str, Any]]:
    """Properties of all alternatives: each (name, schema) once, however many branches share it."""
    seen = {
        (name, id(member)): member
        for branch in alternatives(schema)
        for name, member in branch.get("properties", {}).items()
    }
    return [(name, member) for (name, _), member in seen.items()]


def elements(schema: Any) -> list[Any]:
    """The element schemas of all alternatives that are arrays, each once."""
    seen = {id(branch["items"]): branch["items"] for branch in alternatives(schema) if "items" in branch}
    return list(seen.values())


def is_nullable(schema: Any) -> bool:
    """Whether null is among the allowed types (a ``not`` or ``if`` is not looked into)."""
    return any(
        "null" in types_of(branch) and None in branch.get("enum", (None,)) and branch.get("const") is None
        for branch in alternatives(schema)
    )
