"""Append-only arrays that can be read during an append.

Written rows do not change, except that those of deleted documents are erased. A view covers written rows
only, so a view taken before an append stays valid without a lock: growth beyond the capacity uses a new
buffer or mapping, and the view keeps the old one.
"""

import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FIRST_CAPACITY: Final = 1024
_GROWTH: Final = 1.5


class GrowableArray:
    """An append-only array in memory, of rows if a ``width`` is given."""

    def __init__(self, dtype: DTypeLike, width: int | None = None) -> None:
        self._shape = () if width is None else (width,)
        self._buffer: NDArray[Any] = np.empty((_FIRST_CAPACITY, *self._shape), dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def append(self, values: Sequence[Any] | NDArray[Any]) -> None:
        end = self._length + len(values)
        if end > len(self._buffer):
            capacity = max(end, int(len(self._buffer) * _GROWTH))
            larger = np.empty((capacity, *self._shape), self._buffer.dtype)
            larger[: self._length] = self._buffer[: self._length]
            self._buffer = larger
        self._buffer[self._length : end] = values
        self._length = end

    def clear(self) -> None:
        """Start with a new empty buffer. Views of the old one stay valid."""
        self._buffer = np.empty((_FIRST_CAPACITY, *self._shape), self._buffer.dtype)
        self._length = 0

    def view(self) -> NDArray[Any]:
        return self._buffer[: self._length]


class MappedArray:
    """An append-only array of rows in a file that is mapped into memory.

    The system may page it out, and another process can continue with its first rows.
    """

    def __init__(self, path: Path, dtype: DTypeLike, width: int | None = None, length: int = 0) -> None:
        """Open ``path`` with ``length`` rows, or create it. ``width`` is the number of columns, None for a
        one-dimensional array.

        Raises: ValueError: the file has fewer rows. OSError.
        """
        self._dtype, self._shape = np.dtype(dtype), () if width is None else (width,)
        self._row_bytes = self._dtype.itemsize * (1 if width is None else width)
        # The file must stay open as long as it can grow.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        weakref.finalize(self, self._file.close)
        self._length = length
        stored = os.fstat(self._file.fileno()).st_size // self._row_bytes
        if stored < length:
            raise ValueError(f"{path.name} has {stored} rows instead of {length}.")
        self._rows = self._map(max(_FIRST_CAPACITY, length))

    def __len__(self) -> int:
        return self._length

    def reserve(self, count: int) -> None:
        """Allocate disk space for ``count`` more rows, so that writing them cannot fail. Raises: OSError."""
        first, size = self._length * self._row_bytes, count * self._row_bytes
        if size and hasattr(os, "posix_fallocate"):
            os.posix_fallocate(self._file.fileno(), first, size)

    def append(self, values: Sequence[Any] | NDArray[Any]) -> None:
        end = self._length + len(values)
        if end > len(self._rows):
            self._rows = self._map(max(end, int(len(self._rows) * _GROWTH)))
        self._rows[self._length : end] = values
        self._length = end

    def erase(self, rows: NDArray[np.intp]) -> None:
        self._rows[rows] = 0

    def mark(self, rows: NDArray[np.intp]) -> None:
        self._rows[rows] = 1

    def view(self) -> NDArray[Any]:
        return np.asarray(self._rows[: self._length])

    def flush(self) -> None:
        """Wait until the rows are on disk."""
        self._rows.flush()

    def close(self) -> None:
        """Close the file. Views stay valid."""
        self._file.close()

    def _map(self, capacity: int) -> np.memmap[Any, Any]:
        if os.fstat(self._file.fileno()).st_size < capacity * self._row_bytes:
            self._file.truncate(capacity * self._row_bytes)
        return np.memmap(self._file, self._dtype, "r+", shape=(capacity, *self._shape))
