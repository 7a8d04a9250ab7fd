"""Removal of symbol tables from compiled modules.

Some wheels contain full symbol tables, which make up a quarter of their size and which only linkers and
debuggers read. The tables follow all loaded segments, which the program headers alone describe ("System V
ABI", chapters 4 and 5: executables need no sections). So the file is truncated after the last segment.
"""

import struct
from pathlib import Path
from typing import Final

_ELF_64_LITTLE_ENDIAN: Final = b"\x7fELF\x02\x01"
_PROGRAM_HEADERS: Final = struct.Struct("<Q")
_PROGRAM_HEADERS_AT: Final = 0x20
_PROGRAM_HEADER_SIZE_AND_COUNT: Final = struct.Struct("<HH")
_PROGRAM_HEADER_SIZE_AND_COUNT_AT: Final = 0x36
_SECTION_HEADERS: Final = struct.Struct("<Q")
_SECTION_HEADERS_AT: Final = 0x28
_SECTION_COUNT_AND_NAMES: Final = struct.Struct("<HH")
_SECTION_COUNT_AND_NAMES_AT: Final = 0x3C
_OFFSET_AND_SIZE: Final = struct.Struct("<8xQ16xQ")
"""A segment's offset and size in the file, from its program header."""
_MINIMUM_SAVING: Final = 100_000
"""Bytes. A smaller saving does not justify a file that debuggers cannot read."""


def strip_symbols(packages: Path) -> None:
    """Strip every compiled module and library below ``packages``."""
    for path in packages.rglob("*.so*"):
        if path.is_file():
            _strip(path)


def _strip(path: Path) -> None:
    content = path.read_bytes()
    if not content.startswith(_ELF_64_LITTLE_ENDIAN):
        return
    end = _loaded_end(content)
    if len(content) - end < _MINIMUM_SAVING:
        return
    kept = bytearray(content[:end])
    _SECTION_HEADERS.pack_into(kept, _SECTION_HEADERS_AT, 0)
    _SECTION_COUNT_AND_NAMES.pack_into(kept, _SECTION_COUNT_AND_NAMES_AT, 0, 0)
    path.write_bytes(kept)


def _loaded_end(content: bytes) -> int:
    """Return the file offset at which the last segment ends."""
    (start,) = _PROGRAM_HEADERS.unpack_from(content, _PROGRAM_HEADERS_AT)
    size, count = _PROGRAM_HEADER_SIZE_AND_COUNT.unpack_from(content, _PROGRAM_HEADER_SIZE_AND_COUNT_AT)
    ends = (sum(_OFFSET_AND_SIZE.unpack_from(content, start + size * number)) for number in range(count))
    return int(max((start + size * count, *ends)))
