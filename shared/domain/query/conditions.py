"""Typed conditions over the leaves of extracted JSON: the filter language and its grammar.

Rules from the public client: one to four conditions, all must hold; operators per type as in
``OPERATORS``. What a condition means is in ``condition_matching``.

Strict parsing follows the public client's condition search. Lenient parsing is for workflow
filters, which may be ``{field, value}`` alone: the operator is then ``equals`` (``item_equals`` for
an array) and the type follows from the field's type in the schema, where it is known, or from the
operator and the value.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, cast

from shared.domain.errors import InvalidRequest
from shared.domain.query.folding import fold


class LeafType(StrEnum):
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One typed value at a canonical path. For an array: its ``length`` at the path of the array
    itself, and each scalar element as a leaf of its own at ``path[]``."""

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

LONGEST_PART: Final = 250
"""Characters of a text that is looked for inside others, once folded. OpenSearch makes an automaton of it:
it refuses many of 500, and one of 15 million kept it from answering anybody (measured with 2.19)."""

_KEYS: Final = ("field", "operator", "value", "type")
_ARRAY_ONLY: Final = ("item_equals", "item_contains", *LENGTH_OPERATORS)
_TEXT_ONLY: Final = ("contains", "starts_with", "ends_with")
_LARGEST_INTEGER: Final = 2**53
"""Up to here every integer is a double, which is what values are compared as."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: ``value`` fits ``type`` and ``operator``."""

    field: str
    operator: str
    type: str
    value: str | float | bool | None = None

    @property
    def path(self) -> str:
        """Where the leaves lie that it compares: for an array, the array's own path."""
        return self.field.removesuffix("[]") if self.type == "array" else self.field


def parse_conditions(
    raw: Sequence[Mapping[str, Any]],
    *,
    lenient: bool,
    field_types: Mapping[str, str] | None = None,
    name: str = "conditions",
) -> list[Condition]:
    """Checked conditions. ``field_types`` is canonical path to type and only read when lenient.

    Raises:
        InvalidRequest: names the offending value as ``conditions[0].operator``, under ``name``.
    """
    if not 1 <= len(raw) <= MAX_CONDITIONS:
        raise InvalidRequest(name, f"must have 1 to {MAX_CONDITIONS} conditions")
    parsed = []
    for position, condition in enumerate(raw):
        where = f"{name}[{position}]"
        if not isinstance(condition, Mapping):
            raise InvalidRequest(where, "must be an object")
        explicit = _completed(condition, field_types or {}) if lenient else condition
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
    looks_inside = operator.removeprefix("item_") in _TEXT_ONLY
    if looks_inside and (len(value) > LONGEST_PART or len(fold(value)) > LONGEST_PART):
        return f"must have at most {LONGEST_PART} characters with {operator}"
    return None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST_INTEGER


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return _is_integer(value)


def _completed(condition: Mapping[str, Any], field_types: Mapping[str, str]) -> dict[str, Any]:
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
    """A form's text as the value it stands for; anything else is left for the check to judge."""
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
