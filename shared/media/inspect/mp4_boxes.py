"""Top-level boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2).

They show whether the file's index is complete and whether a browser can start playback before the download
ends.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_MAX_BOXES: Final = 10_000


def top_level(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield type and end (in bytes from the start) of each box. The end may exceed the file's size."""
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
    """Return whether the file contains the complete ``moov`` box."""
    length = path.stat().st_size
    return any(kind == b"moov" and end <= length for kind, end in top_level(path))


def starts_fast(path: Path) -> bool:
    """Return whether ``moov`` precedes the media data and the file is not fragmented."""
    kinds = [kind for kind, _ in top_level(path)]
    if b"moof" in kinds or b"moov" not in kinds:
        return False
    return b"mdat" not in kinds or kinds.index(b"moov") < kinds.index(b"mdat")
