"""Formats of an export's file."""

from enum import StrEnum
from typing import Final

MAX_JSON_BYTES: Final = 64 * 1024 * 1024
"""The longest JSON document. The official clients read no more."""


class ExportFormat(StrEnum):
    """The format of an export's file. Its value is also the ending of the file's name."""

    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    SQLITE = "sqlite"

    @property
    def media_type(self) -> str:
        """The media type of the file, for ``Content-Type``."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {
    ExportFormat.JSON: "application/json",
    ExportFormat.JSONL: "application/x-ndjson",
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.PARQUET: "application/vnd.apache.parquet",
    ExportFormat.SQLITE: "application/vnd.sqlite3",
}
