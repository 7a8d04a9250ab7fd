"""An export as CSV: UTF-8, a header row, RFC 4180, safe against formula injection."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Any

from shared.domain.exports.columns import ColumnType
from shared.domain.exports.formulas import safe_cell
from shared.services.exports.content.output import Output, json_text, plain_text
from shared.services.exports.content.table_rows import TableRows


def write_csv(rows: TableRows, out: Output) -> int:
    """Write the table. Return the number of segments."""
    kinds = [column.type for column in rows.columns]
    out.write(_lines([[column.name for column in rows.columns]]))
    count = 0
    for page in rows.pages():
        out.write(_lines([list(map(_cell, kinds, row)) for row in page.rows]))
        count += len(page.rows)
    return count


def _lines(rows: Iterable[Sequence[Any]]) -> bytes:
    page = StringIO(newline="")
    csv.writer(page, lineterminator="\r\n").writerows(rows)
    text = page.getvalue()
    try:
        return text.encode()
    except UnicodeEncodeError:
        return plain_text(text).encode()


def _cell(kind: ColumnType, value: Any) -> Any:
    """Return the content of a cell. An empty cell is a missing value or an empty text."""
    if value is None:
        return ""
    match kind:
        case ColumnType.STRING:
            return safe_cell(value)
        case ColumnType.BOOLEAN:
            return "true" if value else "false"
        case ColumnType.JSON:
            return json_text(value)
        case ColumnType.INTEGER | ColumnType.NUMBER:
            return value
