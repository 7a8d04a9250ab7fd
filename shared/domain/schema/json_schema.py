"""Which JSON schemas a prompt may have, and whether data fits one.

Draft 2020-12, checked by jsonschema-rs. Nothing is ever fetched: references may only lead into the
schema itself. Patterns run on an engine without backtracking, so no pattern can stall a worker.
``format`` is asserted, not only noted.
"""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from shared.domain.errors import InvalidSchema
from shared.domain.schema.paths import leaf_count, schema_depth
from shared.domain.schema.references import check_nesting, inlined
from shared.domain.schema.shape import alternatives_size

JsonObject = dict[str, Any]

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 200
MAX_ALTERNATIVES_SIZE: Final = 20_000
"""Keywords of all alternatives of all parts: thirty levels of two that multiply would take years to read."""

MAX_NAME: Final = 100
MAX_PATTERN: Final = 500
_PATTERN_PROGRAM_BYTES: Final = 256 * 1024

_MOST_EXPLAINED: Final = 30_000
"""Values of the data by those of the schema: about two seconds at worst."""

RESERVED_NAMES: Final = frozenset({"transcription", "metadata_text", "on_screen_text", "visual_tags"})
"""Fields that the product puts beside the schema's own; reserved at the root only."""

_SUBSCHEMA: Final = frozenset(
    {
        *("items", "contains", "additionalProperties", "propertyNames", "not", "if", "then", "else"),
        *("unevaluatedItems", "unevaluatedProperties", "contentSchema"),
    }
)
_SUBSCHEMA_LISTS: Final = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SUBSCHEMA_MAPS: Final = frozenset({"properties", "patternProperties", "dependentSchemas"})

_KNOWN_DRAFTS: Final = (
    "json-schema.org/draft/2020-12",
    "json-schema.org/draft/2019-09",
    "json-schema.org/draft-0",
)


def check_schema(schema: Any, field: str = "json_schema") -> None:
    """Whether a prompt may use ``schema``.

    Raises:
        InvalidSchema: names the offending part below ``field``, and the rule it breaks.
    """
    if not isinstance(schema, dict):
        raise InvalidSchema(field, "must be a JSON object")
    check_nesting(schema, field)
    if _size(schema, field) > MAX_BYTES:
        raise InvalidSchema(field, f"is larger than {MAX_BYTES // 1024} KiB")
    if schema.get("type") != "object":
        raise InvalidSchema(f"{field}.type", "must be 'object' at the root")
    draft = schema.get("$schema")
    if draft is not None and not any(known in str(draft) for known in _KNOWN_DRAFTS):
        raise InvalidSchema(f"{field}.$schema", "must be JSON Schema Draft 2020-12 (or be left out)")
    plain = inlined(schema, field)
    _compile(plain, field)
    for path, part in _parts(plain, field):
        _check_names(part, path, is_root=path == field)
        _check_patterns(part, path)
    _check_alternatives(plain, field)
    if schema_depth(plain) > MAX_DEPTH:
        raise InvalidSchema(field, f"is more than {MAX_DEPTH} levels deep")
    if leaf_count(plain) > MAX_LEAVES:
        raise InvalidSchema(field, f"has more than {MAX_LEAVES} leaves")


def resolved(schema: JsonObject) -> JsonObject:
    """``schema`` with its references in place. Do not change the answer: it is shared."""
    return _resolved(json.dumps(schema))


def validate(schema: JsonObject, data: Any) -> list[tuple[str, str]]:
    """(path, message) for each error of ``data``, in the order of the schema; empty when it fits.

    Of much data and a large schema only the members at the root that do not fit are named: to explain an
    error, every branch of an ``anyOf`` is tried and told, with a copy of the value for each.
    """
    validator = _validator(json.dumps(schema))
    if _fits(validator, data):
        return []
    plain = resolved(schema)
    if _size_of(data) * _size_of(plain) > _MOST_EXPLAINED:
        return _members_at_fault(plain, data)
    try:
        return [(_location(error), error.message) for error in validator.iter_errors(data)]
    except ValueError as refused:  # a value that JSON does not have, such as NaN
        return [("", str(refused))]


def is_valid(schema: JsonObject, data: Any) -> bool:
    return _fits(_validator(json.dumps(schema)), data)


