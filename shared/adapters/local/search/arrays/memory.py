"""The store's rows as arrays, in snapshots that readers use without a lock."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.checkpoint import Checkpoint
from shared.adapters.local.search.arrays.columns import DocumentColumns
from shared.adapters.local.search.arrays.growable import MappedArray
from shared.adapters.local.search.arrays.postings import PostingColumns
from shared.adapters.local.search.arrays.segments import (
    merge_segments,
    read_segment,
    sync_erased,
    write_segment,
)
from shared.adapters.local.search.arrays.signs import distinct_signs
from shared.adapters.local.search.arrays.snapshot import Snapshot, ranges
from shared.adapters.local.search.arrays.vectors import VectorColumns
from shared.adapters.local.search.documents import Row

RECENT_ENTRIES: Final = 60_000
"""Recent documents become a segment when they have more entries in word lists."""

_MERGE_FACTOR: Final = 4
"""A segment is merged with the one before it unless that is so many times as large."""


class SearchMemory:
    """The writer of snapshots. One writer at a time; any thread may read ``snapshot``."""

    def __init__(self, folder: Path, checkpoint: Checkpoint) -> None:
        """Open the files of ``checkpoint`` in ``folder``, or create them.

        Raises: ValueError, OSError: a file is damaged or missing.
        """
        self.folder, self._checkpoint = folder, checkpoint
        (self._text_space, text_dimension), (self._picture_space, picture_dimension) = checkpoint.spaces
        passages, pictures = checkpoint.passages, checkpoint.pictures
        self.columns = DocumentColumns(folder, checkpoint.documents)
        self._fields = MappedArray(folder / "fields", np.int64, length=passages)
        weighted = checkpoint.is_weighted
        self._texts = VectorColumns(folder, "text", int(text_dimension), passages, weighted)
        self._pictures = VectorColumns(folder, "picture", int(picture_dimension), pictures, False)
        self._postings = PostingColumns(folder, passages, checkpoint.total_length)
        self._segments = [read_segment(folder, name) for name in checkpoint.segments]
        self._alive = np.ones(checkpoint.documents, np.bool_)
        self._older: list[weakref.ref[Snapshot]] = []
        self._removed: list[tuple[list[weakref.ref[Snapshot]], NDArray[np.intp]]] = []
        self._snapshot = self._view()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def spaces(self) -> list[list[str | int]]:
        return self._checkpoint.spaces

    @property
    def dead(self) -> int:
        return int(len(self._alive) - np.count_nonzero(self._alive))

    @property
    def used(self) -> frozenset[str]:
        """The names of the segments' folders."""
        return frozenset(self._checkpoint.segments)

    @property
    def is_segment_due(self) -> bool:
        return len(self._postings) > RECENT_ENTRIES

    def reserve(self, batch: Sequence[Row]) -> None:
        """Allocate the disk space that ``append`` needs. Raises: OSError."""
        passages = sum(row.passage_count for row in batch)
        for array in self.columns.arrays:
            array.reserve(len(batch))
        for array in (*self._texts.arrays, self._fields, self._postings.lengths):
            array.reserve(passages)
        for array in self._pictures.arrays:
            array.reserve(sum(row.picture_count for row in batch))

    def append(self, batch: Sequence[Row]) -> None:
        """Append documents, with rows above all earlier ones. The next ``publish`` makes them visible."""
        documents = np.arange(len(self.columns), len(self.columns) + len(batch), dtype=np.int32)
        passages = np.array([row.passage_count for row in batch], np.int64)
        searched = [row for row in batch if row.picture_space == self._picture_space]
        pictures = np.array(
            [row.picture_count if row.picture_space == self._picture_space else 0 for row in batch], np.int64
        )
        self._append_texts(batch, np.repeat(documents, passages))
        rows = _matrix([row.picture_vectors for row in searched], self._pictures.dimension)
        self._pictures.append(np.repeat(documents, pictures), np.ones(len(rows), np.float32), rows)
        self.columns.append(batch, str(self._text_space), passages, pictures)

    def publish(self, removed: Iterable[int] = ()) -> None:
        """Atomically make appended documents visible, and the documents of the ``removed`` rows invisible."""
        alive = np.ones(len(self.columns), np.bool_)
        alive[: len(self._alive)] = self._alive
        documents = self.columns.known(removed)
        alive[documents] = False
        self._alive = alive
        self._show()
        if len(documents):
            self._removed.append((self._older.copy(), documents))

    def erase_removed(self, *, wait_for_readers: bool = True) -> None:
        """Overwrite the content of removed documents in the files, except, with ``wait_for_readers``, of
        documents that a reader may still use."""
        ready: list[NDArray[np.intp]] = []
        waiting: list[tuple[list[weakref.ref[Snapshot]], NDArray[np.intp]]] = []
        for readers, documents in self._removed:
            if wait_for_readers and any(snapshot() is not None for snapshot in readers):
                waiting.append((readers, documents))
            else:
                ready.append(documents)
        self._removed = waiting
        if ready:
            self._erase(np.unique(np.concatenate(ready)))

    def erase_forgotten(self) -> None:
        """Overwrite the content of documents that were removed before the files were opened."""
        self._erase(np.flatnonzero(~self._alive & ~self.columns.erased.view()))

    def write_segment(self, stamp: str) -> Checkpoint:
        """Write the recent documents as a segment, and merge segments.

        The files are those of the returned checkpoint, with ``stamp``. Raises: OSError.
        """
        text, picture = self._first_recent
        kept = self._alive[self._texts.view(()).documents[text:]]
        segments = list(self._segments)
        segments.append(
            write_segment(
                self.folder,
                uuid4().hex,
                self._postings.sorted(kept, text),
                distinct_signs(text, self._texts.rows(text), self._texts.weights(text)),
                distinct_signs(picture, self._pictures.rows(picture), self._pictures.weights(picture)),
            )
        )
        while len(segments) > 1 and len(segments[-2]) < _MERGE_FACTOR * len(segments[-1]):
            pair = segments[-2], segments[-1]
            texts = self._texts.rows(0), self._texts.weights(0)
            pictures = self._pictures.rows(0), self._pictures.weights(0)
            segments[-2:] = [merge_segments(self.folder, uuid4().hex, pair, texts, pictures)]
        self._flush()
        return replace(
            self._checkpoint,
            stamp=stamp,
            documents=len(self.columns),
            passages=len(self._texts),
            pictures=len(self._pictures),
            total_length=self._postings.total_length,
            is_weighted=self._texts.is_weighted,
            segments=tuple(segment.name for segment in segments),
        )

    def use_segments(self, checkpoint: Checkpoint) -> None:
        """Use the segments of ``checkpoint`` instead of the recent entries. Readers do not wait for this."""
        self._checkpoint = checkpoint
        self._segments = [read_segment(self.folder, name) for name in checkpoint.segments]
        self._postings.clear()
        self._texts.clear_recent()
        self._pictures.clear_recent()
        self._show()

    @property
    def _arrays(self) -> list[MappedArray]:
        vectors = [*self._texts.arrays, *self._pictures.arrays]
        return [*self.columns.arrays, *vectors, self._fields, self._postings.lengths]

    def close(self) -> None:
        for array in self._arrays:
            array.close()

    @property
    def _first_recent(self) -> tuple[int, int]:
        """The first passage and the first picture that no segment has."""
        if not self._segments:
            return 0, 0
        last = self._segments[-1]
        return last.texts.end, last.pictures.end

    def _erase(self, documents: NDArray[np.intp]) -> None:
        if not len(documents):
            return
        slots = ranges(self.columns.first_passages.view(), documents)
        pictures = ranges(self.columns.first_pictures.view(), documents)
        for segment in self._segments:
            segment.erase(slots, pictures)
            sync_erased(self.folder, segment)
        self._texts.erase(slots)
        self._pictures.erase(pictures)
        self._fields.erase(slots)
        self._postings.lengths.erase(slots)
        self._flush()
        self.columns.erased.mark(documents)
        self.columns.erased.flush()

    def _flush(self) -> None:
        for array in self._arrays:
            array.flush()

    def _append_texts(self, batch: Sequence[Row], documents: NDArray[np.int32]) -> None:
        dimension = self._texts.dimension
        vectors = [
            row.text_vectors
            if row.text_space == self._text_space
            else bytes(2 * dimension * row.passage_count)
            for row in batch
        ]
        weights = np.frombuffer(b"".join(row.weights for row in batch), np.float32)
        self._postings.append(
            len(self._texts),
            np.frombuffer(b"".join(row.word_numbers for row in batch), np.uint32),
            np.frombuffer(b"".join(row.word_hashes for row in batch), np.int64),
            np.frombuffer(b"".join(row.word_frequencies for row in batch), np.uint8),
        )
        self._texts.append(documents, weights, _matrix(vectors, dimension))
        self._fields.append(np.frombuffer(b"".join(row.fields for row in batch), np.int64))

    def _show(self) -> None:
        """Replace the snapshot. Readers may still use the older ones."""
        alive = [snapshot for snapshot in self._older if snapshot() is not None]
        self._older = [*alive, weakref.ref(self._snapshot)]
        self._snapshot = self._view()

    def _view(self) -> Snapshot:
        columns = self.columns
        return Snapshot(
            numbers=columns.numbers,
            rows=columns.rows.view(),
            columns={name: column.view() for name, column in columns.filtered.items()},
            alive=self._alive,
            has_text_space=columns.has_text_space.view(),
            first_passages=columns.first_passages.view(),
            first_pictures=columns.first_pictures.view(),
            fields=self._fields.view(),
            texts=self._texts.view(tuple(segment.texts for segment in self._segments)),
            pictures=self._pictures.view(tuple(segment.pictures for segment in self._segments)),
            postings=self._postings.view(tuple(segment.words for segment in self._segments)),
        )


def _matrix(vectors: Sequence[bytes], dimension: int) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(vectors), np.int16).reshape(-1, dimension)
