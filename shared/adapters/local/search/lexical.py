"""Word search: BM25 over passages, with inverted lists in arrays.

For every word of the query a document's best passage counts. The score of a document is:

    sum(idf * saturation) / sum(idf) over the query's words,  saturation = tf / (tf + norm)

with ``norm = k1 * (1 - b + b * length / mean length)`` (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009). The sum over *all* words of the query in the denominator
makes the score the share of the query that was found, in 0..1. Document frequencies are counted within the
filter, so the documents of other tenants do not affect a ranking.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays import GrowableArray
from shared.adapters.local.search.vectors import Mask, Scores, Slots, best_per_document

_K1: Final = 0.9
_B: Final = 0.4
_MIN_MERGE_ENTRIES: Final = 200_000
_MERGE_SHARE: Final = 0.25

_FREQUENCY_BITS: Final = 8
_SLOT_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class SortedPostings:
    """Concatenated lists: word ``words[i]`` has the entries ``offsets[i]:offsets[i + 1]``."""

    words: NDArray[np.int64]
    offsets: NDArray[np.int64]
    slots: NDArray[np.uint32]
    frequencies: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Postings:
    """Inverted lists. ``recent_*`` are the entries since the last merge, in the order of their slots."""

    merged: SortedPostings
    recent_words: NDArray[np.int64]
    recent_slots: NDArray[np.uint32]
    recent_frequencies: NDArray[np.uint8]
    lengths: NDArray[np.uint16]
    mean_length: float

    def of_word(self, word: int) -> tuple[Slots, NDArray[np.uint8]]:
        """Return the passages that contain ``word``, ascending, and its frequency in each."""
        found = np.searchsorted(self.merged.words, word)
        recent = np.flatnonzero(self.recent_words == word)
        if found == len(self.merged.words) or self.merged.words[found] != word:
            return self.recent_slots[recent].astype(np.intp), self.recent_frequencies[recent]
        entries = slice(self.merged.offsets[found], self.merged.offsets[found + 1])
        slots = np.concatenate((self.merged.slots[entries], self.recent_slots[recent]))
        frequencies = np.concatenate((self.merged.frequencies[entries], self.recent_frequencies[recent]))
        return slots.astype(np.intp), frequencies


@dataclass(frozen=True, slots=True)
class WordMatches:
    """Document scores; per word of the query its weight (idf), its passages and its saturation in each."""

    scores: Scores
    weights: list[float]
    passages: list[Slots]
    saturations: list[Scores]

    def best(self, limit: int) -> NDArray[np.int32]:
        """Return the documents with the highest scores above 0; of equal scores, the oldest."""
        found = np.flatnonzero(self.scores)
        if len(found) > limit:
            values = self.scores[found]
            border = np.partition(values, len(values) - limit)[len(values) - limit]
            above, level = found[values > border], found[values == border]
            found = np.concatenate((above, level[: limit - len(above)]))
        return found.astype(np.int32)

    def passage_scores(self, slots: Slots) -> Scores:
        """Return the share of the query that each of these passages contains."""
        scores = np.zeros(len(slots), np.float32)
        total = sum(self.weights)
        for weight, passages, saturations in zip(self.weights, self.passages, self.saturations, strict=True):
            if len(passages):
                places = np.minimum(np.searchsorted(passages, slots), len(passages) - 1)
                scores += np.where(passages[places] == slots, saturations[places], 0) * np.float32(
                    weight / total
                )
        return scores


def match_words(
    postings: Postings,
    words: list[int],
    documents: NDArray[np.int32],
    mask: Mask,
    document_count: int,
    in_scope: int,
) -> WordMatches:
    """Score every document. ``mask`` selects passages; ``in_scope`` is the number of documents in scope."""
    scores = np.zeros(document_count, np.float32)
    weights: list[float] = []
    passages: list[Slots] = []
    saturations: list[Scores] = []
    for word in words:
        slots, frequencies = postings.of_word(word)
        kept = mask[slots]
        slots, frequencies = slots[kept], frequencies[kept].astype(np.float32)
        lengths = postings.lengths[slots].astype(np.float32)
        norms = lengths * np.float32(_K1 * _B / postings.mean_length) + np.float32(_K1 * (1 - _B))
        saturation = np.asarray(frequencies / (frequencies + norms), np.float32)
        found, best = best_per_document(documents[slots], saturation)
        weight = float(np.log1p((in_scope - len(found) + 0.5) / (len(found) + 0.5)))
        scores[found] += best * np.float32(weight)
        weights.append(weight)
        passages.append(slots)
        saturations.append(saturation)
    if weights:
        scores /= np.float32(sum(weights))
    return WordMatches(scores, weights, passages, saturations)


class PostingColumns:
    """The writer of ``Postings``. New entries are appended to a tail, which is merged when it is long."""

    def __init__(self) -> None:
        nothing = np.empty(0, np.int64)
        self._merged = SortedPostings(
            nothing, np.zeros(1, np.int64), np.empty(0, np.uint32), np.empty(0, np.uint8)
        )
        self._words = GrowableArray(np.int64)
        self._slots = GrowableArray(np.uint32)
        self._frequencies = GrowableArray(np.uint8)
        self._lengths = GrowableArray(np.uint16)
        self._total_length = 0

    def append(
        self,
        first_slot: int,
        word_numbers: NDArray[np.uint32],
        words: NDArray[np.int64],
        frequencies: NDArray[np.uint8],
    ) -> None:
        """Append passages, the first at ``first_slot``. ``word_numbers`` has the word count of each."""
        ordinals = np.repeat(np.arange(len(word_numbers)), word_numbers)
        lengths = np.bincount(ordinals, weights=frequencies, minlength=len(word_numbers))
        self._words.append(words)
        self._frequencies.append(frequencies)
        self._slots.append((ordinals + first_slot).astype(np.uint32))
        self._lengths.append(np.minimum(lengths, 65535).astype(np.uint16))
        self._total_length += int(lengths.sum())

    def merge_when_due(self) -> bool:
        """Merge the tail if it is long enough; returns whether it was merged."""
        if len(self._words) <= max(_MIN_MERGE_ENTRIES, _MERGE_SHARE * len(self._merged.slots)):
            return False
        self._merged = _merge(self._merged, self._words.view(), self._slots.view(), self._frequencies.view())
        for column in (self._words, self._slots, self._frequencies):
            column.clear()
        return True

    def view(self) -> Postings:
        return Postings(
            self._merged,
            self._words.view(),
            self._slots.view(),
            self._frequencies.view(),
            self._lengths.view(),
            max(self._total_length / max(len(self._lengths), 1), 1.0),
        )


def _merge(
    merged: SortedPostings,
    words: NDArray[np.int64],
    slots: NDArray[np.uint32],
    frequencies: NDArray[np.uint8],
) -> SortedPostings:
    """Merge by one sort of 64-bit numbers, which pack the word's rank, the slot and the frequency."""
    recent, inverse = np.unique(words, return_inverse=True)
    union = np.union1d(merged.words, recent)
    old_ranks = np.repeat(np.searchsorted(union, merged.words), np.diff(merged.offsets))
    ranks = np.concatenate((old_ranks, np.searchsorted(union, recent)[inverse])).astype(np.uint64)
    packed = ranks << np.uint64(_SLOT_BITS + _FREQUENCY_BITS)
    packed |= np.concatenate((merged.slots, slots)).astype(np.uint64) << np.uint64(_FREQUENCY_BITS)
    packed |= np.concatenate((merged.frequencies, frequencies)).astype(np.uint64)
    packed.sort()
    counts = np.bincount(
        (packed >> np.uint64(_SLOT_BITS + _FREQUENCY_BITS)).astype(np.intp), minlength=len(union)
    )
    return SortedPostings(
        union,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        ((packed >> np.uint64(_FREQUENCY_BITS)) & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        (packed & np.uint64(0xFF)).astype(np.uint8),
    )
