"""The vectors of one space: 16-bit fixed point in a mapped file, and their signs in memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.growable import GrowableArray, MappedArray
from shared.adapters.local.search.arrays.signs import DistinctSigns, code_words, sign_codes
from shared.adapters.local.search.documents import SCALE

_SCORE_BLOCK: Final = 2_048

Slots = NDArray[np.intp]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows of one space, grouped by document, in the order of the documents.

    ``documents`` (int32) is each row's document. ``parts`` are the signs of the first rows, ``recent`` those
    of the others, words x rows.
    """

    documents: NDArray[np.int32]
    weights: Scores
    fixed_point: NDArray[np.int16]
    is_weighted: bool
    parts: tuple[DistinctSigns, ...]
    recent: NDArray[np.uint64]

    @property
    def first_recent(self) -> int:
        return len(self.documents) - int(self.recent.shape[1])


class VectorColumns:
    """The writer of ``Vectors``. One writer at a time. ``length`` rows are stored in ``folder``."""

    def __init__(self, folder: Path, name: str, dimension: int, length: int, is_weighted: bool) -> None:
        self.dimension, self.is_weighted = dimension, is_weighted
        self._rows = MappedArray(folder / f"{name}-vectors", np.int16, dimension, length)
        self._documents = MappedArray(folder / f"{name}-documents", np.int32, length=length)
        self._weights = MappedArray(folder / f"{name}-weights", np.float32, length=length)
        self.clear_recent()

    def __len__(self) -> int:
        return len(self._documents)

    @property
    def arrays(self) -> list[MappedArray]:
        return [self._rows, self._documents, self._weights]

    def append(self, documents: NDArray[np.int32], weights: Scores, rows: NDArray[np.int16]) -> None:
        self._rows.append(rows)
        self._recent.append(sign_codes(rows).T)
        self._documents.append(documents)
        self._weights.append(weights)
        self.is_weighted |= bool((weights != 1.0).any())

    def view(self, parts: tuple[DistinctSigns, ...]) -> Vectors:
        return Vectors(
            self._documents.view(),
            self._weights.view(),
            self._rows.view(),
            self.is_weighted,
            parts,
            self._recent.view().T,
        )

    @property
    def documents(self) -> NDArray[np.int32]:
        return self._documents.view()

    def weights(self, first: int) -> Scores:
        return np.asarray(self._weights.view()[first:])

    def rows(self, first: int) -> NDArray[np.int16]:
        return np.asarray(self._rows.view()[first:])

    @property
    def recent(self) -> int:
        """The number of rows whose signs no segment has."""
        return len(self._recent)

    def shorten(self, length: int, recent: int) -> None:
        """Remove the rows after the first ``length``; ``recent`` of these are in no segment."""
        for array in self.arrays:
            array.shorten(length)
        self._recent.shorten(recent)

    def clear_recent(self) -> None:
        """Forget the signs of recent rows. Views of them stay valid."""
        self._recent = GrowableArray(np.uint64, code_words(self.dimension))

    def erase(self, rows: Slots) -> None:
        """Overwrite the vectors of rows that no later snapshot contains."""
        self._rows.write(rows, 0)
        self._weights.write(rows, 0)


def score(vectors: Vectors, query: Scores, slots: Slots) -> Scores:
    """Return cosine times weight of the rows at ``slots``."""
    scores = np.empty(len(slots), np.float32)
    for start in range(0, len(slots), _SCORE_BLOCK):
        block = slots[start : start + _SCORE_BLOCK]
        # One product per row: BLAS would use several threads for a matrix, which then busy-wait.
        np.vecdot(
            vectors.fixed_point[block].astype(np.float32), query, out=scores[start : start + len(block)]
        )
    scores *= vectors.weights[slots] / np.float32(SCALE)
    return scores


def best_per_document(documents: NDArray[np.int32], scores: Scores) -> tuple[NDArray[np.int32], Scores]:
    """Return the best score per document; ``documents`` must be in ascending order."""
    if len(documents) == 0:
        return documents, scores
    starts = np.flatnonzero(np.concatenate(([True], documents[1:] != documents[:-1])))
    return documents[starts], np.maximum.reduceat(scores, starts)
