"""Typed conditions over the leaves of extracted JSON: the filter language and its parser.

The rules come from the public client: one to four conditions, all of which must hold, with the operators
of ``OPERATORS`` for each type. ``shared.domain.query.matching`` defines the meaning of a condition.

Strict parsing follows the condition search of the public client. Lenient parsing is for workflow
filters, which may consist of ``field`` and ``value`` only. The operator is then ``equals``
(``item_equals`` for an array). The type is that of the field in the schema, if it is known, or else
follows from the operator and the value.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from shared.domain.errors import InvalidRequest
from shared.domain.query.folding import fold_case


class LeafType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One typed value at a canonical path.

    An array has a leaf with its ``length`` at its own path, and one leaf for each scalar element at
    ``path[]``.
    """

    path: str
    type: LeafType
    text: str | None = None
    number: float | None = None
    boolean: bool | None = None
    length: int | None = None


VALUELESS: Final = ("is_empty", "is_not_empty")
LENGTH_OPERATORS: Final = ("length_equals", "length_greater", "length_less")

_COMPARISONS: Final = ("equals", "greater_than", "greater_equal", "less_than", "less_equal")

OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "string": ("equals", "contains", "starts_with", "ends_with", *VALUELESS),
    "integer": _COMPARISONS,
    "number": _COMPARISONS,
    "boolean": ("equals",),
    "array": ("item_equals", "item_contains", *LENGTH_OPERATORS, *VALUELESS),
}

MAX_CONDITIONS: Final = 4

MAX_SUBSTRING: Final = 250
"""Maximum length of a text to find inside others, before and after case folding. OpenSearch compiles the
text to an automaton. Measured with version 2.19, it refuses many texts of 500 characters, and one of
15 million characters blocked it for all clients."""

_KEYS: Final = ("field", "operator", "value", "type")
_ARRAY_ONLY: Final = ("item_equals", "item_contains", *LENGTH_OPERATORS)
_TEXT_ONLY: Final = ("contains", "starts_with", "ends_with")
_LARGEST_INTEGER: Final = 2**53
"""Values are compared as doubles, which represent every integer up to this one exactly."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A valid condition: ``value`` fits ``type`` and ``operator``."""

    field: str
    operator: str
    type: str
    value: str | float | bool | None = None

    @property
    def path(self) -> str:
        """The path of the leaves to compare. For an array it is the path of the array itself."""
        return self.field.removesuffix("[]") if self.type == "array" else self.field


def parse_conditions(
    raw: Sequence[Mapping[str, Any]],
    *,
    lenient: bool,
    field_types: Mapping[str, str] | None = None,
    name: str = "conditions",
) -> list[Condition]:
    """Parse and check conditions.

    ``field_types`` maps canonical paths to types. Only lenient parsing reads it. ``name`` is the field
    of the request that holds the conditions.

    Raises:
        InvalidRequest: names the value that breaks a rule, such as ``conditions[0].operator``.
    """
    if not 1 <= len(raw) <= MAX_CONDITIONS:
        raise InvalidRequest(name, f"must have 1 to {MAX_CONDITIONS} conditions")
    parsed = []
    for position, condition in enumerate(raw):
        where = f"{name}[{position}]"
        if not isinstance(condition, Mapping):
            raise InvalidRequest(where, "must be an object")
        explicit = _with_defaults(condition, field_types or {}) if lenient else condition
        parsed.append(_checked(where, explicit))
    return parsed


