"""A schema without what few servers can hold a model to.

Answers are checked against the whole schema in any case; this only says how much of it guides the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_SUPPORTED_KEYWORDS: Final = frozenset(
    {
        *("type", "enum", "const", "title", "description"),
        *("required", "additionalProperties"),
        *("items", "minItems", "maxItems"),
        *("minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    }
)


def plain_schema(schema: Any) -> Any:
    """``schema``, which has no references, with alternatives and bounds but without patterns, formats,
    conditions, and whatever compares members with one another. Everything valid stays valid."""
    if not isinstance(schema, Mapping):
        return schema
    plain = {keyword: value for keyword, value in schema.items() if keyword in _SUPPORTED_KEYWORDS}
    if "properties" in schema:
        plain["properties"] = {name: plain_schema(part) for name, part in schema["properties"].items()}
    for keyword in ("items", "additionalProperties"):
        if keyword in plain:
            plain[keyword] = plain_schema(plain[keyword])
    if "patternProperties" in schema or "prefixItems" in schema:
        plain.pop("additionalProperties", None)  # which speak of the members that the others do not
        plain.pop("items", None)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        plain["anyOf"] = [plain_schema(part) for part in alternatives]
    return plain
