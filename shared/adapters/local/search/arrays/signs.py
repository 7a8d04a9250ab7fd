"""Signs of the components of vectors, one bit each, of distinct vectors.

Values recur: a mood or an object is in the results of thousands of segments, always with the same vector.
Each distinct vector is compared once, with all the rows that have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 8_192
_WORD_BITS: Final = 64
_WORDS_IN_BYTE: Final = 3
"""The signs that differ in so many words are counted in one byte."""

_HASH_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_HASH_SHIFT: Final = np.uint64(29)

Distances = NDArray[np.uint16]


@dataclass(frozen=True, slots=True)
class DistinctSigns:
    """The distinct vectors of the rows ``first``.. of a space, by age. Vectors with other weights differ.

    Vector ``i`` is that of the rows ``first + slots[offsets[i]:offsets[i + 1]]``; the first of them is not
    erased unless all are. ``places`` is the vector of each row, counted from ``first``. ``codes`` is words x
    vectors: bit ``j`` of word ``i`` is set if component ``64 * i + j`` is above 0.
    """

    first: int
    offsets: NDArray[np.int64]
    slots: NDArray[np.uint32]
    places: NDArray[np.uint32]
    codes: NDArray[np.uint64]

    @property
    def end(self) -> int:
        return self.first + len(self.places)

    def erase(self, rows: NDArray[np.intp]) -> None:
        """Overwrite the signs of those of ``rows`` that are in the range, unless other rows have them."""
        own = rows[(rows >= self.first) & (rows < self.end)] - self.first
        erased = np.zeros(len(self.places), np.bool_)
        erased[own] = True
        for place in np.unique(self.places[own]):
            group = self.slots[self.offsets[place] : self.offsets[place + 1]]
            group[:] = group[np.argsort(erased[group], kind="stable")]
            if erased[group[0]]:
                self.codes[:, place] = 0


def sign_codes(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Convert n x dimension to ceil(dimension / 64) x n: one bit per component, set if it is above 0."""
    words = -(-rows.shape[1] // _WORD_BITS)
    codes = np.empty((words, len(rows)), np.uint64)
    for start in range(0, len(rows), _BLOCK):
        bits = np.packbits(rows[start : start + _BLOCK] > np.asarray(0, rows.dtype), axis=1)
        padded = np.pad(bits, ((0, 0), (0, words * _WORD_BITS // 8 - bits.shape[1])))
        codes[:, start : start + _BLOCK] = np.ascontiguousarray(padded).view(np.uint64).T
    return codes


def sign_distances(codes: NDArray[np.uint64], query: NDArray[np.uint64]) -> Distances:
    """Count the signs in which each column of ``codes`` (words x n) differs from the query (words x 1)."""
    words, count = codes.shape
    distances = np.empty(count, np.uint16)
    differing = np.empty((words, min(count, _BLOCK)), np.uint64)
    bits = np.empty(differing.shape, np.uint8)
    for start in range(0, count, _BLOCK):
        block = distances[start : start + _BLOCK]
        size = len(block)
        np.bitwise_xor(codes[:, start : start + size], query, out=differing[:, :size])
        np.bitwise_count(differing[:, :size], out=bits[:, :size])
        for word in range(0, words, _WORDS_IN_BYTE):
            part = bits[word : word + _WORDS_IN_BYTE, :size]
            for other in part[1:]:
                np.add(part[0], other, out=part[0])
            if word:
                np.add(block, part[0], out=block)
            else:
                block[:] = part[0]
    return distances


def distinct_signs(first: int, rows: NDArray[np.int16], weights: NDArray[np.float32]) -> DistinctSigns:
    """Find the distinct vectors of ``rows``, the first of which is row ``first``."""
    codes = sign_codes(rows)
    hashes = weights.view(np.uint32).astype(np.uint64)
    for word in codes:
        hashes = hashes * _HASH_FACTOR + word
        hashes ^= hashes >> _HASH_SHIFT
    return _grouped(first, hashes, rows, weights, codes)


def merged_signs(
    first: DistinctSigns, second: DistinctSigns, rows: NDArray[np.int16], weights: NDArray[np.float32]
) -> DistinctSigns:
    """Find the distinct vectors of two adjacent ranges. ``rows`` and ``weights`` are those of the space."""
    return distinct_signs(first.first, rows[first.first : second.end], weights[first.first : second.end])


def _grouped(
    first: int,
    hashes: NDArray[np.uint64],
    rows: NDArray[np.int16],
    weights: NDArray[np.float32],
    codes: NDArray[np.uint64],
) -> DistinctSigns:
    """Group the rows by hash, and by vector and weight: rows that differ from the first of their group are
    groups of their own."""
    _, oldest, groups = np.unique(hashes, return_index=True, return_inverse=True)
    oldest = oldest[groups]
    for start in range(0, len(rows), _BLOCK):
        own = np.arange(start, min(start + _BLOCK, len(rows)))
        own = own[oldest[own] != own]
        same = (rows[own] == rows[oldest[own]]).all(axis=1) & (weights[own] == weights[oldest[own]])
        oldest[own[~same]] = own[~same]
    kept, places = np.unique(oldest, return_inverse=True)
    slots = np.argsort(places, kind="stable").astype(np.uint32)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(places, minlength=len(kept))))).astype(np.int64)
    return DistinctSigns(
        first, offsets, slots, places.astype(np.uint32), np.ascontiguousarray(codes[:, kept])
    )
