"""Reduction of a JSON schema to keywords that most constrained-decoding backends support.

The reduced schema only guides the model. Every answer is validated against the whole schema.
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
    """Return ``schema``, which has no references, without rarely supported keywords.

    Alternatives and bounds are kept. Patterns, formats, conditions and comparisons between members are
    dropped. Everything valid for ``schema`` is valid for the result.
    """
    if not isinstance(schema, Mapping):
        return schema
    plain = {keyword: value for keyword, value in schema.items() if keyword in _SUPPORTED_KEYWORDS}
    if "properties" in schema:
        plain["properties"] = {name: plain_schema(part) for name, part in schema["properties"].items()}
    for keyword in ("items", "additionalProperties"):
        if keyword in plain:
            plain[keyword] = plain_schema(plain[keyword])
    if "patternProperties" in schema or "prefixItems" in schema:
        plain.pop("additionalProperties", None)  # these keywords depend on the dropped ones
        plain.pop("items", None)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        plain["anyOf"] = [plain_schema(part) for part in alternatives]
    return plain
