"""Compiled modules without what only a linker or a debugger reads.

Some wheels come with a table of every symbol, a quarter of their size. The tables lie behind everything
that is loaded, and what is loaded is described by the program headers alone ("System V ABI", chapters 4
and 5: sections are optional in what is executed), so the file is cut off there.
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
"""Of a segment in the file, in its program header."""
_WORTHWHILE: Final = 100_000
"""Bytes. Less is not worth a file that no debugger understands any more."""


def cut_symbols(packages: Path) -> None:
    """In every compiled module and library below ``packages``."""
    for path in packages.rglob("*.so*"):
        if path.is_file():
            _cut(path)


def _cut(path: Path) -> None:
    content = path.read_bytes()
    if not content.startswith(_ELF_64_LITTLE_ENDIAN):
        return
    end = _loaded_end(content)
    if len(content) - end < _WORTHWHILE:
        return
    kept = bytearray(content[:end])
    _SECTION_HEADERS.pack_into(kept, _SECTION_HEADERS_AT, 0)
    _SECTION_COUNT_AND_NAMES.pack_into(kept, _SECTION_COUNT_AND_NAMES_AT, 0, 0)
    path.write_bytes(kept)


def _loaded_end(content: bytes) -> int:
    """Where the last segment ends."""
    (start,) = _PROGRAM_HEADERS.unpack_from(content, _PROGRAM_HEADERS_AT)
    size, count = _PROGRAM_HEADER_SIZE_AND_COUNT.unpack_from(content, _PROGRAM_HEADER_SIZE_AND_COUNT_AT)
    ends = (sum(_OFFSET_AND_SIZE.unpack_from(content, start + size * number)) for number in range(count))
    return int(max((start + size * count, *ends)))
