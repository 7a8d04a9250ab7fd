"""The top level of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2): enough to know whether its
index is there, and whether a browser can start before the whole file has come."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MAX_BOXES: Final = 10_000


def top_level(path: Path) -> Iterator[tuple[bytes, int]]:
    """Type and end (in bytes from the start) of each box; the end may lie beyond the file's."""
    length = path.stat().st_size
    position = 0
    with path.open("rb") as file:
        for _ in range(_MAX_BOXES):
            file.seek(position)
            header = file.read(16)
            if len(header) < 8:
                return
            size, kind = struct.unpack(">I4s", header[:8])
            if size == 1 and len(header) == 16:
                size = struct.unpack(">Q", header[8:])[0]
            if size == 0:
                size = length - position
            if size < 8:
                return
            position += size
            yield kind, position


def has_index(path: Path) -> bool:
    """Whether the whole ``moov`` box is in the file."""
    length = path.stat().st_size
    return any(kind == b"moov" and end <= length for kind, end in top_level(path))


def starts_fast(path: Path) -> bool:
    """Whether ``moov`` comes before the media data, which is in one piece (not fragmented)."""
    kinds = [kind for kind, _ in top_level(path)]
    if b"moof" in kinds or b"moov" not in kinds:
        return False
    return b"mdat" not in kinds or kinds.index(b"moov") < kinds.index(b"mdat")
