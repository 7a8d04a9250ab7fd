"""An export as Parquet. Only workers have pyarrow, so this module is imported when a table is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import RawIOBase
from typing import Any, Final, assert_never

import pyarrow as pa
from pyarrow import parquet

from shared.domain.exports.columns import ColumnType
from shared.domain.exports.content_scope import ContentScope
from shared.domain.exports.document import LAYOUT_VERSION
from shared.services.exports.content.embeddings import SegmentEmbeddings
from shared.services.exports.content.output import Output, json_text, plain_text
from shared.services.exports.content.table_rows import Column, TablePage, TableRows

TEXT_EMBEDDING: Final = "text_embedding"
IMAGE_EMBEDDING: Final = "image_embedding"
METADATA_KEY: Final = "videovector"
"""The key of the file's metadata: JSON with the layout version, the scope, and the spaces of vectors."""

_MAX_GROUP_ROWS: Final = 5_000
_MAX_GROUP_CHARACTERS: Final = 16 * 1024**2
_VECTOR: Final = pa.list_(pa.float32())


def write_parquet(
    rows: TableRows, scope: ContentScope, embeddings: SegmentEmbeddings | None, out: Output
) -> int:
    """Write the table, with the vectors of ``embeddings`` if it is given. Return the number of segments."""
    schema = pa.schema(
        [pa.field(column.name, _arrow_type(column.type)) for column in rows.columns]
        + [pa.field(name, _VECTOR) for name in (TEXT_EMBEDDING, IMAGE_EMBEDDING) if embeddings],
        metadata={METADATA_KEY: json.dumps(_metadata(scope, embeddings))},
    )
    count = 0
    with parquet.ParquetWriter(_Sink(out), schema, compression="zstd") as writer:  # type: ignore[no-untyped-call]
        for group in _groups(rows, embeddings):
            columns = [pa.array(values, kind) for values, kind in zip(group, schema.types, strict=True)]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
            count += len(group[0])
    return count


def _metadata(scope: ContentScope, embeddings: SegmentEmbeddings | None) -> dict[str, Any]:
    spaces = (
        {
            TEXT_EMBEDDING: embeddings.text_space.model_dump(),
            IMAGE_EMBEDDING: embeddings.picture_space.model_dump(),
        }
        if embeddings
        else {}
    )
    return {
        "layout_version": LAYOUT_VERSION,
        "export_type": scope.export_type,
        "target_id": scope.target_id,
        "result_scope": scope.result_scope,
        "created_at": scope.created_at,
        "embeddings": spaces,
    }


def _groups(rows: TableRows, embeddings: SegmentEmbeddings | None) -> Iterator[list[list[Any]]]:
    """Yield the values of each column for one row group, bounded by rows and by characters."""
    group: list[Sequence[Any]] = []
    characters = 0
    for page in rows.pages():
        for row in _with_vectors(page, rows.columns, embeddings):
            size = sum(len(value) for value in row if isinstance(value, str))
            if group and (len(group) >= _MAX_GROUP_ROWS or characters + size > _MAX_GROUP_CHARACTERS):
                yield _transposed(group)
                group, characters = [], 0
            group.append(row)
            characters += size
    if group:
        yield _transposed(group)


def _with_vectors(
    page: TablePage, columns: Sequence[Column], embeddings: SegmentEmbeddings | None
) -> Iterator[Sequence[Any]]:
    kinds = [column.type for column in columns]
    values = [list(map(_value, kinds, row)) for row in page.rows]
    if embeddings is None:
        yield from values
        return
    texts = embeddings.of_texts(page.segments)
    pictures = embeddings.of_pictures(page.media, page.segments)
    for row, text, picture in zip(values, texts, pictures, strict=True):
        yield [*row, text, picture]


def _transposed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _value(kind: ColumnType, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case ColumnType.STRING:
            return value if value.isascii() else plain_text(value)
        case ColumnType.JSON:
            return json_text(value)
        case ColumnType.INTEGER | ColumnType.NUMBER | ColumnType.BOOLEAN:
            return value
        case _:
            assert_never(kind)


def _arrow_type(kind: ColumnType) -> pa.DataType:
    match kind:
        case ColumnType.STRING | ColumnType.JSON:
            return pa.string()
        case ColumnType.INTEGER:
            return pa.int64()
        case ColumnType.NUMBER:
            return pa.float64()
        case ColumnType.BOOLEAN:
            return pa.bool_()
        case _:
            assert_never(kind)


class _Sink(RawIOBase):
    """The file as Arrow writes to it: from start to end."""

    def __init__(self, out: Output) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._out.bytes

    def write(self, data: Any) -> int:
        return self._out.write(bytes(data))
