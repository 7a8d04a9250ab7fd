"""Content of exports, in each format."""

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, assert_never

from shared.domain.exports.content_scope import ContentScope
from shared.domain.exports.export_format import MAX_JSON_BYTES, ExportFormat
from shared.ports.jobs import CheckStop
from shared.services.exports.content.csv_table import write_csv
from shared.services.exports.content.json_document import write_json, write_json_lines
from shared.services.exports.content.output import Output
from shared.services.exports.content.reader import ContentReader
from shared.services.exports.content.run_table import write_run_table
from shared.services.exports.content.sources import RunTables
from shared.services.exports.content.table_rows import TableRows
from shared.services.exports.content.written import Written
from shared.services.library.file_links import FileLinks
from shared.services.records.documents import Documents

if TYPE_CHECKING:
    from shared.services.exports.content.embeddings import SegmentEmbeddings


class ExportContent:
    """Writes the content of exports. It holds a few pages of records in memory."""

    def __init__(
        self,
        documents: Documents,
        links: FileLinks,
        tables: RunTables,
        embeddings: "Callable[[], SegmentEmbeddings]",
        *,
        max_json_bytes: int = MAX_JSON_BYTES,
    ) -> None:
        """``embeddings`` is called for a Parquet file with vectors only."""
        self._documents = documents
        self._links = links
        self._tables = tables
        self._embeddings = embeddings
        self._max_json_bytes = max_json_bytes

    def write(
        self, scope: ContentScope, export_format: ExportFormat, out: BinaryIO, check_stop: CheckStop
    ) -> Written:
        """Write the file to ``out``, from its start to its end, without seeking.

        Writing one scope twice gives the same bytes, if what it covers is the same.

        Raises:
            ExportTooLarge: a JSON document would pass its limit. Its message names other ways.
            InvalidRequest: the format cannot hold the scope (SQLite holds one run).
            Conflict: a run has not ended, and SQLite is asked for.
            Unavailable: a store does not answer.
        """
        limited = Output(out, self._max_json_bytes if export_format is ExportFormat.JSON else None)
        return Written(self._write(scope, export_format, limited, check_stop), limited.bytes)

    def _write(
        self, scope: ContentScope, export_format: ExportFormat, out: Output, check_stop: CheckStop
    ) -> int:
        reader = ContentReader(self._documents, self._links, scope, check_stop)
        match export_format:
            case ExportFormat.JSON:
                return write_json(reader, out)
            case ExportFormat.JSONL:
                return write_json_lines(reader, out)
            case ExportFormat.CSV:
                return write_csv(TableRows(reader), out)
            case ExportFormat.PARQUET:
                return self._write_parquet(reader, out)
            case ExportFormat.SQLITE:
                return write_run_table(self._tables, self._documents, scope, out, check_stop)
            case _:
                assert_never(export_format)

    def _write_parquet(self, reader: ContentReader, out: Output) -> int:
        from shared.services.exports.content.parquet_table import (  # noqa: PLC0415 - only workers have pyarrow
            write_parquet,
        )

        embeddings = self._embeddings() if reader.scope.include_embeddings else None
        return write_parquet(TableRows(reader), reader.scope, embeddings, out)
