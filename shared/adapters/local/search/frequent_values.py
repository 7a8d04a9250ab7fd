"""Counts of the values of a field, from the leaves in SQLite.

The leaves of a field in the documents of the scope are read in the order of their values, from a covering
index. A value is then a range of leaves, and the ranges are counted as arrays. Only the most frequent values
are read as texts.
"""

import json
import sqlite3
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.snapshot import Snapshot
from shared.adapters.local.search.arrays.vectors import Mask
from shared.adapters.local.search.documents import (
    BOOLEAN,
    FRACTION,
    STRING,
    WHOLE_NUMBER,
    encode_text,
)
from shared.adapters.local.search.vocabulary import word_hash
from shared.domain.query.conditions import LeafType
from shared.domain.query.folding import fold_case
from shared.ports.search_index import MAX_VALUE_CHARACTERS, FrequentValues, ValueCount, ValueQuery

MAX_LEAVES: Final = 300_000
"""The number of leaves that are counted at most: those of the scope that are first in the order of values."""

_MAX_BYTES: Final = 4 * MAX_VALUE_CHARACTERS
"""No shorter text has more bytes."""


class _Leaves(NamedTuple):
    """The leaves of a field in the order of their values: arrays of one length.

    ``values`` numbers the values from 0.
    """

    rows: NDArray[np.int64]
    positions: NDArray[np.int64]
    values: NDArray[np.int64]


def frequent_values(
    connection: sqlite3.Connection, snapshot: Snapshot, documents: Mask, query: ValueQuery
) -> FrequentValues:
    """Return the most frequent values in ``documents``. The counts are exact up to ``MAX_LEAVES`` leaves."""
    leaves = _read(connection, query, snapshot.rows[documents])
    chosen = _once_a_document(leaves)
    counts = np.bincount(chosen.values) if len(chosen.values) else np.zeros(0, np.int64)
    found: list[ValueCount] = []
    for value in np.argsort(-counts, kind="stable")[: query.limit]:
        first = int(np.searchsorted(chosen.values, value))
        read = _value(connection, query, int(chosen.rows[first]), int(chosen.positions[first]))
        found.append(ValueCount(read, int(counts[value])))
    return FrequentValues(found, is_sample=len(leaves.rows) == MAX_LEAVES)


def _once_a_document(leaves: _Leaves) -> _Leaves:
    """Keep the first leaf of each value in each document: leaves of a value are in the order of rows."""
    repeated = np.zeros(len(leaves.rows), np.bool_)
    repeated[1:] = (np.diff(leaves.rows) == 0) & (np.diff(leaves.values) == 0)
    return _Leaves(*(column[~repeated] for column in leaves))


def _read(connection: sqlite3.Connection, query: ValueQuery, scope: NDArray[np.int64]) -> _Leaves:
    """Read the leaves of a field in the rows ``scope``. SQLite returns each column as one text (see
    ``conditions``)."""
    where, parameters = _condition(query)
    # The sign keeps SQLite on the table's key, whose order the limit needs.
    where += " AND +row IN (SELECT value FROM json_each(?))"
    parameters += (json.dumps(scope.tolist()),)
    columns = f"""SELECT group_concat(row), group_concat(position) FROM (
        SELECT row, position FROM leaf WHERE {where}
        ORDER BY kind, number, text, row, position LIMIT {MAX_LEAVES})"""  # noqa: S608
    lengths = f"""SELECT group_concat(leaves) FROM (
        SELECT count(*) AS leaves FROM leaf WHERE {where} GROUP BY kind, number, text)"""  # noqa: S608
    rows, positions = map(_numbers, connection.execute(columns, parameters).fetchone())
    (of_values,) = map(_numbers, connection.execute(lengths, parameters).fetchone())
    return _Leaves(rows, positions, np.repeat(np.arange(len(of_values)), of_values)[: len(rows)])


def _numbers(listed: str | None) -> NDArray[np.int64]:
    return np.fromstring(listed or "", np.int64, sep=",")


def _condition(query: ValueQuery) -> tuple[str, tuple[int | bytes | str, ...]]:
    kinds = ",".join(map(str, _kinds(query)))
    # ``length`` counts the bytes of a blob, and the characters of a text up to a NUL.
    short = f"length(text) <= {_MAX_BYTES} AND length(CAST(text AS TEXT)) <= {MAX_VALUE_CHARACTERS}"
    where = f"path = ? AND kind IN ({kinds}) AND {short}"
    path = word_hash(query.path)
    if not query.prefix:
        return where, (path,)
    prefix = encode_text(query.prefix)
    # No byte of UTF-8 is 255, so incrementing the last byte gives the first text after the prefix.
    beyond = prefix[:-1] + bytes([prefix[-1] + 1])
    return f"{where} AND number = 0 AND text >= ? AND text < ?", (path, prefix, beyond)


def _kinds(query: ValueQuery) -> list[int]:
    if query.prefix:
        return [STRING] if LeafType.STRING in query.types else []
    numbers = [WHOLE_NUMBER] if query.whole else [WHOLE_NUMBER, FRACTION]
    kinds = {LeafType.STRING: [STRING], LeafType.NUMBER: numbers, LeafType.BOOLEAN: [BOOLEAN]}
    return sorted(kind for leaf_type in query.types for kind in kinds.get(leaf_type, ()))


def _value(connection: sqlite3.Connection, query: ValueQuery, row: int, position: int) -> str | float | bool:
    """Read the value of one leaf, a text in the spelling of its document."""
    kind, number, text = connection.execute(
        "SELECT kind, number, text FROM leaf WHERE row = ? AND position = ?", (row, position)
    ).fetchone()
    if kind == BOOLEAN:
        return bool(number)
    if kind != STRING:
        return float(number)
    folded = bytes(text).decode("utf-8", "surrogatepass")
    (stored,) = connection.execute("SELECT passages FROM texts WHERE row = ?", (row,)).fetchone()
    spellings = (own for path, _, own in json.loads(stored) if path == query.path)
    return next((own for own in spellings if fold_case(own) == folded), folded)
