"""Inverted lists: the passages that contain each word."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.growable import GrowableArray, MappedArray

_FREQUENCY_BITS: Final = 8
_SLOT_BITS: Final = 32
_MAX_LENGTH: Final = 65_535

Slots = NDArray[np.intp]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class WordLists:
    """Concatenated lists: word ``words[i]`` has the entries ``offsets[i]:offsets[i + 1]``.

    The slots of a list are ascending. An entry with a frequency of 0 is erased.
    """

    words: NDArray[np.int64]
    offsets: NDArray[np.int64]
    slots: NDArray[np.uint32]
    frequencies: NDArray[np.uint8]

    def entries(self, word: int) -> slice:
        found = int(np.searchsorted(self.words, word))
        if found == len(self.words) or self.words[found] != word:
            return slice(0, 0)
        return slice(int(self.offsets[found]), int(self.offsets[found + 1]))

    def erase(self, first: int, erased: Mask) -> None:
        """Overwrite the entries of the slots ``first + i`` where ``erased[i]``, and words without others."""
        if not erased.any():
            return
        entries = np.flatnonzero(erased[self.slots - np.uint32(first)])
        self.slots[entries] = first + int(erased.argmax())
        self.frequencies[entries] = 0
        for word in np.unique(np.searchsorted(self.offsets, entries, side="right") - 1):
            if not self.frequencies[self.offsets[word] : self.offsets[word + 1]].any():
                # Of equal words the first is found, so the list of the previous word stays.
                self.words[word] = self.words[word - 1] if word else np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Postings:
    """Inverted lists. ``recent_*`` are the entries that are not in ``lists`` yet, in the order of slots."""

    lists: tuple[WordLists, ...]
    recent_words: NDArray[np.int64]
    recent_slots: NDArray[np.uint32]
    recent_frequencies: NDArray[np.uint8]
    lengths: NDArray[np.uint16]
    mean_length: float

    def of_word(self, word: int) -> tuple[Slots, NDArray[np.uint8]]:
        """Return the passages that contain ``word``, ascending, and its frequency in each."""
        found = [(each, each.entries(word)) for each in self.lists]
        recent = np.flatnonzero(self.recent_words == word)
        slots = [lists.slots[entries] for lists, entries in found]
        frequencies = [lists.frequencies[entries] for lists, entries in found]
        return (
            np.concatenate([*slots, self.recent_slots[recent]]).astype(np.intp),
            np.concatenate([*frequencies, self.recent_frequencies[recent]]),
        )


class PostingColumns:
    """The writer of entries that are not in sorted lists yet, and of the passages' lengths in words."""

    def __init__(self, folder: Path, passages: int, total_length: int) -> None:
        self._words = GrowableArray(np.int64)
        self._slots = GrowableArray(np.uint32)
        self._frequencies = GrowableArray(np.uint8)
        self.lengths = MappedArray(folder / "lengths", np.uint16, length=passages)
        self.total_length = total_length

    def __len__(self) -> int:
        return len(self._words)

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
        self.lengths.append(np.minimum(lengths, _MAX_LENGTH).astype(np.uint16))
        self.total_length += int(lengths.sum())

    def sorted(self, kept: Mask, first: int) -> WordLists:
        """Return the entries of those slots ``first + i`` where ``kept[i]``, as lists."""
        chosen = kept[self._slots.view() - np.uint32(first)]
        return _sorted(
            self._words.view()[chosen], self._slots.view()[chosen], self._frequencies.view()[chosen]
        )

    def clear(self) -> None:
        for column in (self._words, self._slots, self._frequencies):
            column.clear()

    def view(self, lists: tuple[WordLists, ...]) -> Postings:
        return Postings(
            lists,
            self._words.view(),
            self._slots.view(),
            self._frequencies.view(),
            self.lengths.view(),
            max(self.total_length / max(len(self.lengths), 1), 1.0),
        )


def merged(first: WordLists, second: WordLists) -> WordLists:
    """Merge lists of different slots, without erased entries."""
    words = [np.repeat(each.words, np.diff(each.offsets)) for each in (first, second)]
    slots = np.concatenate((first.slots, second.slots))
    frequencies = np.concatenate((first.frequencies, second.frequencies))
    kept = frequencies > 0
    return _sorted(np.concatenate(words)[kept], slots[kept], frequencies[kept])


def _sorted(words: NDArray[np.int64], slots: NDArray[np.uint32], frequencies: NDArray[np.uint8]) -> WordLists:
    """Sort by one sort of 64-bit numbers, which pack the word's rank, the slot and the frequency."""
    unique, ranks = np.unique(words, return_inverse=True)
    packed = ranks.astype(np.uint64) << np.uint64(_SLOT_BITS + _FREQUENCY_BITS)
    packed |= slots.astype(np.uint64) << np.uint64(_FREQUENCY_BITS)
    packed |= frequencies.astype(np.uint64)
    packed.sort()
    counts = np.bincount(ranks, minlength=len(unique))
    return WordLists(
        unique,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        ((packed >> np.uint64(_FREQUENCY_BITS)) & np.uint64(0xFFFFFFFF)).astype(np.uint32),
        (packed & np.uint64(0xFF)).astype(np.uint8),
    )
