"""Merging of concatenated lists: of the passages of each word, and of the rows of each vector."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_BLOCK: Final = 500_000
"""So many entries are moved at once, and the rest of the last list."""

Slots = NDArray[np.intp]


class Lists(NamedTuple):
    """The lists of one part: ``places`` are the lists that they become a part of, ``sizes`` their entries."""

    places: NDArray[np.integer]
    sizes: NDArray[np.int64]


class Move(NamedTuple):
    """The entries ``source`` of part number ``part`` move to ``target``."""

    part: int
    source: slice
    target: Slots


def merged_offsets(parts: Sequence[Lists], count: int) -> tuple[NDArray[np.int64], Iterator[Move]]:
    """Place the entries of all lists in ``count`` lists, those of earlier parts first.

    Returns the offsets of these lists, and the moves of the entries.
    """
    places = np.concatenate([each.places for each in parts])
    sizes = np.concatenate([each.sizes for each in parts])
    order = np.argsort(places, kind="stable")
    ends = np.concatenate(([0], np.cumsum(sizes[order])))
    starts = np.empty(len(order), np.int64)
    starts[order] = ends[:-1]
    bounds = np.cumsum([0, *(len(each.places) for each in parts)])
    moves = (
        Move(number, source, target)
        for number, (each, (first, end)) in enumerate(zip(parts, pairwise(bounds), strict=True))
        for source, target in _moves(starts[first:end], each.sizes)
    )
    return ends[np.searchsorted(places[order], np.arange(count + 1))], moves


def _moves(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> Iterator[tuple[slice, Slots]]:
    ends = np.cumsum(sizes)
    total = int(ends[-1]) if len(ends) else 0
    borders = np.searchsorted(ends, np.arange(0, total, _BLOCK), side="right")
    for first, end in pairwise([*np.unique(borders).tolist(), len(sizes)]):
        source = slice(int(ends[first] - sizes[first]), int(ends[end - 1]))
        yield source, joined(starts[first:end], starts[first:end] + sizes[first:end])


def joined(starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Slots:
    """Return the numbers of all ranges ``starts[i]:ends[i]``, one range after the other."""
    counts = ends - starts
    skipped = np.repeat(starts - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return np.asarray(np.arange(int(counts.sum()), dtype=np.intp) + skipped, np.intp)


def lower_bounds(
    values: NDArray[np.integer], starts: Slots, ends: Slots, wanted: NDArray[np.integer]
) -> Slots:
    """Return, for each range ``starts[i]:ends[i]`` of ``values``, which is ascending, the place of its first
    value that is not below ``wanted[i]``, or its end."""
    low, high = np.array(starts, np.intp), np.array(ends, np.intp)
    while len(open_ := np.flatnonzero(low < high)):
        middle = (low[open_] + high[open_]) // 2
        is_below = values[middle] < wanted[open_]
        low[open_[is_below]] = middle[is_below] + 1
        high[open_[~is_below]] = middle[~is_below]
    return low
