"""One state of the arrays, which readers use without a lock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.merging import joined
from shared.adapters.local.search.arrays.postings import Postings
from shared.adapters.local.search.arrays.vectors import Mask, Slots, Vectors
from shared.adapters.local.search.vocabulary import word_hash
from shared.ports.search_index import SearchFilter


class Numbers:
    """A mapping of texts to small numbers. It only grows, and may be read during an ``add``."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._count = 0

    def add(self, value: str) -> int:
        number = self._numbers.get(value)
        if number is None:
            number = self._count
            # First the count: a concurrent ``table`` must be longer than all numbers that it can find.
            self._count += 1
            self._numbers[value] = number
        return number

    def restore(self, numbers: dict[str, int], count: int) -> None:
        """Continue with stored ``numbers``, of which there were ``count``, including forgotten ones."""
        self._numbers, self._count = numbers, count

    def known(self, values: Iterable[str]) -> list[int]:
        return [number for value in values if (number := self._numbers.get(value)) is not None]

    def table(self, values: Iterable[str]) -> Mask:
        """Return a mask that is true at the numbers of ``values``, as long as all assigned numbers."""
        wanted = self.known(values)
        table = np.zeros(self._count, np.bool_)
        table[wanted] = True
        return table


@dataclass(frozen=True)
class Snapshot:
    """One state of the index. Documents are numbered by age; ``rows`` (ascending) are those of the store.

    ``first_passages`` and ``first_pictures`` are longer by one than the documents: the passages of document
    ``n`` are the rows ``first_passages[n]:first_passages[n + 1]``. ``fields`` are the hashes of their paths.
    """

    numbers: dict[str, Numbers]
    rows: NDArray[np.int64]
    columns: dict[str, NDArray[np.int32]]
    alive: Mask
    has_text_space: Mask
    first_passages: NDArray[np.int64]
    first_pictures: NDArray[np.int64]
    fields: NDArray[np.int64]
    texts: Vectors
    pictures: Vectors
    postings: Postings

    @cached_property
    def all_have_text_space(self) -> bool:
        return bool(self.has_text_space.all())

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

    def passages_in(self, documents: Mask, fields: Iterable[str] | None) -> Selection:
        hashes = None if fields is None else np.array([word_hash(field) for field in fields], np.int64)
        return Selection(self.texts, self.first_passages, documents, self.fields, hashes)

    def pictures_in(self, documents: Mask) -> Selection:
        return Selection(self.pictures, self.first_pictures, documents, self.fields, None)

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


@dataclass(frozen=True)
class Selection:
    """The rows of a space whose document is in the mask, and whose field is one of ``hashes`` if given."""

    vectors: Vectors
    firsts: NDArray[np.int64]
    documents: Mask
    fields: NDArray[np.int64]
    hashes: NDArray[np.int64] | None

    @cached_property
    def document_count(self) -> int:
        return int(np.count_nonzero(self.documents))

    @cached_property
    def is_everything(self) -> bool:
        return self.hashes is None and self.document_count == len(self.documents)

    @property
    def estimate(self) -> int:
        """About as many rows are selected, or fewer if fields are given."""
        return self.document_count * len(self.vectors.documents) // max(len(self.documents), 1)

    def among(self, documents: Mask) -> Selection:
        """Restrict the selection to ``documents``."""
        return Selection(self.vectors, self.firsts, self.documents & documents, self.fields, self.hashes)

    def keeps(self, slots: Slots) -> Mask:
        """Return which of the rows ``slots`` are selected."""
        if self.is_everything:
            return np.ones(len(slots), np.bool_)
        kept = self.documents[self.vectors.documents[slots]]
        if self.hashes is not None:
            kept &= np.isin(self.fields[slots], self.hashes)
        return kept

    def slots(self) -> Slots:
        """Return the selected rows, ascending."""
        slots = ranges(self.firsts, np.flatnonzero(self.documents))
        return slots if self.hashes is None else slots[np.isin(self.fields[slots], self.hashes)]


def ranges(firsts: NDArray[np.int64], documents: NDArray[np.integer]) -> Slots:
    """Return all rows of ``documents`` (ascending)."""
    return joined(firsts[documents], firsts[documents + 1])