def _checked(where: str, condition: Mapping[str, Any]) -> Condition:
    for key in condition:
        if key not in _KEYS:
            raise InvalidRequest(f"{where}.{key}", f"is not known; a condition has {', '.join(_KEYS)}")
    field = condition.get("field")
    if not isinstance(field, str) or not field.strip():
        raise InvalidRequest(f"{where}.field", "must be a non-empty string")
    kind = condition.get("type")
    if not isinstance(kind, str) or kind not in OPERATORS:
        raise InvalidRequest(f"{where}.type", f"must be one of {', '.join(OPERATORS)}")
    operator = condition.get("operator")
    if not isinstance(operator, str) or operator not in OPERATORS[kind]:
        raise InvalidRequest(
            f"{where}.operator", f"must be one of {', '.join(OPERATORS[kind])} for type {kind}"
        )
    if operator in VALUELESS:
        if "value" in condition:
            raise InvalidRequest(f"{where}.value", f"must not be given with {operator}")
        return Condition(field.strip(), operator, kind)
    return Condition(field.strip(), operator, kind, _value(f"{where}.value", condition, kind, operator))


def _value(where: str, condition: Mapping[str, Any], kind: str, operator: str) -> str | float | bool:
    value = condition.get("value")
    if value is None or (isinstance(value, str) and not value.strip()):
        raise InvalidRequest(where, f"must be given and not blank with {operator}")
    rule = _broken_rule(value, kind, operator)
    if rule is not None:
        raise InvalidRequest(where, rule)
    return cast("str | float | bool", value)


def _broken_rule(value: Any, kind: str, operator: str) -> str | None:
    if operator in LENGTH_OPERATORS:
        return None if _is_integer(value) and value >= 0 else "must be an integer of at least 0"
    if kind == "string" or operator == "item_contains":
        return _broken_text_rule(value, operator)
    if kind == "integer":
        return None if _is_integer(value) else f"must be an integer within {_LARGEST_INTEGER} of 0"
    if kind == "number":
        return None if _is_number(value) else "must be a finite number"
    if kind == "boolean":
        return None if isinstance(value, bool) else "must be true or false"
    fits = isinstance(value, str | bool) or _is_number(value)
    return None if fits else "must be a string, a finite number or a boolean"


def _broken_text_rule(value: Any, operator: str) -> str | None:
    if not isinstance(value, str):
        return "must be a string"
    if operator.removeprefix("item_") not in _TEXT_ONLY:
        return None
    if len(value) > MAX_SUBSTRING or len(fold_case(value)) > MAX_SUBSTRING:
        return f"must have at most {MAX_SUBSTRING} characters with {operator}"
    return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_INTEGER


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return _is_integer(value)


def _with_defaults(condition: Mapping[str, Any], field_types: Mapping[str, str]) -> dict[str, Any]:
    """Return a lenient condition with its operator and type, and its value converted to the type."""
    complete = {key: condition[key] for key in condition if condition[key] is not None or key == "value"}
    complete.setdefault("operator", "equals")
    complete.setdefault("type", _inferred_type(complete, field_types))
    if complete["operator"] in VALUELESS:
        complete.pop("value", None)
    if complete["type"] == "array" and complete["operator"] in ("equals", "contains"):
        complete["operator"] = f"item_{complete['operator']}"
    if "value" in complete:
        complete["value"] = _converted(complete["value"], str(complete["type"]), str(complete["operator"]))
    return complete


def _inferred_type(condition: Mapping[str, Any], field_types: Mapping[str, str]) -> str:
    field, operator, value = condition.get("field"), condition["operator"], condition.get("value")
    if operator in _ARRAY_ONLY:
        return "array"
    known = field_types.get(field.strip()) if isinstance(field, str) else None
    if known in OPERATORS and operator in (
        *OPERATORS[known],
        *(["equals", "contains"] if known == "array" else []),
    ):
        return known
    if operator in _TEXT_ONLY or operator in VALUELESS:
        return "string"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float) or (operator in OPERATORS["number"] and operator != "equals"):
        return "number"
    return "string"


def _converted(value: Any, kind: str, operator: str) -> Any:
    """Convert text from a form to a value of type ``kind``. Return other values unchanged, for the check."""
    if not isinstance(value, str):
        return str(value) if kind == "string" and _is_number(value) else value
    text = value.strip()
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind not in ("integer", "number") and operator not in LENGTH_OPERATORS:
        return value
    for convert in (int, float):
        try:
            return convert(text)
        except ValueError:
            continue
    return value
