"""Size of the samples that the header of a WAV file states (Multimedia Programming Interface 1.0, RIFF)."""

import struct
from pathlib import Path
from typing import Final

_MAX_CHUNKS: Final = 1000


def states_its_size(path: Path) -> bool:
    """Return whether the header states how many bytes of samples the file holds.

    Recorders that stream or lose power leave 0 or 2^32 - 1, by which players show another length or none.
    RF64 and BW64 state their size elsewhere, and their 2^32 - 1 is right.
    """
    length = path.stat().st_size
    with path.open("rb") as file:
        if file.read(4) != b"RIFF":
            return True
        position = 12
        for _ in range(_MAX_CHUNKS):
            file.seek(position)
            header = file.read(8)
            if len(header) < 8:
                return False
            kind, size = struct.unpack("<4sI", header)
            if kind == b"data":
                return bool(0 < size <= length - position - 8)
            position += 8 + size + size % 2
    return False
