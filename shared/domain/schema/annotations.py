"""Titles, descriptions and enumerated values that a schema gives to its leaves.

Paths are those of ``shared.domain.schema.paths``. References must be resolved first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from shared.domain.schema.shape import JsonObject, alternatives, elements, members

Scalar = str | int | float | bool

MAX_CHARACTERS: Final = 300
"""Maximum length of a title, of a description and of an enumerated text. Longer ones are shortened or, if
they are values, left out."""

MAX_VALUES: Final = 100
"""Maximum number of enumerated values of a leaf."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """The words that a schema has for one leaf. ``values`` are those of its ``enum`` or ``const``."""

    title: str | None = None
    description: str | None = None
    values: tuple[Scalar, ...] = ()


def leaf_annotations(schema: JsonObject) -> dict[str, Annotation]:
    """Map the path of each member and element of a schema to its annotation.

    An array's enumerated values are those of its elements, because conditions compare elements. If
    branches of an ``anyOf`` differ, the first title and the first description count, and all values.
    """
    found: dict[str, Annotation] = {}
    for path, node in _nodes(schema, ""):
        found[path] = _joined(found[path], _annotation(node)) if path in found else _annotation(node)
    return found


def _nodes(schema: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield (path, schema) of each member and element, depth first."""
    for name, member in members(schema):
        inner = f"{path}.{name}" if path else name
        yield inner, member
        yield from _nodes(member, inner)
    for item in elements(schema) if path else ():
        yield f"{path}[]", item
        yield from _nodes(item, f"{path}[]")


def _annotation(schema: Any) -> Annotation:
    branches = alternatives(schema)
    return Annotation(
        title=_first_text(branches, "title"),
        description=_first_text(branches, "description"),
        values=_values([*branches, *(each for item in elements(schema) for each in alternatives(item))]),
    )


def _joined(first: Annotation, second: Annotation) -> Annotation:
    values = dict.fromkeys((type(value), value) for value in (*first.values, *second.values))
    return Annotation(
        first.title or second.title,
        first.description or second.description,
        tuple(value for _, value in values)[:MAX_VALUES],
    )


def _first_text(branches: list[JsonObject], keyword: str) -> str | None:
    texts = (branch.get(keyword) for branch in branches)
    text = next((text for text in texts if isinstance(text, str) and text.strip()), None)
    return None if text is None else text.strip()[:MAX_CHARACTERS]


def _values(branches: list[JsonObject]) -> tuple[Scalar, ...]:
    listed = [value for branch in branches for value in _enumerated(branch)]
    scalars = [value for value in listed if _is_shown(value)]
    return tuple(value for _, value in dict.fromkeys((type(v), v) for v in scalars))[:MAX_VALUES]


def _enumerated(branch: JsonObject) -> list[Any]:
    if "const" in branch:
        return [branch["const"]]
    values = branch.get("enum")
    return values if isinstance(values, list) else []


def _is_shown(value: Any) -> bool:
    if isinstance(value, str):
        return bool(value.strip()) and len(value) <= MAX_CHARACTERS
    return isinstance(value, bool | int | float)
