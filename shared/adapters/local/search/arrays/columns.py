"""The columns of documents: what a filter reads, and where the rows of a document are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.growable import MappedArray
from shared.adapters.local.search.arrays.snapshot import Numbers
from shared.adapters.local.search.documents import Row

BEGUN: Final = 1
ERASED: Final = 2
"""States of the erasure of a document's content. Without one, nothing was overwritten."""

FILTERED: Final = ("tenant_id", "index_id", "run_id", "media_id", "level")


class DocumentColumns:
    """One row per document, in files. Texts are numbered; the files have no texts, only their numbers."""

    def __init__(self, folder: Path, length: int) -> None:
        """Open the files with ``length`` documents, or create them. Raises: ValueError, OSError."""
        self.numbers = {name: Numbers() for name in FILTERED}
        self.filtered = {name: MappedArray(folder / name, np.int32, length=length) for name in FILTERED}
        self.rows = MappedArray(folder / "rows", np.int64, length=length)
        self.has_text_space = MappedArray(folder / "has-text-space", np.bool_, length=length)
        self.erased = MappedArray(folder / "erased", np.uint8, length=length)
        ends = length + 1 if length else 0
        self.first_passages = MappedArray(folder / "first-passages", np.int64, length=ends)
        self.first_pictures = MappedArray(folder / "first-pictures", np.int64, length=ends)
        if not length:
            self.first_passages.append([0])
            self.first_pictures.append([0])

    def __len__(self) -> int:
        return len(self.rows)

    def append(
        self,
        batch: Sequence[Row],
        text_space: str,
        passage_counts: NDArray[np.int64],
        picture_counts: NDArray[np.int64],
    ) -> None:
        for name, column in self.filtered.items():
            column.append([self.numbers[name].add(getattr(row, name)) for row in batch])
        self.first_passages.append(self.first_passages.view()[-1] + np.cumsum(passage_counts))
        self.first_pictures.append(self.first_pictures.view()[-1] + np.cumsum(picture_counts))
        self.has_text_space.append([row.text_space == text_space for row in batch])
        self.erased.append(np.zeros(len(batch), np.uint8))
        self.rows.append([row.row for row in batch])

    def mark(self, documents: NDArray[np.intp], state: int) -> None:
        """Store the state of an erasure durably. Raises: OSError."""
        self.erased.write(documents, state)
        self.erased.flush()

    def shorten(self, length: int) -> None:
        """Remove the documents after the first ``length``."""
        for array in self.arrays:
            array.shorten(length + (array in (self.first_passages, self.first_pictures)))

    def require_lengths(self, passages: int, pictures: int) -> None:
        """Raise ValueError if the columns differ in length, or do not have so many passages and pictures."""
        firsts = (self.first_passages, self.first_pictures)
        lengths = {len(array) - (array in firsts) for array in self.arrays}
        ends = [int(array.view()[-1]) for array in firsts]
        if len(lengths) != 1 or ends != [passages, pictures]:
            raise ValueError("The columns of documents are not of one length.")

    def known(self, rows: Iterable[int]) -> NDArray[np.intp]:
        """Return the numbers of the documents with ``rows``, all of which exist."""
        return np.searchsorted(self.rows.view(), np.fromiter(rows, np.int64))

    def examples(self, alive: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return rows of documents that are ``alive``, at least one for each number of each column."""
        found = [np.empty(0, np.int64)]
        documents = np.flatnonzero(alive)
        for column in self.filtered.values():
            values = column.view()[documents]
            example = np.full(int(values.max(initial=-1)) + 1, -1)
            example[values] = documents
            found.append(example[example >= 0])
        return self.rows.view()[np.unique(np.concatenate(found))]

    def restore_numbers(self, examples: Iterable[tuple[int, dict[str, str]]]) -> None:
        """Restore the numbers of the texts from the texts of the rows ``examples``."""
        texts = list(examples)
        documents = self.known(row for row, _ in texts)
        for name, column in self.filtered.items():
            values = column.view()
            known = {
                text[name]: int(values[document])
                for document, (_, text) in zip(documents, texts, strict=True)
            }
            self.numbers[name].restore(known, int(values.max(initial=-1)) + 1)

    @property
    def arrays(self) -> list[MappedArray]:
        return [
            *self.filtered.values(),
            *(self.rows, self.has_text_space, self.erased, self.first_passages, self.first_pictures),
        ]
