"""Empty values: the value of a required field without evidence."""

import math
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.domain.schema.shape import alternatives, is_nullable, types_of
from shared.models.builtin.extraction.choices import neutral_member

JsonObject = dict[str, Any]

NO_VALUE: Final = object()
"""Sentinel for the absence of any value. It is not null."""

_MAX_PADDING: Final = 1000
_PLACEHOLDER: Final = "unknown"


def empty_value(schema: JsonObject) -> Any:
    """Return the emptiest value that the schema allows.

    The order is null, the schema's default, its const, a neutral enum member or else the first member, and
    then "", [], 0 or false. A text that may not be empty is ``unknown`` or dashes. A value is not invented:
    if no candidate is valid, as for a date or a code, the result is ``NO_VALUE``.
    """
    return next((value for value in _candidates(schema) if is_valid(schema, value)), NO_VALUE)


def _candidates(schema: JsonObject) -> Iterator[Any]:
    if is_nullable(schema):
        yield None
    for branch in alternatives(schema):
        if "default" in branch:
            yield branch["default"]
        if "const" in branch:
            yield branch["const"]
        elif "enum" in branch:
            yield from _enum_candidates(branch["enum"])
        else:
            for name in types_of(branch):
                yield from _type_candidates(name, branch)


def _enum_candidates(members: list[Any]) -> Iterator[Any]:
    neutral = neutral_member(members)
    if neutral is not None:
        yield neutral
    yield from members


def _type_candidates(name: str, schema: JsonObject) -> Iterator[Any]:
    match name:
        case "string":
            yield from ("", _PLACEHOLDER)
            yield "-" * min(int(schema.get("minLength", 1)), _MAX_PADDING)
        case "array":
            yield []
            yield from _padded(schema)
        case "object":
            yield from _objects(schema)
        case "integer" | "number":
            yield from _numbers(schema, whole=name == "integer")
        case "boolean":
            yield from (False, True)


def _padded(schema: JsonObject) -> Iterator[list[Any]]:
    prefix = [empty_value(item) for item in schema.get("prefixItems", []) if isinstance(item, dict)]
    length = max(int(schema.get("minItems", 0)), len(prefix))
    filler = empty_value(schema["items"]) if isinstance(schema.get("items"), dict) else None
    # The size of nested lists multiplies, so it is counted before the list is built.
    values = sum(map(_value_count, prefix)) + (length - len(prefix)) * _value_count(filler)
    if values <= _MAX_PADDING and NO_VALUE not in (*prefix, filler):
        yield [*prefix, *[filler] * (length - len(prefix))]


def _value_count(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_value_count, value.values()))
    return 1 + sum(map(_value_count, value)) if isinstance(value, list) else 1


def _objects(schema: JsonObject) -> Iterator[JsonObject]:
    properties = schema.get("properties", {})
    required = {name: empty_value(_schema(properties.get(name))) for name in schema.get("required", [])}
    if NO_VALUE in required.values():
        return
    yield required
    if schema.get("minProperties", 0) > len(required):
        rest = {
            name: empty_value(_schema(member)) for name, member in properties.items() if name not in required
        }
        yield required | {name: value for name, value in rest.items() if value is not NO_VALUE}


def _schema(schema: Any) -> JsonObject:
    return schema if isinstance(schema, dict) else {}


def _numbers(schema: JsonObject, *, whole: bool) -> Iterator[float]:
    """Yield 0, and then the values closest to it within the bounds."""
    yield 0
    step = Fraction(str(schema.get("multipleOf") or (1 if whole else 0)))
    for keyword, up in (("minimum", 1), ("exclusiveMinimum", 1), ("maximum", -1), ("exclusiveMaximum", -1)):
        if keyword not in schema:
            continue
        bound = Fraction(str(schema[keyword]))
        rounded = up * math.ceil(up * bound / step) * step if step else bound
        beyond = rounded + up * (step or abs(bound) / 100 or 1)
        for value in (rounded, beyond):
            if value.denominator == 1:
                yield int(value)
            elif abs(value) <= sys.float_info.max:
                yield float(value)
