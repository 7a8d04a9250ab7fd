"""The types, alternatives and members that a schema allows.

The references of the schema must be resolved first (``shared.domain.schema.json_schema.resolved``).
"""

from collections.abc import Iterator
from typing import Any, Final

JsonObject = dict[str, Any]

ALL_TYPES: Final = ("string", "number", "integer", "boolean", "array", "object", "null")


def type_name(value: Any) -> str:
    """Return the JSON Schema type of a JSON value. A float is a number, even if it is whole."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names[type(value)]


def as_schema(schema: Any) -> JsonObject:
    """Return a boolean schema as an object: ``true`` allows every value, ``false`` none."""
    if isinstance(schema, dict):
        return schema
    return {} if schema is True else {"not": {}}


def flattened(schema: Any) -> JsonObject:
    """Merge the ``allOf`` of ``schema`` into it: the union of the properties and of the required names."""
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
    """Return the schema itself, or one schema for each branch of its ``anyOf`` or ``oneOf``.

    Branches of an ``anyOf`` and a ``oneOf`` of the same schema multiply. ``check_schema`` limits them.
    """
    return list(_alternatives(schema))


def alternatives_size(schema: Any, limit: int) -> int:
    """Count the ``alternatives`` of a schema and their keywords. Counting stops above ``limit``."""
    size = 0
    for branch in _alternatives(schema):
        size += 1 + len(branch)
        if size > limit:
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
    """Return the types that a schema without alternatives allows; infer them if it names none."""
    named = schema.get("type")
    if named is not None:
        return (named,) if isinstance(named, str) else tuple(named)
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    if values is not None:
        return tuple(dict.fromkeys(type_name(value) for value in values))
    if "properties" in schema:
        return ("object",)
    return ("array",) if "items" in schema else ALL_TYPES


def members(schema: Any) -> list[tuple[str, Any]]:
    """Return the properties of all alternatives. A property that several branches share appears once."""
    seen = {
        (name, id(member)): member
        for branch in alternatives(schema)
        for name, member in branch.get("properties", {}).items()
    }
    return [(name, member) for (name, _), member in seen.items()]


def elements(schema: Any) -> list[Any]:
    """Return the distinct ``items`` schemas of all alternatives."""
    seen = {id(branch["items"]): branch["items"] for branch in alternatives(schema) if "items" in branch}
    return list(seen.values())


def is_nullable(schema: Any) -> bool:
    """Return whether the types include null. ``not`` and ``if`` are ignored."""
    return any(
        "null" in types_of(branch) and None in branch.get("enum", (None,)) and branch.get("const") is None
        for branch in alternatives(schema)
    )
