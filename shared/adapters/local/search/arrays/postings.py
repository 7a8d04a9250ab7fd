"""Inverted lists: the passages that contain each word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.growable import GrowableArray, MappedArray
from shared.adapters.local.search.arrays.merging import Lists, joined, lower_bounds, merged_offsets

_MAX_LENGTH: Final = 65_535

_SCAN_BLOCK: Final = 65_536
"""So many entries are searched for erased slots at once."""

_SPARSE: Final = 0.125
"""Of a smaller share of a block, each entry is looked up on its own, which is slower for each."""

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

    def erase(self, erased: Slots, gone: Slots) -> None:
        """Overwrite the entries of the slots ``erased`` (ascending), and words without others.

        ``gone`` (ascending) are all slots erased so far, these included. The lists stay ascending for readers
        of older snapshots: an entry gets the lowest ``gone`` slot between its living neighbours. Slots are
        overwritten last, because a repetition finds the entries by them.
        """
        if not len(erased):
            return
        found = np.concatenate([np.empty(0, np.intp), *self._found(erased)])
        if not len(found):
            return
        starts, ends, words = self._runs(self._with_neighbours(found))
        entries = joined(starts, ends)
        self.frequencies[entries] = 0
        is_first = starts == self.offsets[words]
        self._erase_words(words[is_first & (ends == self.offsets[words + 1])])
        after_living = np.where(is_first, 0, self.slots[starts - 1].astype(np.int64) + 1)
        lowest = gone[np.searchsorted(gone, after_living)]
        self.slots[entries] = np.repeat(lowest, ends - starts).astype(np.uint32)

    def living(self) -> WordLists:
        """Return the lists without erased entries."""
        kept = self.frequencies > 0
        if kept.all():
            return self
        sizes = np.add.reduceat(kept, self.offsets[:-1], dtype=np.int64)
        words = np.flatnonzero(sizes)
        offsets = np.concatenate(([0], np.cumsum(sizes[words])))
        return WordLists(self.words[words], offsets, self.slots[kept], self.frequencies[kept])

    def _found(self, erased: Slots) -> Iterator[Slots]:
        """Yield the entries of the slots ``erased``, ascending."""
        first, size = np.uint32(erased[0]), int(erased[-1] - erased[0]) + 1
        is_erased = np.zeros(size + 1, np.bool_)  # The last one is for slots outside of the range.
        is_erased[erased - erased[0]] = True
        for start in range(0, len(self.slots), _SCAN_BLOCK):
            # Unsigned, so slots before the first one wrap around and are behind the last one.
            places = self.slots[start : start + _SCAN_BLOCK] - first
            is_near = places < size
            if np.count_nonzero(is_near) < _SPARSE * len(places):
                near = np.flatnonzero(is_near)
                yield near[is_erased[places[near]]] + start
            else:
                yield np.flatnonzero(is_erased.take(places, mode="clip")) + start

    def _with_neighbours(self, found: Slots) -> Slots:
        """Add the entries that were erased before and have no living one between them and ``found``.

        Such neighbours have the slot of the lowest of them, so a binary search finds the others.
        """
        starts, ends, words = self._runs(found)
        is_after = starts > self.offsets[words]
        is_after[is_after] = self.frequencies[starts[is_after] - 1] == 0
        is_before = ends < self.offsets[words + 1]
        is_before[is_before] = self.frequencies[ends[is_before]] == 0
        last, next_ = starts[is_after] - 1, ends[is_before]
        starts[is_after] = lower_bounds(self.slots, self.offsets[words[is_after]], last, self.slots[last])
        ends[is_before] = lower_bounds(
            self.slots, next_, self.offsets[words[is_before] + 1], self.slots[next_] + np.uint32(1)
        )
        # Two ranges may have the same entries between them.
        starts[1:] = np.maximum(starts[1:], ends[:-1])
        return joined(starts, ends)

    def _runs(self, entries: Slots) -> tuple[Slots, Slots, Slots]:
        """Return the starts and ends of the ranges of consecutive ``entries``, and the word of each."""
        words = np.searchsorted(self.offsets, entries, side="right") - 1
        is_start = np.diff(entries, prepend=-2) > 1
        is_start |= np.diff(words, prepend=-1) > 0
        starts = np.flatnonzero(is_start)
        sizes = np.diff(starts, append=len(entries))
        return entries[starts], entries[starts] + sizes, words[starts]

    def _erase_words(self, words: Slots) -> None:
        """Overwrite ``words`` (ascending), which have no living entries, with the hash of the word before.

        Of equal words the first is found, so that word keeps its list.
        """
        for word in words:
            end = np.searchsorted(self.words, self.words[word], side="right")
            self.words[word:end] = self.words[word - 1] if word else np.iinfo(np.int64).min


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
        chosen = np.flatnonzero(kept[self._slots.view() - np.uint32(first)])
        words = self._words.view()[chosen]
        # The entries are in the order of slots, which a stable sort by word keeps.
        order = np.argsort(words, kind="stable")
        chosen, words = chosen[order], words[order]
        starts = np.flatnonzero(words[1:] != words[:-1]) + 1
        starts = np.concatenate((np.zeros(min(len(words), 1), np.intp), starts))
        return WordLists(
            words[starts],
            np.append(starts, len(words)).astype(np.int64),
            self._slots.view()[chosen],
            self._frequencies.view()[chosen],
        )

    def shorten(self, passages: int, entries: int, total_length: int) -> None:
        """Remove the passages after the first ``passages``, and the entries after the first ``entries``."""
        for column in (self._words, self._slots, self._frequencies):
            column.shorten(entries)
        self.lengths.shorten(passages)
        self.total_length = total_length

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


def merged(parts: Sequence[WordLists]) -> WordLists:
    """Merge lists without their erased entries. The slots of a part are above those of the one before."""
    living = [each.living() for each in parts]
    words = np.unique(np.concatenate([each.words for each in living]))
    lists = [Lists(np.searchsorted(words, each.words), np.diff(each.offsets)) for each in living]
    offsets, moves = merged_offsets(lists, len(words))
    slots, frequencies = np.empty(offsets[-1], np.uint32), np.empty(offsets[-1], np.uint8)
    for part, source, target in moves:
        slots[target] = living[part].slots[source]
        frequencies[target] = living[part].frequencies[source]
    return WordLists(words, offsets, slots, frequencies)
