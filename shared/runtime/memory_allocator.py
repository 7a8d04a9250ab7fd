"""How the C library keeps memory that models and decoders have freed."""

import ctypes
import platform
from typing import Final

_M_TRIM_THRESHOLD: Final = -1
_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
"""Numbers of <malloc.h> of the GNU C library."""

_MIB: Final = 2**20


def return_freed_memory() -> None:
    """Have freed memory go back to the system rather than stay with the process.

    By default glibc raises its thresholds up to 32 and 64 MiB as large blocks are freed, and keeps a
    heap for each of many threads; tensors of changing shapes then leave 150 MiB and more of holes.
    Fixed thresholds cost about 4 % more processor time. Call it before threads start; it does nothing
    where another C library is used.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    library = ctypes.CDLL(None)
    library.mallopt(_M_ARENA_MAX, 2)
    library.mallopt(_M_MMAP_THRESHOLD, 4 * _MIB)
    library.mallopt(_M_TRIM_THRESHOLD, 16 * _MIB)
