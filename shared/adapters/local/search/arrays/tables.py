"""All rows of documents, passages and pictures, in files, with the entries that no segment has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.checkpoint import Checkpoint
from shared.adapters.local.search.arrays.columns import DocumentColumns
from shared.adapters.local.search.arrays.growable import MappedArray
from shared.adapters.local.search.arrays.postings import PostingColumns
from shared.adapters.local.search.arrays.segments import Segment
from shared.adapters.local.search.arrays.snapshot import Snapshot
from shared.adapters.local.search.arrays.vectors import Mask, VectorColumns
from shared.adapters.local.search.documents import Row


class Lengths(NamedTuple):
    """The rows of the tables. ``recent_*`` and ``entries`` are those that no segment has."""

    documents: int
    passages: int
    pictures: int
    recent_passages: int
    recent_pictures: int
    entries: int
    total_length: int
    is_weighted: bool


class Tables:
    """The writer of rows. One writer at a time."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        """Open the files with the rows of ``checkpoint``, or create them. Raises: ValueError, OSError."""
        (text_space, text_dimension), (picture_space, picture_dimension) = checkpoint.spaces
        self._text_space, self._picture_space = str(text_space), str(picture_space)
        passages, weighted = checkpoint.passages, checkpoint.is_weighted
        self.columns = DocumentColumns(folder, checkpoint.documents)
        self.fields = MappedArray(folder / "fields", np.int64, length=passages)
        self.texts = VectorColumns(folder, "text", int(text_dimension), passages, weighted)
        self.pictures = VectorColumns(folder, "picture", int(picture_dimension), checkpoint.pictures, False)
        self.postings = PostingColumns(folder, passages, checkpoint.total_length)

    @property
    def lengths(self) -> Lengths:
        return Lengths(
            len(self.columns),
            len(self.texts),
            len(self.pictures),
            self.texts.recent,
            self.pictures.recent,
            len(self.postings),
            self.postings.total_length,
            self.texts.is_weighted,
        )

    def append(self, batch: Sequence[Row]) -> None:
        """Append documents, with rows above all earlier ones. Raises: OSError: some rows were appended."""
        documents = np.arange(len(self.columns), len(self.columns) + len(batch), dtype=np.int32)
        passages = np.array([row.passage_count for row in batch], np.int64)
        searched = [row for row in batch if row.picture_space == self._picture_space]
        pictures = np.array(
            [row.picture_count if row.picture_space == self._picture_space else 0 for row in batch], np.int64
        )
        self._append_texts(batch, np.repeat(documents, passages))
        rows = _matrix([row.picture_vectors for row in searched], self.pictures.dimension)
        self.pictures.append(np.repeat(documents, pictures), np.ones(len(rows), np.float32), rows)
        self.columns.append(batch, self._text_space, passages, pictures)

    def shorten(self, lengths: Lengths) -> None:
        """Remove rows that were appended after the tables had these ``lengths``. No view may cover them."""
        self.columns.shorten(lengths.documents)
        self.fields.shorten(lengths.passages)
        self.texts.shorten(lengths.passages, lengths.recent_passages)
        self.texts.is_weighted = lengths.is_weighted
        self.pictures.shorten(lengths.pictures, lengths.recent_pictures)
        self.postings.shorten(lengths.passages, lengths.entries, lengths.total_length)

    def clear_recent(self) -> None:
        """Forget the entries and signs of recent rows, which a segment has. Views of them stay valid."""
        self.postings.clear()
        self.texts.clear_recent()
        self.pictures.clear_recent()

    def checkpoint(self, previous: Checkpoint, stamp: str, segments: Sequence[Segment]) -> Checkpoint:
        """Return the checkpoint of all rows. Raises: ValueError: the tables contradict each other."""
        self.require_consistency(segments)
        lengths = self.lengths
        return replace(
            previous,
            stamp=stamp,
            documents=lengths.documents,
            passages=lengths.passages,
            pictures=lengths.pictures,
            total_length=lengths.total_length,
            is_weighted=lengths.is_weighted,
            segments=tuple(segment.name for segment in segments),
        )

    def require_consistency(self, segments: Sequence[Segment]) -> None:
        """Raise ValueError if tables differ in length, or ``segments`` do not have all rows of the spaces."""
        self.columns.require_lengths(len(self.texts), len(self.pictures))
        by_passage = {len(array) for array in (*self.texts.arrays, self.fields, self.postings.lengths)}
        by_picture = {len(array) for array in self.pictures.arrays}
        text, picture = 0, 0
        for segment in segments:
            segment.require_start(text, picture)
            text, picture = segment.texts.end, segment.pictures.end
        if by_passage != {text} or by_picture != {picture}:
            raise ValueError("The segments do not have all rows.")

    def view(self, alive: Mask, segments: Sequence[Segment]) -> Snapshot:
        columns = self.columns
        return Snapshot(
            numbers=columns.numbers,
            rows=columns.rows.view(),
            columns={name: column.view() for name, column in columns.filtered.items()},
            alive=alive,
            has_text_space=columns.has_text_space.view(),
            first_passages=columns.first_passages.view(),
            first_pictures=columns.first_pictures.view(),
            fields=self.fields.view(),
            texts=self.texts.view(tuple(segment.texts for segment in segments)),
            pictures=self.pictures.view(tuple(segment.pictures for segment in segments)),
            postings=self.postings.view(tuple(segment.words for segment in segments)),
        )

    def flush(self) -> None:
        for array in self._arrays:
            array.flush()

    def close(self) -> None:
        for array in self._arrays:
            array.close()

    @property
    def _arrays(self) -> list[MappedArray]:
        vectors = [*self.texts.arrays, *self.pictures.arrays]
        return [*self.columns.arrays, *vectors, self.fields, self.postings.lengths]

    def _append_texts(self, batch: Sequence[Row], documents: NDArray[np.int32]) -> None:
        dimension = self.texts.dimension
        vectors = [
            row.text_vectors
            if row.text_space == self._text_space
            else bytes(2 * dimension * row.passage_count)
            for row in batch
        ]
        weights = np.frombuffer(b"".join(row.weights for row in batch), np.float32)
        self.postings.append(
            len(self.texts),
            np.frombuffer(b"".join(row.word_numbers for row in batch), np.uint32),
            np.frombuffer(b"".join(row.word_hashes for row in batch), np.int64),
            np.frombuffer(b"".join(row.word_frequencies for row in batch), np.uint8),
        )
        self.texts.append(documents, weights, _matrix(vectors, dimension))
        self.fields.append(np.frombuffer(b"".join(row.fields for row in batch), np.int64))


def _matrix(vectors: Sequence[bytes], dimension: int) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(vectors), np.int16).reshape(-1, dimension)
