"""Chunks of AVI and WAV files (Multimedia Programming Interface 1.0, RIFF): codecs and sizes."""

import struct
from pathlib import Path
from typing import Final

_BITMAP_BYTES: Final = 40
_MAX_CHUNKS: Final = 1000
_WAVE: Final = "WAVE format 0x{:04X}"
_LISTS: Final = frozenset({b"hdrl", b"strl"})


def riff_codecs(head: bytes) -> list[str]:
    """Return the code of each stream in the first bytes of a file: a FourCC for video, the number of the wave
    format for audio, an empty string for other streams."""
    codes: list[str] = []
    kind = b"auds"
    position = 12
    while position + 8 <= len(head):
        name, size = struct.unpack_from("<4sI", head, position)
        content = head[position + 8 : position + 8 + min(size, _BITMAP_BYTES)]
        if name == b"LIST" and content[:4] in _LISTS:
            position += 12
            continue
        if name == b"strh":
            kind = content[:4]
        elif name in (b"strf", b"fmt "):
            codes.append(_code(kind, content))
        position += 8 + size + size % 2
    return codes


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


def _code(kind: bytes, content: bytes) -> str:
    if kind == b"auds" and len(content) >= 2:
        return _WAVE.format(struct.unpack_from("<H", content)[0])
    if kind == b"vids" and len(content) >= 20:
        code = content[16:20].decode("ascii", "replace").strip()
        return code if code.isprintable() else ""
    return ""