def _fits(validator: jsonschema_rs.Validator, data: Any) -> bool:
    try:
        return validator.is_valid(data)
    except ValueError:  # as above
        return False


def _members_at_fault(plain: JsonObject, data: Any) -> list[tuple[str, str]]:
    members = plain.get("properties", {})
    present = [name for name in members if isinstance(data, dict) and name in data]
    at_fault = [
        (name, "does not fit its schema")
        for name in present
        if isinstance(members[name], dict) and not is_valid(members[name], data[name])
    ]
    return at_fault or [("", "does not fit the schema")]


def _size_of(value: Any) -> int:
    """Values in ``value``, itself included; never recurses."""
    waiting, size = [value], 0
    while waiting:
        size += 1
        found = waiting.pop()
        waiting.extend(
            found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        )
    return size


@lru_cache(maxsize=256)
def _resolved(text: str) -> JsonObject:
    return inlined(json.loads(text), "json_schema")


@lru_cache(maxsize=512)
def _validator(text: str) -> jsonschema_rs.Validator:
    return _compile(_resolved(text), "json_schema")


def _compile(schema: JsonObject, field: str) -> jsonschema_rs.Validator:
    try:
        return jsonschema_rs.Draft202012Validator(
            schema,
            offline=True,
            validate_formats=True,
            pattern_options=jsonschema_rs.RegexOptions(size_limit=_PATTERN_PROGRAM_BYTES),
        )
    except jsonschema_rs.ValidationError as error:
        raise InvalidSchema(_joined(field, error.instance_path), error.message) from error
    except ValueError as error:
        raise InvalidSchema(field, str(error)) from error


def _size(schema: JsonObject, field: str) -> int:
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return len(text.encode())
    except (ValueError, TypeError) as error:  # NaN, lone surrogates, values that JSON does not have
        raise InvalidSchema(field, "must be plain JSON") from error


def _parts(schema: JsonObject, path: str) -> Iterator[tuple[str, JsonObject]]:
    """Every subschema with its path. Under a keyword that JSON Schema does not have, anything may stand."""
    yield path, schema
    for keyword, value in schema.items():
        below = f"{path}.{keyword}"
        members: Iterable[tuple[str, Any]] = ()
        if keyword in _SUBSCHEMA:
            members = [(below, value)]
        elif keyword in _SUBSCHEMA_LISTS:
            members = [(f"{below}[{i}]", member) for i, member in enumerate(value)]
        elif keyword in _SUBSCHEMA_MAPS:
            members = [(f"{below}.{name}", member) for name, member in value.items()]
        for where, member in members:
            if isinstance(member, dict):  # and neither true nor false
                yield from _parts(member, where)


def _check_alternatives(schema: JsonObject, field: str) -> None:
    left = MAX_ALTERNATIVES_SIZE
    for path, part in _parts(schema, field):
        left -= alternatives_size(part, left)
        if left < 0:
            raise InvalidSchema(path, "anyOf and oneOf multiply to too many alternatives")


def _check_names(schema: JsonObject, path: str, *, is_root: bool) -> None:
    for name in schema.get("properties", {}):
        where = f"{path}.properties.{name}"
        if not name.strip() or len(name) > MAX_NAME:
            raise InvalidSchema(where, f"property names have 1 to {MAX_NAME} characters")
        if any(mark in name for mark in ".[]"):
            raise InvalidSchema(where, "property names must not contain '.', '[' or ']'")
        if is_root and name in RESERVED_NAMES:
            raise InvalidSchema(where, f"{name!r} is a reserved name; choose another")


def _check_patterns(schema: JsonObject, path: str) -> None:
    patterns = [*schema.get("patternProperties", {})]
    if isinstance(schema.get("pattern"), str):
        patterns.append(schema["pattern"])
    if any(len(pattern) > MAX_PATTERN for pattern in patterns):
        raise InvalidSchema(path, f"patterns have at most {MAX_PATTERN} characters")


def _location(error: jsonschema_rs.ValidationError) -> str:
    path = _joined("", error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        return f"{path}.{error.kind.property}" if path else error.kind.property
    return path


def _joined(field: str, steps: list[str | int]) -> str:
    path = field
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
