"""Segments as rows of a table: one column a field, and one a leaf of the extracted JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final

from shared.domain.exports.columns import ColumnType, LeafSplit, leaf_columns
from shared.domain.media import Media
from shared.domain.prompts.prompt import JsonObject
from shared.domain.runs.run_table.names import Names
from shared.services.exports.content.reader import ContentReader

_FIELDS: Final = {
    "result_id": ColumnType.STRING,
    "segment_id": ColumnType.STRING,
    "video_id": ColumnType.STRING,
    "run_id": ColumnType.STRING,
    "prompt_id": ColumnType.STRING,
    "video_name": ColumnType.STRING,
    "source_index_id": ColumnType.STRING,
    "executed_at": ColumnType.STRING,
    "start_time": ColumnType.NUMBER,
    "end_time": ColumnType.NUMBER,
    "gcs_uri": ColumnType.STRING,
    "thumbnail_gcs_uri": ColumnType.STRING,
    "gif_gcs_uri": ColumnType.STRING,
    "metadata_text": ColumnType.STRING,
    "processing_warning": ColumnType.STRING,
    "field_extraction_succeeded": ColumnType.BOOLEAN,
    "transcription_succeeded": ColumnType.BOOLEAN,
    "image_embedding_succeeded": ColumnType.BOOLEAN,
    "field_extraction_error": ColumnType.STRING,
    "transcription_error": ColumnType.STRING,
    "image_embedding_error": ColumnType.STRING,
}
"""Columns with the names and values of the fields of a segment."""

_FIELD_MARKERS: Final = "extracted_metadata_markers"
_MARKER: Final = ("color", "note")
_METADATA: Final = "metadata"
REST: Final = "metadata_rest"
"""The column of extracted values that no other column holds, as JSON text."""

_fields_of = itemgetter(*_FIELDS)
_marker_of = itemgetter(*_MARKER)


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: ColumnType


@dataclass(frozen=True, slots=True)
class TablePage:
    """Segments of one medium, and a row for each."""

    media: Media
    segments: Sequence[JsonObject]
    rows: Sequence[Sequence[Any]]


class TableRows:
    """The columns and the rows of an export. A value of a ``json`` column is a JSON value, or None."""

    def __init__(self, reader: ContentReader) -> None:
        self._reader = reader
        leaves = leaf_columns(run.prompt.json_schema for run in reader.runs())
        self._split = LeafSplit(leaves).split
        names = Names()
        self.columns: list[Column] = [
            *(Column(name, kind) for name, kind in _FIELDS.items()),
            *(Column(f"marker.{name}", ColumnType.STRING) for name in _MARKER),
            Column(_FIELD_MARKERS, ColumnType.JSON),
            *(Column(names.claim(f"{_METADATA}.{leaf.path}"), leaf.type) for leaf in leaves),
            Column(REST, ColumnType.JSON),
        ]

    def pages(self) -> Iterator[TablePage]:
        """Yield the rows, page by page."""
        for medium, segments in self._reader.segments():
            yield TablePage(medium.media, segments, [self._row(segment) for segment in segments])

    def _row(self, segment: JsonObject) -> list[Any]:
        values, rest = self._split(segment[_METADATA])
        return [
            *_fields_of(segment),
            *_marker_of(segment["marker"]),
            segment[_FIELD_MARKERS] or None,
            *values,
            rest or None,
        ]
