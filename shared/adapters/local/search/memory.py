"""The store's rows as arrays in memory, in snapshots that readers use without a lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays import GrowableArray
from shared.adapters.local.search.documents import Row
from shared.adapters.local.search.lexical import PostingColumns, Postings
from shared.adapters.local.search.vectors import Mask, VectorColumns, Vectors
from shared.adapters.local.search.vocabulary import word_hash
from shared.domain.evidence import EmbeddingSpace
from shared.ports.search_index import SearchFilter

_COLUMNS = ("tenant_id", "index_id", "run_id", "media_id", "level")


class Numbers:
    """A mapping of texts to small numbers. It only grows, and may be read during an ``add``."""

    def __init__(self) -> None:
        self._numbers: dict[str | int, int] = {}

    def add(self, value: str | int) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def known(self, values: Iterable[str | int]) -> list[int]:
        return [number for value in values if (number := self._numbers.get(value)) is not None]

    def table(self, values: Iterable[str | int]) -> Mask:
        """Return a mask that is true at the numbers of ``values``, as long as all assigned numbers."""
        wanted = self.known(values)
        table = np.zeros(len(self._numbers), np.bool_)
        table[wanted] = True
        return table


@dataclass(frozen=True)
class Snapshot:
    """One state of the index. Documents are numbered by age; ``rows`` (ascending) are those of the store.

    ``first_passages`` and ``first_pictures`` are longer by one than the documents: the passages of document
    ``n`` are the rows ``first_passages[n]:first_passages[n + 1]``.
    """

    numbers: dict[str, Numbers]
    rows: NDArray[np.int64]
    columns: dict[str, NDArray[np.int32]]
    alive: Mask
    has_text_space: Mask
    first_passages: NDArray[np.int64]
    first_pictures: NDArray[np.int64]
    fields: NDArray[np.int32]
    texts: Vectors
    pictures: Vectors
    postings: Postings

    @cached_property
    def searched_texts(self) -> Mask | None:
        """The passages with a vector in the searched space; None if all have one."""
        if self.has_text_space.all():
            return None
        return self.has_text_space[self.texts.documents]

    def documents_in(self, scope: SearchFilter) -> Mask:
        """Return the mask of the documents in ``scope``."""
        mask = self._at("tenant_id", scope.readable_tenant_ids) & self.alive
        restrictions: dict[str, Iterable[str] | None] = {
            "index_id": scope.index_ids,
            "run_id": scope.run_ids,
            "media_id": scope.media_ids,
            "level": None if scope.level is None else [str(scope.level)],
        }
        for column, allowed in restrictions.items():
            if allowed is not None:
                mask &= self._at(column, allowed)
        return mask

    def passages_in(self, documents: Mask, fields: Iterable[str] | None) -> Mask:
        mask = documents[self.texts.documents]
        if fields is not None:
            mask &= self.numbers["field"].table(word_hash(field) for field in fields)[self.fields]
        return mask

    def pictures_in(self, documents: Mask) -> Mask:
        return documents[self.pictures.documents]

    def numbers_of(self, rows: NDArray[np.int64]) -> NDArray[np.intp]:
        """Return the document numbers of those ``rows`` that this snapshot contains."""
        places = np.searchsorted(self.rows, rows)
        known = places < len(self.rows)
        known[known] = self.rows[places[known]] == rows[known]
        return places[known]

    def _at(self, column: str, allowed: Iterable[str]) -> Mask:
        values = list(allowed)
        wanted = self.numbers[column].known(values)
        if len(wanted) == 1:
            return np.equal(self.columns[column], wanted[0])
        return self.numbers[column].table(values)[self.columns[column]]


class SearchMemory:
    """The writer of snapshots. One writer at a time; any thread may read ``snapshot``."""

    def __init__(self, folder: Path, text_space: EmbeddingSpace, picture_space: EmbeddingSpace) -> None:
        self._text_space, self._picture_space = text_space.name, picture_space.name
        self._numbers = {name: Numbers() for name in (*_COLUMNS, "field")}
        self._columns = {name: GrowableArray(np.int32) for name in _COLUMNS}
        self._rows = GrowableArray(np.int64)
        self._has_text_space = GrowableArray(np.bool_)
        self._first_passages, self._first_pictures = GrowableArray(np.int64), GrowableArray(np.int64)
        self._first_passages.append([0])
        self._first_pictures.append([0])
        self._fields = GrowableArray(np.int32)
        self._texts = VectorColumns(folder, text_space.dimension)
        self._pictures = VectorColumns(folder, picture_space.dimension)
        self._postings = PostingColumns()
        self._alive = np.empty(0, np.bool_)
        self._snapshot = self._view()

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def dead(self) -> int:
        return int(len(self._alive) - np.count_nonzero(self._alive))

    def append(self, batch: Sequence[Row]) -> None:
        """Append documents, with rows above all earlier ones. The next ``publish`` makes them visible."""
        for name, column in self._columns.items():
            column.append([self._numbers[name].add(getattr(row, name)) for row in batch])
        documents = np.arange(len(self._rows), len(self._rows) + len(batch), dtype=np.int32)
        self._append_texts(batch, documents)
        self._append_pictures(batch, documents)
        self._rows.append([row.row for row in batch])
        self._has_text_space.append([row.text_space == self._text_space for row in batch])

    def publish(self, removed: Iterable[int] = ()) -> None:
        """Atomically make appended documents visible, and the documents of the ``removed`` rows invisible."""
        alive = np.ones(len(self._rows), np.bool_)
        alive[: len(self._alive)] = self._alive
        alive[np.searchsorted(self._rows.view(), np.array(list(removed), np.int64))] = False
        self._alive = alive
        self._snapshot = self._view()

    def tidy(self) -> None:
        """Merge the word lists if due. Readers do not wait for this."""
        if self._postings.merge_when_due():
            self._snapshot = self._view()

    def erase(self, rows: Iterable[int]) -> None:
        """Overwrite the vectors of deleted documents, because they are in a file on disk."""
        for number in np.searchsorted(self._rows.view(), np.array(list(rows), np.int64)):
            self._texts.erase(*self._first_passages.view()[number : number + 2])
            self._pictures.erase(*self._first_pictures.view()[number : number + 2])

    def close(self) -> None:
        self._texts.close()
        self._pictures.close()

    def _append_texts(self, batch: Sequence[Row], documents: NDArray[np.int32]) -> None:
        counts = np.array([row.passage_count for row in batch], np.int64)
        first = len(self._texts)
        vectors = [
            row.text_vectors
            if row.text_space == self._text_space
            else bytes(2 * self._texts.dimension * row.passage_count)
            for row in batch
        ]
        weights = np.frombuffer(b"".join(row.weights for row in batch), np.float32)
        self._texts.append(np.repeat(documents, counts), weights, _matrix(vectors, self._texts.dimension))
        self._postings.append(
            first,
            np.frombuffer(b"".join(row.word_numbers for row in batch), np.uint32),
            np.frombuffer(b"".join(row.word_hashes for row in batch), np.int64),
            np.frombuffer(b"".join(row.word_frequencies for row in batch), np.uint8),
        )
        paths = np.frombuffer(b"".join(row.fields for row in batch), np.int64)
        unique, inverse = np.unique(paths, return_inverse=True)
        numbers = np.array([self._numbers["field"].add(int(path)) for path in unique], np.int32)
        self._fields.append(numbers[inverse])
        self._first_passages.append(first + np.cumsum(counts))

    def _append_pictures(self, batch: Sequence[Row], documents: NDArray[np.int32]) -> None:
        searched = [row.picture_space == self._picture_space for row in batch]
        counts = np.array(
            [
                row.picture_count if is_searched else 0
                for row, is_searched in zip(batch, searched, strict=True)
            ],
            np.int64,
        )
        vectors = [
            row.picture_vectors for row, is_searched in zip(batch, searched, strict=True) if is_searched
        ]
        first = len(self._pictures)
        rows = _matrix(vectors, self._pictures.dimension)
        self._pictures.append(np.repeat(documents, counts), np.ones(len(rows), np.float32), rows)
        self._first_pictures.append(first + np.cumsum(counts))

    def _view(self) -> Snapshot:
        return Snapshot(
            numbers=self._numbers,
            rows=self._rows.view(),
            columns={name: column.view() for name, column in self._columns.items()},
            alive=self._alive,
            has_text_space=self._has_text_space.view(),
            first_passages=self._first_passages.view(),
            first_pictures=self._first_pictures.view(),
            fields=self._fields.view(),
            texts=self._texts.view(),
            pictures=self._pictures.view(),
            postings=self._postings.view(),
        )


def _matrix(vectors: Sequence[bytes], dimension: int) -> NDArray[np.int16]:
    return np.frombuffer(b"".join(vectors), np.int16).reshape(-1, dimension)
