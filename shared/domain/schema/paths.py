"""Canonical paths of the leaves of a schema, such as ``scene.people[].name``.

A dot separates nested properties; ``[]`` follows an array. Filters, search fields and semantic indexing
name leaves by these paths.
"""

from typing import Any

from shared.domain.schema.shape import ALL_TYPES, JsonObject, alternatives, elements, members, types_of

_SCALARS = ("string", "integer", "number", "boolean")


def leaf_paths(schema: JsonObject) -> dict[str, str]:
    """Map the path of each leaf to its type (string, integer, number, boolean or array), in schema order.

    An array has an entry at its own path, for its length, and one at ``path[]`` for scalar elements or
    one for each leaf of its objects. A leaf with several types has the first that is not null; a leaf
    without a type is a string. References must be resolved first.
    """
    found: dict[str, str] = {}
    _add_members(schema, "", found)
    return found


def _add_members(schema: Any, path: str, found: dict[str, str]) -> None:
    for name, member in members(schema):
        _add_leaves(member, f"{path}.{name}" if path else name, found)


def _add_leaves(schema: Any, path: str, found: dict[str, str]) -> None:
    _add_members(schema, path, found)
    items = elements(schema)
    types = list(dict.fromkeys(name for branch in alternatives(schema) for name in types_of(branch)))
    if items or types[:1] == ["array"]:
        found.setdefault(path, "array")
        for item in items or [{}]:
            _add_leaves(item, f"{path}[]", found)
        types = [name for name in types if name != "array"] if types != [*ALL_TYPES] else []
    scalar = next((name for name in types if name in _SCALARS), None)
    if scalar is not None and "object" not in types:
        found.setdefault(path, scalar)
    elif types == [*ALL_TYPES]:
        found.setdefault(path, "string")


def leaf_count(schema: JsonObject) -> int:
    """Count the leaves that hold a value. The array entries of ``leaf_paths`` do not count."""
    return sum(kind != "array" for kind in leaf_paths(schema).values())


def schema_properties_count(schema: JsonObject) -> int:
    """Count the properties of the root. References must be resolved first."""
    return len({name for name, _ in members(schema)})


def schema_depth(schema: Any) -> int:
    """Count the levels of objects and arrays. A flat object has depth 1."""
    children = [member for _, member in members(schema)] + elements(schema)
    if children:
        return 1 + max(schema_depth(child) for child in children)
    return int(any(branch.get("type") in ("object", "array") for branch in alternatives(schema)))
