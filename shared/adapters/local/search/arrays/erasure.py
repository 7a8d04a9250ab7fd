"""Erasure of the content of removed documents from the arrays' files.

The state of each erasure is stored: without one, begun, or done. It is the only record of what is left to
do, so an erasure that fails is repeated by the next one, and after a crash by the opening of the files.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.columns import BEGUN, ERASED
from shared.adapters.local.search.arrays.segments import Segment
from shared.adapters.local.search.arrays.signs import DistinctSigns
from shared.adapters.local.search.arrays.snapshot import Snapshot, ranges
from shared.adapters.local.search.arrays.tables import Tables
from shared.adapters.local.search.arrays.vectors import Mask, Slots, VectorColumns

Readers = list[weakref.ref[Snapshot]]


class Erasure:
    """Overwrites removed documents. One writer at a time."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._is_due = bool(len(tables.columns))
        self._used: list[tuple[Readers, NDArray[np.intp]]] = []

    def add(self, documents: NDArray[np.intp], readers: Readers) -> None:
        """Note that ``documents`` are removed, whose content is kept for ``readers``."""
        self._is_due = True
        if readers:
            self._used.append((readers, documents))

    def run(self, alive: Mask, segments: Sequence[Segment]) -> None:
        """Overwrite the content of documents that are not ``alive``, except of those that a reader still
        uses. Raises: OSError: the next call repeats it."""
        if not self._is_due:
            return
        used = [each for each in self._used if any(reader() for reader in each[0])]
        due = ~alive & (self._tables.columns.erased.view() != ERASED)
        for _, documents in used:
            due[documents] = False
        if due.any():
            self._erase(due, segments)
        self._used, self._is_due = used, bool(used)

    def repeat(self, alive: Mask, segments: Sequence[Segment]) -> None:
        """Repeat erasures that a crash interrupted. Which of their bytes are on disk is not known, so all
        removed documents are erased. Raises: OSError."""
        if (self._tables.columns.erased.view() == BEGUN).any():
            self._erase(~alive, segments)
        self.run(alive, segments)

    def _erase(self, erased: Mask, segments: Sequence[Segment]) -> None:
        tables, columns, documents = self._tables, self._tables.columns, np.flatnonzero(erased)
        columns.mark(documents, BEGUN)
        gone = np.flatnonzero(columns.erased.view())
        first_passages, first_pictures = columns.first_passages.view(), columns.first_pictures.view()
        passages, gone_passages = ranges(first_passages, documents), ranges(first_passages, gone)
        pictures, gone_pictures = ranges(first_pictures, documents), ranges(first_pictures, gone)
        for segment in segments:
            segment.words.erase(segment.texts.own(passages), segment.texts.own(gone_passages))
        _erase_vectors(tables.texts, passages, gone_passages, [segment.texts for segment in segments])
        _erase_vectors(tables.pictures, pictures, gone_pictures, [segment.pictures for segment in segments])
        tables.fields.write(passages, 0)
        tables.postings.lengths.write(passages, 0)
        for segment in segments:
            segment.flush()
        tables.flush()
        columns.mark(documents, ERASED)


def _erase_vectors(columns: VectorColumns, rows: Slots, gone: Slots, parts: Sequence[DistinctSigns]) -> None:
    """Overwrite the vectors of ``rows`` (ascending). ``gone`` (ascending) are the rows of all documents whose
    erasure has begun."""
    for part in parts:
        is_gone = np.zeros(len(part.places), np.bool_)
        is_gone[part.own(gone) - part.first] = True
        columns.erase(part.erase(part.own(rows), is_gone))
    columns.erase(rows[np.searchsorted(rows, parts[-1].end if parts else 0) :])
