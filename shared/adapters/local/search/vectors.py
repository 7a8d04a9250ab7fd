"""Filtered nearest-neighbour search by cosine.

If few rows pass the filter, all of them are scored. Otherwise every row is first compared by the signs of
its components (one bit each, so a scan of 400,000 rows takes a few milliseconds), and the ``CANDIDATES``
rows that pass the filter and differ least from the query are scored. The scan does not depend on the
filter, so the recall does not either. ``docs/adr/0004-embedded-search-index.md`` has the measurements for
the number of candidates.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays import GrowableArray, VectorFile
from shared.adapters.local.search.documents import SCALE

EXACT_ROWS: Final = 12_000
CANDIDATES: Final = 8_192
CANDIDATE_SHARE: Final = 50
"""At least one of this many rows is a candidate: in a larger set, more rows agree with the query by sign."""

_SCAN_BLOCK: Final = 32_768
_SCORE_BLOCK: Final = 2_048
_WORD_BITS: Final = 64

Slots = NDArray[np.intp]
Mask = NDArray[np.bool_]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Vectors:
    """Rows of one space, grouped by document, in the order of the documents.

    ``documents`` (int32) is each row's document; ``codes`` are the signs, 64 components per array.
    """

    documents: NDArray[np.int32]
    weights: Scores
    codes: tuple[NDArray[np.uint64], ...]
    fixed_point: NDArray[np.int16]
    is_weighted: bool


class VectorColumns:
    """The writer of ``Vectors``. One writer at a time."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self.dimension = dimension
        self._file = VectorFile(folder, dimension)
        self._documents = GrowableArray(np.int32)
        self._weights = GrowableArray(np.float32)
        self._codes = [GrowableArray(np.uint64) for _ in range(-(-dimension // _WORD_BITS))]
        self._is_weighted = False

    def __len__(self) -> int:
        return len(self._documents)

    def append(self, documents: NDArray[np.int32], weights: Scores, rows: NDArray[np.int16]) -> None:
        self._file.append(rows)
        for code, column in zip(self._codes, sign_codes(rows).T, strict=True):
            code.append(column)
        self._documents.append(documents)
        self._weights.append(weights)
        self._is_weighted |= bool((weights != 1.0).any())

    def view(self) -> Vectors:
        return Vectors(
            self._documents.view(),
            self._weights.view(),
            tuple(code.view() for code in self._codes),
            self._file.view(),
            self._is_weighted,
        )

    def erase(self, first: int, end: int) -> None:
        """Overwrite the vectors of rows that no later snapshot contains."""
        self._file.erase(first, end)

    def close(self) -> None:
        self._file.close()


def sign_codes(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Convert n x dimension to n x ceil(dimension / 64): one bit per component, set if it is above 0."""
    bits = np.packbits(rows > np.asarray(0, rows.dtype), axis=1)
    missing = -bits.shape[1] % (_WORD_BITS // 8)
    return np.ascontiguousarray(np.pad(bits, ((0, 0), (0, missing)))).view(np.uint64)


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


def nearest(vectors: Vectors, query: Scores, mask: Mask, limit: int) -> tuple[NDArray[np.int32], Scores]:
    """Return the best ``limit`` documents by their best row in ``mask``, with its score, best first."""
    allowed = int(np.count_nonzero(mask))
    if allowed == 0 or limit <= 0:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    candidates = max(CANDIDATES, allowed // CANDIDATE_SHARE, 4 * limit)
    while True:
        exact = allowed <= max(EXACT_ROWS, candidates)
        slots = np.flatnonzero(mask) if exact else _candidates(vectors, query, mask, candidates)
        documents, scores = best_per_document(vectors.documents[slots], score(vectors, query, slots))
        if exact or len(documents) >= limit:
            return _top(documents, scores, limit)
        candidates *= 4  # a few documents with many rows can take all places


def best_per_document(documents: NDArray[np.int32], scores: Scores) -> tuple[NDArray[np.int32], Scores]:
    """Return the best score per document; ``documents`` must be in ascending order."""
    if len(documents) == 0:
        return documents, scores
    starts = np.flatnonzero(np.concatenate(([True], documents[1:] != documents[:-1])))
    return documents[starts], np.maximum.reduceat(scores, starts)


def _top(documents: NDArray[np.int32], scores: Scores, limit: int) -> tuple[NDArray[np.int32], Scores]:
    if len(documents) > limit:
        # Of equal scores at the limit the oldest are kept, so that the same query has the same answer.
        border = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        above = np.flatnonzero(scores > border)
        chosen = np.concatenate((above, np.flatnonzero(scores == border)[: limit - len(above)]))
        documents, scores = documents[chosen], scores[chosen]
    order = np.lexsort((documents, -scores))
    return documents[order], scores[order]


def _candidates(vectors: Vectors, query: Scores, mask: Mask, wanted: int) -> Slots:
    """Return ``wanted`` rows of ``mask`` (which has more) whose signs are nearest to the query, ascending."""
    distances = _sign_distances(vectors.codes, sign_codes(query[None, :])[0])
    if vectors.is_weighted:
        distances = _weighted(distances, vectors.weights, len(query))
    beyond = int(distances.max(initial=0)) + 1
    if not mask.all():
        np.putmask(distances, ~mask, beyond)
    at_most = np.cumsum(np.bincount(distances, minlength=beyond + 1))
    border = int(np.searchsorted(at_most, wanted))
    closer = np.flatnonzero(distances < border)
    level = np.flatnonzero(distances == border)[: wanted - len(closer)]
    return np.sort(np.concatenate((closer, level)))


def _sign_distances(codes: tuple[NDArray[np.uint64], ...], query: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Count the signs in which each row differs from the query, in blocks that fit into the CPU's cache."""
    count = len(codes[0])
    distances = np.zeros(count, np.uint16)
    differing = np.empty(min(count, _SCAN_BLOCK), np.uint64)
    bits = np.empty(len(differing), np.uint8)
    for start in range(0, count, _SCAN_BLOCK):
        block = distances[start : start + _SCAN_BLOCK]
        size = len(block)
        for code, word in zip(codes, query, strict=True):
            np.bitwise_xor(code[start : start + size], word, out=differing[:size])
            np.bitwise_count(differing[:size], out=bits[:size])
            np.add(block, bits[:size], out=block)
    return distances


def _weighted(distances: NDArray[np.uint16], weights: Scores, dimension: int) -> NDArray[np.uint16]:
    """Convert the distances to distances of the weighted cosines that they estimate.

    Two vectors differ in ``angle / pi`` of their signs (Charikar, "Similarity estimation techniques from
    rounding algorithms", STOC 2002).
    """
    steps = np.float32(16_384)
    angles = np.arange(dimension + 1, dtype=np.float32) * np.float32(np.pi / dimension)
    cosines = np.cos(angles)[distances] * weights
    return np.asarray((1 - cosines) * steps, np.uint16)
