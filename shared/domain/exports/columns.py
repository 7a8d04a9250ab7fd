"""Columns for the leaves of extracted JSON, and the values of a segment in them.

A leaf outside arrays has a column of its type; an array has a column of JSON text. What fits no column, such
as a property that the schema does not name, stays in a rest, so that no value is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, assert_never

from shared.domain.prompts.prompt import JsonObject
from shared.domain.schema.json_schema import resolved
from shared.domain.schema.paths import leaf_paths
from shared.domain.schema.system_fields import TRANSCRIPTION

_ELEMENT: Final = "[]"
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1
_GREATEST_EXACT: Final = 2**53


class ColumnType(StrEnum):
    """The type of a column. Integers have 64 bits, numbers are doubles, ``json`` is JSON text."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    JSON = "json"

    def converted(self, value: Any) -> Any:
        """Return a JSON value as the column holds it; None if it cannot hold the value without loss."""
        match self:
            case ColumnType.STRING:
                return value if isinstance(value, str) else None
            case ColumnType.INTEGER:
                return _integer(value)
            case ColumnType.NUMBER:
                is_exact = isinstance(value, float) or (_is_integer(value) and abs(value) <= _GREATEST_EXACT)
                return value if is_exact else None
            case ColumnType.BOOLEAN:
                return value if isinstance(value, bool) else None
            case ColumnType.JSON:
                return value
            case _:
                assert_never(self)


_TYPES: Final = {**{str(each): each for each in ColumnType}, "array": ColumnType.JSON}
_NUMERIC: Final = {ColumnType.INTEGER, ColumnType.NUMBER}


@dataclass(frozen=True, slots=True)
class LeafColumn:
    """A column for the leaf at ``path``, such as ``scene.place``."""

    path: str
    type: ColumnType


def leaf_columns(schemas: Iterable[JsonObject]) -> list[LeafColumn]:
    """Return the columns of segments that were extracted with one of ``schemas``: the transcript, then the
    leaves in the order of the schemas.

    A leaf that is an integer in one schema and a number in another is a number. A leaf with two other types
    is JSON text.
    """
    types = {TRANSCRIPTION: ColumnType.STRING}
    for schema in schemas:
        for path, name in leaf_paths(resolved(schema)).items():
            if _ELEMENT not in path:
                found = _TYPES[name]
                types[path] = _common(types.get(path, found), found)
    return [LeafColumn(path, found) for path, found in types.items()]


def _common(first: ColumnType, second: ColumnType) -> ColumnType:
    if first is second:
        return first
    return ColumnType.NUMBER if {first, second} == _NUMERIC else ColumnType.JSON


class LeafSplit:
    """Splits extracted JSON into the values of columns and the rest."""

    def __init__(self, columns: Iterable[LeafColumn]) -> None:
        self._width = 0
        self._tree: _Branch = {}
        for position, column in enumerate(columns):
            *parents, name = column.path.split(".")
            branch = self._tree
            for parent in parents:
                found = branch.setdefault(parent, {})
                if not isinstance(found, dict):  # one schema has a leaf where another has an object
                    break
                branch = found
            else:
                branch.setdefault(name, (position, column.type))
            self._width = position + 1

    def split(self, data: Mapping[str, Any]) -> tuple[list[Any], JsonObject]:
        """Return one value a column, None for those without one, and the members that have no column or do
        not fit theirs. Null values are left out."""
        values: list[Any] = [None] * self._width
        return values, _fill(values, self._tree, data)


_Branch = dict[str, "_Branch | tuple[int, ColumnType]"]


def _fill(values: list[Any], branch: _Branch, data: Mapping[str, Any]) -> JsonObject:
    rest: JsonObject = {}
    for name, value in data.items():
        place = branch.get(name)
        if value is None:
            continue
        if isinstance(place, tuple) and (converted := place[1].converted(value)) is not None:
            values[place[0]] = converted
        elif isinstance(place, dict) and isinstance(value, dict):
            if below := _fill(values, place, value):
                rest[name] = below
        else:
            rest[name] = value
    return rest


def _integer(value: Any) -> int | None:
    """Return a whole number of 64 bits. JSON writes 5 as 5.0 too."""
    if isinstance(value, float) and value.is_integer() and abs(value) <= _GREATEST_EXACT:
        return int(value)
    return value if _is_integer(value) and _LEAST_INTEGER <= value <= _GREATEST_INTEGER else None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
