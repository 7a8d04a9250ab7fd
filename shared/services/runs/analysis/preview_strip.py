"""The preview strip: small pictures of a whole medium in one blob, read a stretch at a time.

Layout: 4 bytes, big endian, the length of the header; the header, JSON
``[[seconds, bytes], ...]``; then the JPEG files one after the other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from shared.ports.blobs import Blobs

CONTENT_TYPE: Final = "application/octet-stream"
_LENGTH_BYTES: Final = 4


def pack(pictures: Sequence[tuple[float, bytes]]) -> bytes:
    """``pictures`` are (seconds, JPEG) in order of time."""
    header = json.dumps([[round(at, 3), len(jpeg)] for at, jpeg in pictures]).encode()
    length = len(header).to_bytes(_LENGTH_BYTES, "big")
    return b"".join([length, header, *(jpeg for _, jpeg in pictures)])


class PreviewStrip:
    """Raises BlobNotFound when the strip is gone."""

    def __init__(self, blobs: Blobs, key: str) -> None:
        self._blobs = blobs
        self._key = key
        length = int.from_bytes(self._read(0, _LENGTH_BYTES), "big")
        header = json.loads(self._read(_LENGTH_BYTES, _LENGTH_BYTES + length))
        self._entries: list[tuple[float, int, int]] = []
        offset = _LENGTH_BYTES + length
        for at, size in header:
            self._entries.append((float(at), offset, offset + int(size)))
            offset += int(size)

    def between(self, start: float, end: float, limit: int) -> list[bytes]:
        """At most ``limit`` JPEG files inside [start, end), spread evenly."""
        inside = [entry for entry in self._entries if start <= entry[0] < end]
        step = max(len(inside) / limit, 1.0)
        chosen = [inside[int(i * step)] for i in range(min(limit, len(inside)))]
        return [self._read(begin, finish) for _, begin, finish in chosen]

    def _read(self, begin: int, end: int) -> bytes:
        return b"".join(self._blobs.stream(self._key, begin, end))
