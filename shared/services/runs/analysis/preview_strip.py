"""The preview strip: small images of a whole medium in one blob, of which any span is read by itself.

Layout: 4 bytes, big endian, the length of the header; the header, JSON
``[[seconds, bytes], ...]``; then the JPEG files in the same order.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from shared.ports.blobs import Blobs

CONTENT_TYPE: Final = "application/octet-stream"
_LENGTH_BYTES: Final = 4


def pack(images: Sequence[tuple[float, bytes]]) -> bytes:
    """Pack images, given as (seconds, JPEG) in order of time, into a strip."""
    header = json.dumps([[round(at, 3), len(jpeg)] for at, jpeg in images]).encode()
    length = len(header).to_bytes(_LENGTH_BYTES, "big")
    return b"".join([length, header, *(jpeg for _, jpeg in images)])


class PreviewStrip:
    """A stored preview strip. Reading raises BlobNotFound if the blob does not exist."""

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
        """Return at most ``limit`` JPEG files from [start, end), evenly spaced."""
        inside = [entry for entry in self._entries if start <= entry[0] < end]
        step = max(len(inside) / limit, 1.0)
        selected = [inside[int(i * step)] for i in range(min(limit, len(inside)))]
        return [self._read(first, last) for _, first, last in selected]

    def _read(self, begin: int, end: int) -> bytes:
        return b"".join(self._blobs.stream(self._key, begin, end))
