"""Segments: the word lists and signs of a range of documents, in files that are written once.

Recent documents become a segment when there are enough of them, and small segments are merged into larger
ones, so that a search reads few of them and each entry is rewritten a few times only.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.durable_file import sync, write_durably
from shared.adapters.local.search.arrays.postings import WordLists, merged
from shared.adapters.local.search.arrays.signs import DistinctSigns, merged_signs

_HEADER_BYTES: Final = 128
"""A file of NumPy's with no more bytes has no rows, and cannot be mapped."""

_ERASABLE: Final = (
    *("words-words", "words-slots", "words-frequencies"),
    *("texts-codes", "texts-slots", "pictures-codes", "pictures-slots"),
)


SpaceRows = tuple[NDArray[np.int16], NDArray[np.float32]]
"""Vectors and weights of rows of one space."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``name`` is that of its folder."""

    name: str
    words: WordLists
    texts: DistinctSigns
    pictures: DistinctSigns

    def __len__(self) -> int:
        return len(self.words.slots)

    def erase(self, passages: NDArray[np.intp], pictures: NDArray[np.intp]) -> None:
        """Overwrite the words and signs of those passages and pictures that are in the segment."""
        self.texts.erase(passages)
        self.pictures.erase(pictures)
        erased = np.zeros(len(self.texts.places), np.bool_)
        own = passages[(passages >= self.texts.first) & (passages < self.texts.end)]
        erased[own - self.texts.first] = True
        self.words.erase(self.texts.first, erased)


def write_segment(
    folder: Path, name: str, words: WordLists, texts: DistinctSigns, pictures: DistinctSigns
) -> Segment:
    """Write a segment durably, and return it mapped from its files. Raises: OSError."""
    (folder / name).mkdir(mode=0o700)
    for part, arrays in (("words", words), ("texts", texts), ("pictures", pictures)):
        for field in fields(arrays):
            value = getattr(arrays, field.name)
            if isinstance(value, np.ndarray):
                _write(folder / name / f"{part}-{field.name}.npy", value)
    firsts = {"texts": texts.first, "pictures": pictures.first}
    write_durably(folder / name / "firsts.json", json.dumps(firsts).encode())
    sync(folder / name)
    sync(folder)
    return read_segment(folder, name)


def read_segment(folder: Path, name: str) -> Segment:
    """Map a segment into memory. Raises: OSError, ValueError: a file is missing or damaged."""
    firsts = json.loads((folder / name / "firsts.json").read_bytes())

    def mapped(part: str, kind: type[Any]) -> dict[str, NDArray[Any]]:
        names = [field.name for field in fields(kind) if field.name != "first"]
        return {each: _map(folder / name / f"{part}-{each}.npy") for each in names}

    return Segment(
        name,
        WordLists(**mapped("words", WordLists)),
        DistinctSigns(first=firsts["texts"], **mapped("texts", DistinctSigns)),
        DistinctSigns(first=firsts["pictures"], **mapped("pictures", DistinctSigns)),
    )


def sync_erased(folder: Path, segment: Segment) -> None:
    """Wait until the erasures in a segment are on disk."""
    for name in _ERASABLE:
        sync(folder / segment.name / f"{name}.npy")


def merge_segments(
    folder: Path, name: str, pair: tuple[Segment, Segment], texts: SpaceRows, pictures: SpaceRows
) -> Segment:
    """Merge two adjacent segments into a new one. ``texts`` and ``pictures`` are all rows of the spaces."""
    first, second = pair
    return write_segment(
        folder,
        name,
        merged(first.words, second.words),
        merged_signs(first.texts, second.texts, *texts),
        merged_signs(first.pictures, second.pictures, *pictures),
    )


def _write(path: Path, values: NDArray[Any]) -> None:
    with path.open("xb") as file:
        np.save(file, values)
        file.flush()
        os.fsync(file.fileno())


def _map(path: Path) -> NDArray[Any]:
    if path.stat().st_size <= _HEADER_BYTES:
        return np.asarray(np.load(path))
    return np.asarray(np.load(path, mmap_mode="r+"))
