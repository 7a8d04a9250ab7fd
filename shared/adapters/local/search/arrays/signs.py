"""Signs of the components of vectors, one bit each, of distinct vectors.

Values recur: a mood or an object is in the results of thousands of segments, always with the same vector.
Each distinct vector is compared once, with all the rows that have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.merging import Lists, joined, merged_offsets

_BLOCK: Final = 8_192
_WORD_BITS: Final = 64
_WORDS_IN_BYTE: Final = 3
"""The signs that differ in so many words are counted in one byte."""

_HASH_FACTOR: Final = np.uint64(0x9E3779B97F4A7C15)
_HASH_SHIFT: Final = np.uint64(29)

Distances = NDArray[np.uint16]
Slots = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DistinctSigns:
    """The distinct vectors of the rows ``first``.. of a space, by age. Vectors with other weights differ.

    Vector ``i`` is that of the rows ``first + slots[offsets[i]:offsets[i + 1]]``. ``places`` is the vector of
    each row, counted from ``first``. ``codes`` is words x vectors: bit ``j`` of word ``i`` is set if
    component ``64 * i + j`` is above 0.
    """

    first: int
    offsets: NDArray[np.int64]
    slots: NDArray[np.uint32]
    places: NDArray[np.uint32]
    codes: NDArray[np.uint64]

    @property
    def end(self) -> int:
        return self.first + len(self.places)

    def own(self, rows: Slots) -> Slots:
        """Return those of ``rows`` (ascending) that are in the range."""
        return rows[np.searchsorted(rows, self.first) : np.searchsorted(rows, self.end)]

    def erase(self, rows: Slots, gone: Mask) -> Slots:
        """Overwrite the signs of those vectors of ``rows`` that only ``gone`` rows have.

        Returns all rows that have these vectors. ``rows`` are in the range, and ``gone`` is a mask of its
        rows. The vectors of other gone rows stay, because searches may read them as those of living rows.
        """
        vectors = np.unique(self.places[rows - self.first])
        if not len(vectors):
            return np.empty(0, np.intp)
        starts, ends = self.offsets[vectors], self.offsets[vectors + 1]
        users, sizes = self.slots[joined(starts, ends)].astype(np.intp), ends - starts
        is_unused = np.logical_and.reduceat(gone[users], np.cumsum(sizes) - sizes)
        self.codes[:, vectors[is_unused]] = 0
        return np.asarray(users[np.repeat(is_unused, sizes)] + self.first, np.intp)


def code_words(dimension: int) -> int:
    """Return the number of words that the signs of so many components take."""
    return -(-dimension // _WORD_BITS)


def sign_codes(rows: NDArray[np.generic]) -> NDArray[np.uint64]:
    """Convert n x dimension to ceil(dimension / 64) x n: one bit per component, set if it is above 0."""
    words = code_words(rows.shape[1])
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
    kept, places = _distinct(codes, np.arange(len(rows)), rows, weights)
    slots = np.argsort(places, kind="stable").astype(np.uint32)
    offsets = np.concatenate(([0], np.cumsum(np.bincount(places, minlength=len(kept))))).astype(np.int64)
    return DistinctSigns(first, offsets, slots, places.astype(np.uint32), _columns(codes, kept))


def merged_signs(
    parts: Sequence[DistinctSigns], rows: NDArray[np.int16], weights: NDArray[np.float32]
) -> DistinctSigns:
    """Find the distinct vectors of adjacent ranges. ``rows`` and ``weights`` are those of the space."""
    first = parts[0].first
    examples = np.concatenate([part.slots[part.offsets[:-1]].astype(np.intp) + part.first for part in parts])
    codes = np.concatenate([part.codes for part in parts], axis=1)
    kept, vectors = _distinct(codes, examples, rows, weights)
    ends = np.cumsum([part.codes.shape[1] for part in parts])
    places = np.split(vectors.astype(np.uint32), ends[:-1])
    lists = [Lists(own, np.diff(part.offsets)) for own, part in zip(places, parts, strict=True)]
    offsets, moves = merged_offsets(lists, len(kept))
    slots = np.empty(offsets[-1], np.uint32)
    for part, source, target in moves:
        slots[target] = parts[part].slots[source] + np.uint32(parts[part].first - first)
    by_row = np.concatenate([own[part.places] for own, part in zip(places, parts, strict=True)])
    return DistinctSigns(first, offsets, slots, by_row, _columns(codes, kept))


def _distinct(
    codes: NDArray[np.uint64], examples: Slots, rows: NDArray[np.int16], weights: NDArray[np.float32]
) -> tuple[Slots, Slots]:
    """Find which of the vectors of the rows ``examples``, whose signs are ``codes``, are equal, with weight.

    Returns the numbers of the distinct ones, and the place of each vector among these. Vectors are equal to
    the oldest with their hash, or distinct.
    """
    hashes = weights[examples].view(np.uint32).astype(np.uint64)
    for word in codes:
        hashes = hashes * _HASH_FACTOR + word
        hashes ^= hashes >> _HASH_SHIFT
    _, oldest, groups = np.unique(hashes, return_index=True, return_inverse=True)
    oldest = oldest[groups]
    for start in range(0, len(examples), _BLOCK):
        own = np.arange(start, min(start + _BLOCK, len(examples)))
        own = own[oldest[own] != own]
        row, other = examples[own], examples[oldest[own]]
        same = (rows[row] == rows[other]).all(axis=1) & (weights[row] == weights[other])
        oldest[own[~same]] = own[~same]
    kept, places = np.unique(oldest, return_inverse=True)
    return kept, places


def _columns(codes: NDArray[np.uint64], kept: Slots) -> NDArray[np.uint64]:
    return np.ascontiguousarray(codes[:, kept])
