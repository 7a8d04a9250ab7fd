"""Typed conditions over the leaves of extracted JSON (the filter language's meaning).

Rules from the public client: at most four conditions, all must hold; operators per type as in
``OPERATORS``. Decided here: string comparison ignores case; conditions over ``a[].b`` hold when
any element satisfies them, each condition on its own; a missing field is empty; an ``integer``
condition also matches numbers that are whole.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


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


OPERATORS: Final[dict[str, tuple[str, ...]]] = {
    "string": ("equals", "contains", "starts_with", "ends_with", "is_empty", "is_not_empty"),
    "integer": ("equals", "greater_than", "greater_equal", "less_than", "less_equal"),
    "number": ("equals", "greater_than", "greater_equal", "less_than", "less_equal"),
    "boolean": ("equals",),
    "array": (
        "item_equals",
        "item_contains",
        "length_equals",
        "length_greater",
        "length_less",
        "is_empty",
        "is_not_empty",
    ),
}

MAX_CONDITIONS: Final = 4


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: ``value`` fits ``type`` and ``operator``."""

    field: str
    operator: str
    type: str
    value: str | float | bool | None = None
