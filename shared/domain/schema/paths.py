"""Canonical paths of a schema's leaves: ``scene.people[].name``.

Dots for nesting, ``[]`` after what repeats. Filters, search fields and semantic indexing all name
leaves this way.
"""

from typing import Any

from shared.domain.schema.shape import ANYTHING, JsonObject, alternatives, elements, members, types_of

_SCALARS = ("string", "integer", "number", "boolean")


def leaf_paths(schema: JsonObject) -> dict[str, str]:
    """Path to type: string, integer, number, boolean or array, in the schema's order.

    An array has an entry of its own (for its length) and one at ``path[]`` for scalar elements,
    or one for each leaf of its objects. A leaf of several types gets the first that is not null; a
    leaf that names no type is a string. Expects a schema without references.
    """
    found: dict[str, str] = {}
    _members(schema, "", found)
    return found


def _members(schema: Any, path: str, found: dict[str, str]) -> None:
    for name, member in members(schema):
        _leaves(member, f"{path}.{name}" if path else name, found)


def _leaves(schema: Any, path: str, found: dict[str, str]) -> None:
    _members(schema, path, found)
    items = elements(schema)
    types = list(dict.fromkeys(name for branch in alternatives(schema) for name in types_of(branch)))
    if items or types[:1] == ["array"]:
        found.setdefault(path, "array")
        for item in items or [{}]:
            _leaves(item, f"{path}[]", found)
        types = [name for name in types if name != "array"] if types != [*ANYTHING] else []
    scalar = next((name for name in types if name in _SCALARS), None)
    if scalar is not None and "object" not in types:
        found.setdefault(path, scalar)
    elif types == [*ANYTHING]:
        found.setdefault(path, "string")


def leaf_count(schema: JsonObject) -> int:
    """Leaves that hold a value; the array entries of ``leaf_paths`` hold none of their own."""
    return sum(kind != "array" for kind in leaf_paths(schema).values())


def schema_properties_count(schema: JsonObject) -> int:
    """Properties at the root."""
    return len(schema.get("properties", {}))


def schema_depth(schema: Any) -> int:
    """Levels of objects and arrays: a flat object has depth 1."""
    children = [member for _, member in members(schema)] + elements(schema)
    if children:
        return 1 + max(schema_depth(child) for child in children)
    return int(any(branch.get("type") in ("object", "array") for branch in alternatives(schema)))
