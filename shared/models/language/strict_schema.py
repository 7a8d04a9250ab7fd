"""Check for the ``strict`` mode of JSON schema outputs: all members required, no others allowed."""

from collections.abc import Mapping
from typing import Any, Final

_NOT_STRICT: Final = ("allOf", "oneOf", "not", "if", "patternProperties", "dependentRequired", "prefixItems")


def is_strict(schema: Any) -> bool:
    if not isinstance(schema, Mapping) or any(keyword in schema for keyword in _NOT_STRICT):
        return False
    branches = schema.get("anyOf", [])
    members = schema.get("properties", {})
    closed = set(schema.get("required", ())) == set(members) and schema.get("additionalProperties") is False
    if not closed and ("properties" in schema or schema.get("type") == "object"):
        return False
    inside = [*members.values(), *branches, *([schema["items"]] if "items" in schema else [])]
    return all(is_strict(part) for part in inside)
