"""The tables and columns that the JSON schema of a prompt gives to its results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shared.domain.runs.run_table.names import Names
from shared.domain.schema.json_schema import resolved
from shared.domain.schema.paths import leaf_paths
from shared.domain.schema.shape import JsonObject
from shared.domain.schema.system_fields import TRANSCRIPTION

LAYOUT_VERSION: Final = 1
"""The version of the layout. A file of another version is built again."""

MAX_LEAF_COLUMNS: Final = 1000
"""The most leaves of one table that have columns. SQLite allows 2,000 columns."""

POSITION: Final = "position"

_ARRAY: Final = "array"
_DECLARED: Final = {
    "string": "TEXT",
    "integer": "INTEGER",
    "number": "REAL",
    "boolean": "INTEGER",
    _ARRAY: "TEXT",
}


class Column(NamedTuple):
    """A column: its name, and its type in SQL."""

    name: str
    declared: str


class LeafColumn(NamedTuple):
    """The column of a leaf. ``path`` is its canonical path, ``leaf_type`` its type in the schema."""

    name: str
    path: str
    leaf_type: str

    @property
    def declared(self) -> str:
        """The type of the column in SQL."""
        return _DECLARED[self.leaf_type]


@dataclass(slots=True)
class Table:
    """A table of results, or of the objects of an array in them.

    ``key`` are the columns of its primary key. ``fixed`` come before ``leaves`` and include the key.
    """

    name: str
    key: tuple[str, ...]
    fixed: Sequence[Column]
    leaves: list[LeafColumn] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        return [*self.fixed, *(Column(leaf.name, leaf.declared) for leaf in self.leaves)]


@dataclass(slots=True)
class Node:
    """Where the value of a property goes. All attributes are None or empty if no column holds it.

    ``column`` is the position among the leaves of its table. ``members`` are the properties of an object,
    ``elements`` the table of an array of objects.
    """

    leaf_type: str = ""
    column: int | None = None
    members: dict[str, Node] = field(default_factory=dict)
    elements: Elements | None = None


@dataclass(slots=True)
class Elements:
    """The table of an array of objects, and the properties of its objects."""

    table: Table
    members: dict[str, Node]


class ResultLayout:
    """The tables of one kind of result: one table of the results, and one for each array of objects.

    ``root`` is the table of the results, which has the columns ``fixed`` and the first of them as its key.
    ``taken`` are the names of other tables in the file.
    """

    def __init__(self, name: str, fixed: Sequence[Column], schema: JsonObject, *, taken: Names) -> None:
        self.root = Table(taken.claim(name), (fixed[0].name,), fixed)
        self.tables = [self.root]
        self._names = taken
        tree = _tree(leaf_paths(resolved(schema)))
        if any(column.name == TRANSCRIPTION for column in fixed):
            tree.members.pop(TRANSCRIPTION, None)
        self.members = self._place(tree, self.root, "", "", Names(column.name for column in fixed))

    def _place(self, parent: _Field, table: Table, path: str, prefix: str, names: Names) -> dict[str, Node]:
        """Give columns to the members of ``parent``.

        ``path`` is the path of ``parent`` from the root, and ``prefix`` from the object that is a row of
        ``table``.
        """
        placed: dict[str, Node] = {}
        for name, member in parent.members.items():
            inner, column_name = _joined(path, name), _joined(prefix, name)
            node = placed[name] = Node(leaf_type=member.leaf_type)
            node.members = self._place(member, table, inner, column_name, names)
            if member.element is not None and member.element.members:
                node.elements = self._elements(member.element, table, f"{inner}[]")
            elif member.leaf_type and len(table.leaves) < MAX_LEAF_COLUMNS:
                node.column = len(table.leaves)
                table.leaves.append(LeafColumn(names.claim(column_name), inner, member.leaf_type))
        return placed

    def _elements(self, element: _Field, parent: Table, path: str) -> Elements:
        name = self._names.claim(f"{self.root.name}.{path.replace('[]', '')}")
        owner, *positions = parent.key
        ancestors = [f"{POSITION}_{number + 1}" for number in range(len(positions))]
        key = (owner, *ancestors, POSITION)
        fixed = [Column(owner, "TEXT"), *(Column(each, "INTEGER") for each in key[1:])]
        table = Table(name, key, fixed)
        self.tables.append(table)
        return Elements(table, self._place(element, table, path, "", Names(key)))


@dataclass(slots=True)
class _Field:
    """A property in the tree of a schema. ``element`` is the element of an array."""

    leaf_type: str = ""
    members: dict[str, _Field] = field(default_factory=dict)
    element: _Field | None = None


def _tree(types: dict[str, str]) -> _Field:
    """Return the root of the tree of canonical paths."""
    root = _Field()
    for path, leaf_type in types.items():
        found = root
        for step in _steps(path):
            if step:
                found = found.members.setdefault(step, _Field())
            else:
                found.element = found.element or _Field()
                found = found.element
        found.leaf_type = leaf_type if leaf_type in _DECLARED else ""
    return root


def _steps(path: str) -> Iterator[str]:
    """Yield the steps of a canonical path: the name of a property, or "" for the element of an array."""
    for part in path.split("."):
        name = part.replace("[]", "")
        yield name
        yield from [""] * ((len(part) - len(name)) // 2)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
