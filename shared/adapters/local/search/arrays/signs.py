"""Signs of the components of vectors, one bit each, partitioned so that a scan reads the nearest lists only.

The rows are partitioned by the nearest of some centroids, which two levels of k-means give. Rows of one list
are adjacent, so a scan of a few lists reads few pages and no row that is far from the query.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

ROWS_PER_LIST: Final = 3_000
_SAMPLE_PER_LIST: Final = 40
_ROUNDS: Final = 6
_BLOCK: Final = 4_096
_SCAN_BLOCK: Final = 16_384
_WORD_BITS: Final = 64
_WORDS_IN_BYTE: Final = 3
"""The signs that differ in so many words are counted in one byte."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SignPartition:
    """The signs of the rows ``first``.. of a space, in the order of their lists.

    List ``i`` is the positions ``offsets[i]:offsets[i + 1]``. ``order`` is the row at each position, and
    ``places`` the position of each row, both counted from ``first``. ``codes`` is words x rows: bit ``j`` of
    word ``i`` is set if component ``64 * i + j`` is above 0.
    """

    first: int
    centroids: Floats
    offsets: NDArray[np.int64]
    order: NDArray[np.uint32]
    places: NDArray[np.uint32]
    codes: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.order)

    def erase(self, rows: NDArray[np.intp]) -> None:
        """Overwrite the signs of those of ``rows`` that are in the partition."""
        own = rows[(rows >= self.first) & (rows < self.first + len(self))] - self.first
        self.codes[:, self.places[own]] = 0


def sign_codes(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Convert n x dimension to ceil(dimension / 64) x n: one bit per component, set if it is above 0."""
    bits = np.packbits(rows > np.asarray(0, rows.dtype), axis=1)
    missing = -bits.shape[1] % (_WORD_BITS // 8)
    words = np.ascontiguousarray(np.pad(bits, ((0, 0), (0, missing)))).view(np.uint64)
    return np.ascontiguousarray(words.T)


def sign_distances(codes: NDArray[np.uint64], query: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Count the signs in which each row of ``codes`` (words x n) differs from the query (words x 1)."""
    count = codes.shape[1]
    distances = np.empty(count, np.uint16)
    for start in range(0, count, _SCAN_BLOCK):
        bits = np.bitwise_count(codes[:, start : start + _SCAN_BLOCK] ^ query)
        block = distances[start : start + _SCAN_BLOCK]
        block[:] = np.add.reduce(bits[:_WORDS_IN_BYTE], axis=0, dtype=np.uint8)
        for word in range(_WORDS_IN_BYTE, len(bits), _WORDS_IN_BYTE):
            block += np.add.reduce(bits[word : word + _WORDS_IN_BYTE], axis=0, dtype=np.uint8)
    return distances


def partition(first: int, rows: NDArray[np.int16], centroids: Floats | None = None) -> SignPartition:
    """Partition ``rows``, the first of which is row ``first``. Without ``centroids``, find some."""
    if centroids is None:
        centroids = find_centroids(rows)
    lists = _nearest_lists(rows, centroids)
    order = np.argsort(lists, kind="stable").astype(np.uint32)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(lists, minlength=len(centroids)))))
    codes = np.empty((-(-rows.shape[1] // _WORD_BITS), len(rows)), np.uint64)
    for start in range(0, len(rows), _BLOCK):
        block = order[start : start + _BLOCK]
        codes[:, start : start + len(block)] = sign_codes(rows[block])
    return SignPartition(first, centroids, offsets.astype(np.int64), order, inverse(order), codes)


def inverse(order: NDArray[np.uint32]) -> NDArray[np.uint32]:
    places = np.empty_like(order)
    places[order] = np.arange(len(order), dtype=np.uint32)
    return places


def find_centroids(rows: NDArray[np.int16]) -> Floats:
    """Return the centroids of two levels of k-means: one centroid of each, times each, for large ``rows``."""
    branches = max(1, round((len(rows) / ROWS_PER_LIST) ** 0.5))
    source = np.random.default_rng(0)
    if branches == 1:
        return np.zeros((1, rows.shape[1]), np.float32)
    size = min(len(rows), branches * branches * _SAMPLE_PER_LIST)
    sample = rows[np.sort(source.choice(len(rows), size, replace=False))].astype(np.float32)
    sample /= np.maximum(np.linalg.norm(sample, axis=1, keepdims=True), 1e-12)
    tops = _means(sample, branches, source)
    chosen = (sample @ tops.T).argmax(axis=1)
    leaves = [_means(sample[chosen == top], branches, source) for top in range(branches)]
    return np.concatenate(leaves)


def _means(sample: Floats, count: int, source: np.random.Generator) -> Floats:
    """Return ``count`` means of unit length by k-means; zeros if there are no rows."""
    if len(sample) == 0:
        return np.zeros((count, sample.shape[1]), np.float32)
    means = sample[source.choice(len(sample), count, replace=len(sample) < count)]
    for _ in range(_ROUNDS):
        chosen = (sample @ means.T).argmax(axis=1)
        order = np.argsort(chosen, kind="stable")
        used, starts = np.unique(chosen[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        means[used] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return means


def _nearest_lists(rows: NDArray[np.int16], centroids: Floats) -> NDArray[np.int32]:
    """Return the list of each row: the branch nearest to it, and the nearest centroid of that branch."""
    lists = np.zeros(len(rows), np.int32)
    branches = round(len(centroids) ** 0.5)
    if branches == 1:
        return lists
    leaves = centroids.reshape(branches, branches, -1)
    tops = leaves.sum(axis=1)
    tops /= np.maximum(np.linalg.norm(tops, axis=1, keepdims=True), 1e-12)
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK].astype(np.float32)
        top = (block @ tops.T).argmax(axis=1)
        for branch in np.unique(top):
            found = np.flatnonzero(top == branch)
            leaf = (block[found] @ leaves[branch].T).argmax(axis=1)
            lists[start + found] = branch * branches + leaf
    return lists
