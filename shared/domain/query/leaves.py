"""The leaves of extracted JSON, as typed values for conditions and as texts for embedding."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from shared.domain.query.conditions import Leaf, LeafType
from shared.domain.query.field_paths import canonical_path, last_name, member


class TextValue(NamedTuple):
    """The value at ``instance_path`` as text."""

    field_path: str
    instance_path: str
    text: str


def leaves(data: Mapping[str, Any]) -> list[Leaf]:
    """Return every typed value of ``data``, including arrays. Null and empty objects have no leaf.

    An array has a leaf with its length at its own path, and its scalar elements have leaves at ``path[]``.
    """
    return [_leaf(canonical_path(path), value) for path, value in _values(data, "")]


def text_values(data: Mapping[str, Any]) -> list[TextValue]:
    """Return the texts of the leaves to embed for semantic search, in their order in ``data``.

    The text of a string is the string itself. A number or boolean means nothing without its name, so its
    text is like ``people count: 5`` or ``indoor: yes``. Null, blank strings and array lengths are left out.
    """
    return [
        TextValue(canonical_path(path), path, text)
        for path, value in _values(data, "")
        if not isinstance(value, list) and (text := _text(path, value))
    ]


def _values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield (instance path, scalar or array), depth first."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _values(inner, member(path, str(name)))
    elif isinstance(value, list):
        yield path, value
        for position, inner in enumerate(value):
            yield from _values(inner, f"{path}[{position}]")
    elif value is not None:
        yield path, value


def _leaf(path: str, value: Any) -> Leaf:
    if isinstance(value, list):
        return Leaf(path, LeafType.ARRAY, length=len(value))
    if isinstance(value, bool):
        return Leaf(path, LeafType.BOOLEAN, boolean=value)
    if isinstance(value, int | float):
        return Leaf(path, LeafType.NUMBER, number=_as_float(value))
    return Leaf(path, LeafType.STRING, text=str(value))


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # JSON integers have no upper bound
        return math.inf if value > 0 else -math.inf


def _text(path: str, value: Any) -> str:
    if isinstance(value, bool):
        return f"{last_name(path)}: {'yes' if value else 'no'}"
    if isinstance(value, int | float):
        return f"{last_name(path)}: {value:g}" if isinstance(value, float) else f"{last_name(path)}: {value}"
    return str(value).strip()
