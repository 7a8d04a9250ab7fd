"""Append-only arrays that can be read during an append.

Written rows do not change, except that those of deleted documents are erased. A view covers written rows
only, so a view taken before an append stays valid without a lock: growth beyond the capacity uses a new
buffer or mapping, and the view keeps the old one.
"""

import math
import os
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import DTypeLike, NDArray

_FIRST_CAPACITY: Final = 1024
_GROWTH: Final = 1.5
_ZEROS: Final = bytes(2**20)


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

    def shorten(self, length: int) -> None:
        """Remove the rows after the first ``length``, which no view may cover."""
        self._length = min(self._length, length)

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
        """Open ``path`` with ``length`` rows and remove all others, or create it. ``width`` is the number of
        columns, None for a one-dimensional array.

        Raises: ValueError: the file has fewer rows. OSError.
        """
        self._dtype, self._shape = np.dtype(dtype), () if width is None else (width,)
        self._row_bytes = self._dtype.itemsize * (1 if width is None else width)
        # The file must stay open as long as it can grow.
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        weakref.finalize(self, self._file.close)
        self._length = length
        require_bytes(self._file, length * self._row_bytes)
        self._file.truncate(length * self._row_bytes)
        self._rows = self._map(max(_FIRST_CAPACITY, length))

    def __len__(self) -> int:
        return self._length

    def append(self, values: Sequence[Any] | NDArray[Any]) -> None:
        """Append rows. Raises: OSError: the disk is full, for example; nothing was appended."""
        end = self._length + len(values)
        if end > len(self._rows):
            self._rows = self._map(max(end, int(len(self._rows) * _GROWTH)))
        if end > self._length:
            _allocate(self._file, self._length * self._row_bytes, end * self._row_bytes)
        self._rows[self._length : end] = values
        self._length = end

    def shorten(self, length: int) -> None:
        """Remove the rows after the first ``length``, which no view may cover, and overwrite them."""
        self._rows[length : self._length] = 0
        self._length = min(self._length, length)

    def write(self, rows: NDArray[np.intp], value: int) -> None:
        """Overwrite ``rows`` in place."""
        self._rows[rows] = value

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


def map_stored(path: Path) -> NDArray[Any]:
    """Map an array of a file in NumPy's format. Raises: ValueError: the file is damaged. OSError."""
    with path.open("r+b") as file:
        np.lib.format.read_magic(file)
        shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        first, size = file.tell(), math.prod(shape) * dtype.itemsize
        require_bytes(file, first + size)
        if not size:
            return np.empty(shape, dtype)
        return np.asarray(np.memmap(file, dtype, "r+", first, shape))


def require_bytes(file: IO[bytes], size: int) -> None:
    """Raise ValueError if ``file`` is shorter. To map more than a file has would lengthen it silently."""
    stored = os.fstat(file.fileno()).st_size
    if stored < size:
        raise ValueError(f"{file.name} has {stored} bytes instead of {size}.")


def _allocate(file: IO[bytes], first: int, end: int) -> None:
    """Allocate disk space for these bytes, which no array uses yet: a write to a mapped page that does not
    fit the disk would end the process. Raises: OSError."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), first, end - first)
        return
    while first < end:
        first += os.pwrite(file.fileno(), _ZEROS[: end - first], first)
