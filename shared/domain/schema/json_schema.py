"""Rules for the JSON schemas of prompts, and validation of data.

jsonschema-rs validates with Draft 2020-12, into which the words of OpenAPI 3.0 and of older drafts are
translated. It fetches nothing: references may only point into the schema
itself. Patterns run on an engine without backtracking, so no pattern can stall a worker. ``format`` is
an assertion, not an annotation.
"""

import json
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from shared.domain.errors import InvalidSchema
from shared.domain.schema.dialects import check_words
from shared.domain.schema.paths import leaf_count, schema_depth
from shared.domain.schema.references import (
    SUBSCHEMA,
    SUBSCHEMA_LISTS,
    SUBSCHEMA_MAPS,
    check_nesting,
    inlined,
)
from shared.domain.schema.shape import ALL_TYPES, alternatives_size
from shared.domain.schema.system_fields import RESERVED_NAMES

JsonObject = dict[str, Any]

MAX_BYTES: Final = 64 * 1024
MAX_DEPTH: Final = 8
MAX_LEAVES: Final = 200
MAX_ALTERNATIVES_SIZE: Final = 20_000
"""Maximum number of keywords in the alternatives of all subschemas. Alternatives multiply: thirty nested
levels of two would take years to read."""

MAX_NAME: Final = 100
MAX_PATTERN: Final = 500
_PATTERN_PROGRAM_BYTES: Final = 256 * 1024

_MAX_EXPLAINED_PRODUCT: Final = 30_000
"""Maximum of (values in the data) times (values in the schema) for which errors are explained one by one.
Explaining them takes about two seconds in the worst case."""

_KNOWN_DRAFTS: Final = (
    "json-schema.org/draft/2020-12",
    "json-schema.org/draft/2019-09",
    "json-schema.org/draft-0",
    "json-schema.org/schema",
    "spec.openapis.org/oas/3",
)


def check_schema(schema: Any, field: str = "json_schema") -> None:
    """Check that a prompt may use ``schema``.

    Raises:
        InvalidSchema: names the part below ``field`` that breaks a rule, and the rule.
    """
    if not isinstance(schema, dict):
        raise InvalidSchema(field, "must be a JSON object")
    check_nesting(schema, field)
    if _json_bytes(schema, field) > MAX_BYTES:
        raise InvalidSchema(field, f"is larger than {MAX_BYTES // 1024} KiB")
    if schema.get("nullable") is True:
        raise InvalidSchema(f"{field}.nullable", "must not be true at the root: each result is an object")
    draft = schema.get("$schema")
    if draft is not None and not any(known in str(draft) for known in _KNOWN_DRAFTS):
        raise InvalidSchema(f"{field}.$schema", "must be JSON Schema Draft 2020-12 (or be left out)")
    plain = inlined(schema, field)
    if plain.get("type") not in ("object", ["object"]):
        raise InvalidSchema(f"{field}.type", f"must be 'object' at the root{_advice(schema)}")
    _compile(plain, field)
    for path, part in _subschemas(plain, field):
        _check_names(part, path, is_root=path == field)
        _check_patterns(part, path)
        check_words(part, path)
    _check_alternatives(plain, field)
    if schema_depth(plain) > MAX_DEPTH:
        raise InvalidSchema(field, f"is more than {MAX_DEPTH} levels deep")
    if leaf_count(plain) > MAX_LEAVES:
        raise InvalidSchema(field, f"has more than {MAX_LEAVES} leaves")


def resolved(schema: JsonObject) -> JsonObject:
    """Return ``schema`` with its references resolved. The result is cached; do not modify it."""
    return _resolved(json.dumps(schema))


def validate(schema: JsonObject, data: Any) -> list[tuple[str, str]]:
    """Return (path, message) of each error in ``data``, in the order of the schema.

    The list is empty for valid data. For large data and a large schema it names only the invalid members
    of the root, because the explanation of an error tries every branch of an ``anyOf`` and copies the
    value for each.
    """
    validator = _validator(json.dumps(schema))
    if _fits(validator, data):
        return []
    plain = resolved(schema)
    if _value_count(data) * _value_count(plain) > _MAX_EXPLAINED_PRODUCT:
        return _invalid_root_members(plain, data)
    try:
        return [(_error_path(error), error.message) for error in validator.iter_errors(data)]
    except ValueError as refused:  # the data contains a value that JSON does not have, such as NaN
        return [("", str(refused))]


def is_valid(schema: JsonObject, data: Any) -> bool:
    """Return whether ``data`` is valid. It is faster than ``validate``, which explains errors."""
    return _fits(_validator(json.dumps(schema)), data)


