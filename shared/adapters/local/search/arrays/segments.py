"""Segments: the word lists and signs of a range of documents, in files that are written once.

Recent documents become a segment when there are enough of them, and small segments are merged into larger
ones, so that a search reads few of them and each entry is rewritten a few times only.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.durable_file import sync, write_durably
from shared.adapters.local.search.arrays.growable import map_stored
from shared.adapters.local.search.arrays.postings import WordLists, merged
from shared.adapters.local.search.arrays.signs import DistinctSigns, merged_signs

_FIRSTS: Final = "firsts.json"

_FREE_BYTES: Final = 2**20
"""So much disk space stays free after a segment is written: SQLite's file must be able to grow."""

SpaceRows = tuple[NDArray[np.int16], NDArray[np.float32]]
"""Vectors and weights of all rows of one space."""


@dataclass(frozen=True, slots=True)
class Segment:
    """``name`` is that of its folder."""

    name: str
    words: WordLists
    texts: DistinctSigns
    pictures: DistinctSigns

    def __len__(self) -> int:
        """The number of entries that a merge has to rewrite."""
        return max(len(self.words.slots), len(self.texts.places), len(self.pictures.places))

    def flush(self) -> None:
        """Wait until erasures are on disk. Raises: OSError."""
        for array in _arrays(self).values():
            if isinstance(array.base, np.memmap):
                array.base.flush()

    def require_start(self, passage: int, picture: int) -> None:
        """Raise ValueError if its first rows are not these, or arrays contradict each other."""
        words, signs = self.words, (self.texts, self.pictures)
        sizes = [(words.offsets, len(words.words), len(words.slots), len(words.frequencies))]
        sizes += [(each.offsets, each.codes.shape[1], len(each.slots), len(each.places)) for each in signs]
        for offsets, lists, slots, entries in sizes:
            if len(offsets) != lists + 1 or not offsets[-1] == slots == entries:
                raise ValueError(f"The arrays of segment {self.name} contradict each other.")
        if tuple(each.first for each in signs) != (passage, picture):
            raise ValueError(f"Segment {self.name} does not follow the one before it.")


def merge(
    name: str, segments: Sequence[Segment], recent: Segment, texts: SpaceRows, pictures: SpaceRows
) -> Segment:
    """Merge adjacent segments in memory."""
    parts = [*segments, recent]
    return Segment(
        name,
        merged([each.words for each in parts]),
        merged_signs([each.texts for each in parts], *texts),
        merged_signs([each.pictures for each in parts], *pictures),
    )


def write_segment(folder: Path, segment: Segment) -> Segment:
    """Write a segment durably, and return it mapped from its files.

    Raises: OSError: the disk is full, for example. The folder of the segment may exist.
    """
    arrays = _arrays(segment)
    require_room(folder, sum(array.nbytes for array in arrays.values()))
    (folder / segment.name).mkdir(mode=0o700)
    for name, array in arrays.items():
        _write(folder / segment.name / f"{name}.npy", array)
    firsts = {"texts": segment.texts.first, "pictures": segment.pictures.first}
    write_durably(folder / segment.name / _FIRSTS, json.dumps(firsts).encode())
    sync(folder / segment.name)
    sync(folder)
    return read_segment(folder, segment.name)


def read_segment(folder: Path, name: str) -> Segment:
    """Map a segment into memory. Raises: OSError, ValueError, KeyError, TypeError: it is damaged."""
    firsts = json.loads((folder / name / _FIRSTS).read_bytes())

    def mapped(part: str, kind: type[Any]) -> dict[str, NDArray[Any]]:
        names = [field.name for field in fields(kind) if field.name != "first"]
        return {each: map_stored(folder / name / f"{part}-{each}.npy") for each in names}

    return Segment(
        name,
        WordLists(**mapped("words", WordLists)),
        DistinctSigns(first=int(firsts["texts"]), **mapped("texts", DistinctSigns)),
        DistinctSigns(first=int(firsts["pictures"]), **mapped("pictures", DistinctSigns)),
    )


def require_room(folder: Path, size: int) -> None:
    """Raise OSError (ENOSPC) if the disk has no room for ``size`` bytes, and a little more."""
    if shutil.disk_usage(folder).free < size + _FREE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _arrays(segment: Segment) -> dict[str, NDArray[Any]]:
    """Return the arrays by the names of their files."""
    return {
        f"{part}-{field.name}": getattr(values, field.name)
        for part, values in (
            ("words", segment.words),
            ("texts", segment.texts),
            ("pictures", segment.pictures),
        )
        for field in fields(values)
        if field.name != "first"
    }


def _write(path: Path, values: NDArray[Any]) -> None:
    """Write an array in NumPy's format. Raises: OSError, with the system's number of the error.

    ``np.save`` raises one without a number if it writes a part of the array.
    """
    with path.open("xb") as file:
        array = np.ascontiguousarray(values)
        np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(array))
        file.write(array.data)
        file.flush()
        os.fsync(file.fileno())
