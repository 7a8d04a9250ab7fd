"""The rows that results have in the tables of a layout."""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.domain.runs.run_table.layout import Elements, Node, ResultLayout

Row = tuple[Any, ...]

_to_json: Final = json.JSONEncoder(ensure_ascii=False).encode
_MIN_INTEGER: Final = -(2**63)
_MAX_INTEGER: Final = 2**63 - 1
_MAX_EXACT: Final = 2**53
"""A double holds every whole number up to this one, and its negative, exactly."""


class ResultRows:
    """The rows of some results, by table, in the order of the results.

    ``others`` has a row (id of the result, instance path, JSON) for each value that no column holds: a value
    of a property that the schema does not name, or of another type than its column. No value is an error.
    """

    def __init__(self, layout: ResultLayout) -> None:
        self._layout = layout
        self.by_table: dict[str, list[Row]] = {table.name: [] for table in layout.tables}
        self.others: list[Row] = []

    def add(self, fixed: Row, metadata: Mapping[str, Any]) -> None:
        """Add a result. ``fixed`` are the values of its fixed columns, the first of which is its id."""
        root = self._layout.root
        leaves: list[Any] = [None] * len(root.leaves)
        identifier = fixed[0]
        self._fill(metadata, self._layout.members, leaves, (identifier,), "")
        self.by_table[root.name].append((*fixed, *leaves))

    def _fill(
        self, data: Mapping[str, Any], members: Mapping[str, Node], leaves: list[Any], key: Row, path: str
    ) -> None:
        """Set the values of an object at the instance path ``path`` in ``leaves``, the row with ``key``."""
        for name, value in data.items():
            if value is None:
                continue
            inner = f"{path}.{name}" if path else name
            node = members.get(name)
            if node is None:
                self._add_other(key, inner, value)
            elif isinstance(value, dict) and node.members:
                self._fill(value, node.members, leaves, key, inner)
            elif isinstance(value, list) and node.elements is not None:
                self._add_elements(value, node.elements, key, inner)
            else:
                converted = None if node.column is None else _CONVERSIONS[node.leaf_type](value)
                if converted is None or node.column is None:
                    self._add_other(key, inner, value)
                else:
                    leaves[node.column] = converted

    def _add_elements(self, values: Sequence[Any], elements: Elements, key: Row, path: str) -> None:
        for position, value in enumerate(values):
            inner = f"{path}[{position}]"
            if isinstance(value, dict):
                leaves: list[Any] = [None] * len(elements.table.leaves)
                self._fill(value, elements.members, leaves, (*key, position), inner)
                self.by_table[elements.table.name].append((*key, position, *leaves))
            elif value is not None:
                self._add_other(key, inner, value)

    def _add_other(self, key: Row, path: str, value: Any) -> None:
        self.others.append((key[0], path, _to_json(value)))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    """Return a whole number of 64 bits. JSON writes 5 as 5.0 too."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _MAX_EXACT:
        return int(value)
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return value if is_integer and _MIN_INTEGER <= value <= _MAX_INTEGER else None


def _number(value: Any) -> float | None:
    """Return a finite number. An integer that a double would round is none."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    is_integer = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if is_integer and abs(value) <= _MAX_EXACT else None


def _boolean(value: Any) -> int | None:
    return int(value) if isinstance(value, bool) else None


def _array(value: Any) -> str | None:
    return _to_json(value) if isinstance(value, list) else None


_CONVERSIONS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
}
"""Convert a JSON value to the value of a column; None if it has another type."""