def _fits(validator: jsonschema_rs.Validator, data: Any) -> bool:
    try:
        return validator.is_valid(data)
    except ValueError:  # the data contains a value that JSON does not have, such as NaN
        return False


def _invalid_root_members(plain: JsonObject, data: Any) -> list[tuple[str, str]]:
    members = plain.get("properties", {})
    present = [name for name in members if isinstance(data, dict) and name in data]
    invalid = [
        (name, "does not fit its schema")
        for name in present
        if isinstance(members[name], dict) and not is_valid(members[name], data[name])
    ]
    return invalid or [("", "does not fit the schema")]


def _value_count(value: Any) -> int:
    """Count the values in ``value``, including itself, without recursion."""
    pending, count = [value], 0
    while pending:
        count += 1
        current = pending.pop()
        pending.extend(
            current.values() if isinstance(current, dict) else current if isinstance(current, list) else ()
        )
    return count


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
        raise InvalidSchema(_join_path(field, error.instance_path), _rule(error)) from error
    except ValueError as error:
        raise InvalidSchema(field, str(error)) from error


def _advice(schema: JsonObject) -> str:
    """Return what to do if ``schema`` is the envelope in which OpenAI's API takes a schema."""
    envelope = next((name for name in ("schema", "json_schema") if isinstance(schema.get(name), dict)), None)
    return f": send the schema inside {envelope!r} alone" if envelope else ""


def _rule(error: jsonschema_rs.ValidationError) -> str:
    """Return the message about an invalid schema, with advice for patterns and types."""
    match error.instance_path:
        case [*_, "pattern"] if isinstance(error.instance, str):
            return f"{error.message} that the server supports: look-around and back-references are not"
        case [*above, "type"] if above[-1:] != ["properties"]:
            names = ", ".join(sorted(ALL_TYPES))
            return f"{json.dumps(error.instance)} is no type: use {names}, or a list of them"
        case _:
            return error.message


def _json_bytes(schema: JsonObject, field: str) -> int:
    """Return the size of ``schema`` as UTF-8 JSON."""
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return len(text.encode())
    except (ValueError, TypeError) as error:  # NaN, lone surrogates, types that JSON does not have
        raise InvalidSchema(field, "must be plain JSON") from error


def _subschemas(schema: JsonObject, path: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield every subschema with its path. Values of unknown keywords are no subschemas."""
    yield path, schema
    for keyword, value in schema.items():
        below = f"{path}.{keyword}"
        members: Iterable[tuple[str, Any]] = ()
        if keyword in SUBSCHEMA:
            members = [(below, value)]
        elif keyword in SUBSCHEMA_LISTS:
            members = [(f"{below}[{i}]", member) for i, member in enumerate(value)]
        elif keyword in SUBSCHEMA_MAPS:
            members = [(f"{below}.{name}", member) for name, member in value.items()]
        for member_path, member in members:
            if isinstance(member, dict):  # boolean schemas have no parts
                yield from _subschemas(member, member_path)


def _check_alternatives(schema: JsonObject, field: str) -> None:
    remaining = MAX_ALTERNATIVES_SIZE
    for path, part in _subschemas(schema, field):
        remaining -= alternatives_size(part, remaining)
        if remaining < 0:
            raise InvalidSchema(path, "anyOf and oneOf multiply to too many alternatives")


def _check_names(schema: JsonObject, path: str, *, is_root: bool) -> None:
    for name in schema.get("properties", {}):
        property_path = f"{path}.properties.{name}"
        if not name.strip() or len(name) > MAX_NAME:
            raise InvalidSchema(property_path, f"property names have 1 to {MAX_NAME} characters")
        if any(mark in name for mark in ".[]"):
            raise InvalidSchema(property_path, "property names must not contain '.', '[' or ']'")
        if is_root and name in RESERVED_NAMES:
            raise InvalidSchema(property_path, f"{name!r} is a reserved name; choose another")


def _check_patterns(schema: JsonObject, path: str) -> None:
    patterns = [*schema.get("patternProperties", {})]
    if isinstance(schema.get("pattern"), str):
        patterns.append(schema["pattern"])
    if any(len(pattern) > MAX_PATTERN for pattern in patterns):
        raise InvalidSchema(path, f"patterns have at most {MAX_PATTERN} characters")


def _error_path(error: jsonschema_rs.ValidationError) -> str:
    path = _join_path("", error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        return f"{path}.{error.kind.property}" if path else error.kind.property
    return path


def _join_path(field: str, steps: list[str | int]) -> str:
    path = field
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path
