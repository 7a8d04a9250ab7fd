"""What a condition means, over the leaves of extracted JSON: the reference for every search index.

- String comparison ignores case (full Unicode case folding) and normal form, and nothing else.
- A condition over ``a[].b`` holds when any element satisfies it, each condition on its own.
- An ``integer`` condition looks at whole numbers only, a ``number`` condition at all numbers;
  a value of another type than the condition's does not satisfy it.
- Empty is: missing, null, a blank string, an array without elements. ``is_empty`` is exactly the
  opposite of ``is_not_empty``, and any value of any type is content, so neither depends on ``type``.
- A missing array has length 0.
- An array is named by its own path (``tags``); ``tags[]`` means the same in an array condition.
  Its scalar elements may also be asked for with the other types, under ``tags[]``.
"""

from collections.abc import Sequence
from typing import assert_never

from shared.domain.query.conditions import LENGTH_OPERATORS, VALUELESS, Condition, Leaf, LeafType
from shared.domain.query.folding import fold


def has_content(leaf: Leaf) -> bool:
    """False for a blank string and an array without elements."""
    match leaf.type:
        case LeafType.STRING:
            return bool((leaf.text or "").strip())
        case LeafType.ARRAY:
            return bool(leaf.length)
        case LeafType.NUMBER | LeafType.BOOLEAN:
            return True
        case _:
            assert_never(leaf.type)


def holds(condition: Condition, leaves: Sequence[Leaf]) -> bool:
    """Whether ``condition`` holds for a document with these leaves: the reference for adapters."""
    if condition.operator in VALUELESS:
        content = any(leaf.path == condition.path and has_content(leaf) for leaf in leaves)
        return content is (condition.operator == "is_not_empty")
    if condition.operator in LENGTH_OPERATORS:
        lengths = [leaf.length or 0 for leaf in leaves if _is_array_at(leaf, condition.path)]
        return any(_length_fits(condition, length) for length in lengths or [0])
    if condition.type == "array":
        return any(leaf.path == f"{condition.path}[]" and _item_fits(condition, leaf) for leaf in leaves)
    return any(leaf.path == condition.path and _value_fits(condition, leaf) for leaf in leaves)


def _is_array_at(leaf: Leaf, path: str) -> bool:
    return leaf.path == path and leaf.type is LeafType.ARRAY


def _value_fits(condition: Condition, leaf: Leaf) -> bool:
    if condition.type == "string":
        return leaf.text is not None and _text_fits(condition.operator, fold(leaf.text), condition.value)
    if condition.type == "boolean":
        return leaf.boolean is not None and leaf.boolean is condition.value
    if leaf.number is None or (condition.type == "integer" and not leaf.number.is_integer()):
        return False
    return _number_fits(condition.operator, leaf.number, condition.value)


def _item_fits(condition: Condition, leaf: Leaf) -> bool:
    if isinstance(condition.value, bool):
        return leaf.boolean is condition.value
    if isinstance(condition.value, str):
        operator = condition.operator.removeprefix("item_")
        return leaf.text is not None and _text_fits(operator, fold(leaf.text), condition.value)
    return leaf.number is not None and leaf.number == condition.value


def _length_fits(condition: Condition, length: int) -> bool:
    wanted = float(condition.value or 0)
    match condition.operator:
        case "length_greater":
            return length > wanted
        case "length_less":
            return length < wanted
        case _:
            return length == wanted


def _text_fits(operator: str, folded: str, value: object) -> bool:
    wanted = fold(str(value))
    match operator:
        case "contains":
            return wanted in folded
        case "starts_with":
            return folded.startswith(wanted)
        case "ends_with":
            return folded.endswith(wanted)
        case _:
            return folded == wanted


def _number_fits(operator: str, number: float, value: object) -> bool:
    wanted = float(value) if isinstance(value, int | float) else 0.0
    match operator:
        case "greater_than":
            return number > wanted
        case "greater_equal":
            return number >= wanted
        case "less_than":
            return number < wanted
        case "less_equal":
            return number <= wanted
        case _:
            return number == wanted
