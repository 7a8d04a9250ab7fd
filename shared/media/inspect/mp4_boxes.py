"""Boxes of an MP4 or QuickTime file (ISO/IEC 14496-12, 4.2).

They show whether the file's index is complete, whether a browser can start playback before the download ends,
and how each track is coded or encrypted.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_MAX_BOXES: Final = 10_000
_MAX_ENTRY_BYTES: Final = 65_536
_PROTECTED: Final = frozenset({b"encv", b"enca", b"enct", b"encs", b"drms", b"drmi", b"drmt", b"aavd"})
"""Sample entries of Common Encryption (ISO/IEC 14496-12, 8.12), of FairPlay and of Audible."""


def top_level(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield type and end (in bytes from the start) of each box. The end may exceed the file's size."""
    with path.open("rb") as file:
        for kind, _, end in _boxes(file, 0, path.stat().st_size):
            yield kind, end


def _boxes(file: BinaryIO, position: int, limit: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield type, start of the content and end of each box between ``position`` and ``limit``."""
    for _ in range(_MAX_BOXES):
        if position >= limit:
            return
        file.seek(position)
        header = file.read(16)
        if len(header) < 8:
            return
        size, kind = struct.unpack(">I4s", header[:8])
        content = position + 8
        if size == 1 and len(header) == 16:
            size = struct.unpack(">Q", header[8:])[0]
            content = position + 16
        if size == 0:
            size = limit - position
        if size < 8:
            return
        position += size
        yield kind, content, position


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


@dataclass(frozen=True, slots=True)
class SampleEntry:
    """How a track is coded: ``format`` is the code of its sample entry, or the one behind the encryption."""

    format: str
    is_protected: bool


def sample_entries(path: Path) -> list[SampleEntry]:
    """Return the first sample entry (ISO/IEC 14496-12, 8.5.2) of each track, in the order of the tracks."""
    with path.open("rb") as file:
        return [
            _sample_entry(file, content, end)
            for start, limit in _inside(file, 0, path.stat().st_size, b"moov")
            for track, track_end in _inside(file, start, limit, b"trak")
            for content, end in _descriptions(file, track, track_end)
        ]


def _descriptions(file: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int]]:
    for media, media_end in _inside(file, start, end, b"mdia"):
        for information, information_end in _inside(file, media, media_end, b"minf"):
            for table, table_end in _inside(file, information, information_end, b"stbl"):
                yield from _inside(file, table, table_end, b"stsd")


def _inside(file: BinaryIO, start: int, end: int, wanted: bytes) -> list[tuple[int, int]]:
    return [(content, min(stop, end)) for kind, content, stop in _boxes(file, start, end) if kind == wanted]


def _sample_entry(file: BinaryIO, start: int, end: int) -> SampleEntry:
    file.seek(start)
    content = file.read(min(end - start, _MAX_ENTRY_BYTES))
    code = content[12:16]
    original = content.find(b"frma")
    if code in _PROTECTED and original > 0:
        return SampleEntry(_text(content[original + 4 : original + 8]), is_protected=True)
    return SampleEntry(_text(code), is_protected=code in _PROTECTED)


def _text(code: bytes) -> str:
    return code.decode("latin-1").strip()
