"""Evaluation of conditions over the leaves of extracted JSON: the reference for every search index.

- String comparison ignores case (full Unicode case folding) and normal form, and nothing else.
- A condition over ``a[].b`` holds if any element satisfies it. Different conditions may be satisfied by
  different elements.
- An ``integer`` condition considers whole numbers only, a ``number`` condition all numbers. A value of
  another type than the condition's does not satisfy it.
- A leaf is empty if it is missing, null, a blank string or an array without elements. ``is_empty`` is
  exactly the opposite of ``is_not_empty``. A value of any type is content, so neither operator depends on
  ``type``.
- A missing array has length 0.
- The path of an array is ``tags``; ``tags[]`` means the same in an array condition. Conditions of the
  other types can refer to its scalar elements by ``tags[]``.
"""

from collections.abc import Sequence
from typing import assert_never

from shared.domain.query.conditions import LENGTH_OPERATORS, VALUELESS, Condition, Leaf, LeafType
from shared.domain.query.folding import fold_case


def has_content(leaf: Leaf) -> bool:
    """Return whether a leaf has content. A blank string and an array without elements have none."""
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
    """Return whether ``condition`` holds for a document with these leaves."""
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
        return leaf.text is not None and _text_fits(condition.operator, fold_case(leaf.text), condition.value)
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
        return leaf.text is not None and _text_fits(operator, fold_case(leaf.text), condition.value)
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
    wanted = fold_case(str(value))
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
