"""Append-only arrays that can be read during an append.

Written rows do not change, except that the vectors of deleted documents are erased. A view covers written
rows only, so a view taken before an append stays valid without a lock: growth beyond the capacity copies
to a new buffer, and the view keeps the old one.
"""

import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FIRST_CAPACITY: Final = 1024
_FIRST_VECTOR_CAPACITY: Final = 16384
_GROWTH: Final = 1.5


class GrowableArray:
    """An append-only array in memory."""

    def __init__(self, dtype: DTypeLike) -> None:
        self._buffer: NDArray[Any] = np.empty(_FIRST_CAPACITY, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, values: Sequence[Any] | NDArray[Any]) -> None:
        end = self._length + len(values)
        if end > len(self._buffer):
            larger = np.empty(max(end, int(len(self._buffer) * _GROWTH)), self._buffer.dtype)
            larger[: self._length] = self._buffer[: self._length]
            self._buffer = larger
        self._buffer[self._length : end] = values
        self._length = end

    def clear(self) -> None:
        """Start with a new empty buffer. Views of the old one stay valid."""
        self._buffer = np.empty(_FIRST_CAPACITY, self._buffer.dtype)
        self._length = 0

    def view(self) -> NDArray[Any]:
        return self._buffer[: self._length]


class VectorFile:
    """Rows of 16-bit integers in a memory-mapped unnamed file, so the system can page them out.

    The file disappears with the process, however it ends.
    """

    def __init__(self, folder: Path, dimension: int) -> None:
        # The file must stay open as long as arrays are mapped from it.
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._dimension = dimension
        self._length = 0
        self._rows = self._map(_FIRST_VECTOR_CAPACITY)

    def append(self, vectors: NDArray[np.int16]) -> None:
        end = self._length + len(vectors)
        if end > len(self._rows):
            self._rows = self._map(max(end, int(len(self._rows) * _GROWTH)))
        self._rows[self._length : end] = vectors
        self._length = end

    def erase(self, first: int, end: int) -> None:
        self._rows[first:end] = 0

    def view(self) -> NDArray[np.int16]:
        return self._rows[: self._length]

    def close(self) -> None:
        self._file.close()

    def _map(self, capacity: int) -> NDArray[np.int16]:
        self._file.truncate(capacity * self._dimension * 2)
        mapped = np.memmap(self._file, np.int16, "r+", shape=(capacity, self._dimension))
        return mapped.view(np.ndarray)
