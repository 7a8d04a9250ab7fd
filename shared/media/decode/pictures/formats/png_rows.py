"""PNG files, decoded by bands of rows.

Pillow decodes a PNG file as a whole: 400 MB for 100 megapixels. A band needs the pixels of the row above it
only (PNG, third edition, 9.2 "Filter types"). The band is therefore decoded as a picture of its own, with
that row put before it, unfiltered.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final

import numpy as np
from PIL import Image

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MODES: Final = {2: ("RGB", 3), 4: ("LA", 2), 6: ("RGBA", 4)}
"""Pillow's mode and the number of channels of each colour type that Pillow stores in four bytes a pixel."""

_CHUNK: Final = 64 * 1024
_MAX_EXIF_BYTES: Final = 1024 * 1024


class TruncatedPng(OSError):
    """The image data end before the last row."""


@dataclass(slots=True)
class PngLayout:
    """Where the parts of a PNG file are. ``data`` has position and length of each IDAT chunk.

    ``exif`` is the content of the eXIf chunk, which may follow the image data. ``has_srgb``: the file says
    that its colours are sRGB.
    """

    width: int = 0
    height: int = 0
    depth: int = 0
    colour_type: int = 0
    interlaced: bool = False
    transparent_colour: bytes = b""
    exif: bytes = b""
    has_srgb: bool = False
    data: list[tuple[int, int]] = field(default_factory=list)

    @property
    def is_decoded_by_rows(self) -> bool:
        return self.colour_type in _MODES and self.depth in (8, 16) and not self.interlaced

    @property
    def row_bytes(self) -> int:
        """Bytes of a row in the file, without its filter byte."""
        return self.width * _MODES[self.colour_type][1] * self.depth // 8


def png_layout(file: IO[bytes]) -> PngLayout:
    """Read the heads of all chunks. The content of the image data is skipped."""
    layout = PngLayout()
    file.seek(len(SIGNATURE))
    while len(head := file.read(8)) == 8:
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        position = file.tell()
        match kind:
            case b"IHDR":
                content = file.read(13)
                layout.width, layout.height = (int.from_bytes(content[i : i + 4], "big") for i in (0, 4))
                layout.depth, layout.colour_type, layout.interlaced = content[8], content[9], content[12] != 0
            case b"tRNS":
                layout.transparent_colour = file.read(min(length, 256))
            case b"eXIf":
                layout.exif = file.read(min(length, _MAX_EXIF_BYTES))
            case b"sRGB":
                layout.has_srgb = True
            case b"IDAT":
                layout.data.append((position, length))
            case b"IEND":
                break
        file.seek(position + length + 4)
    return layout


def png_bands(file: IO[bytes], layout: PngLayout, band_rows: int) -> Iterator[Image.Image]:
    """Yield the picture from top to bottom in bands of ``band_rows`` rows; the last may be lower.

    Samples of 16 bits become 8 bits. All filters work on single bytes, and those of the low bytes are
    separate from those of the high bytes, so the low bytes are left out before filters are undone.

    Raises:
        TruncatedPng: the image data end too early.
        ValueError, zlib.error: the image data are damaged.
    """
    mode, channels = _MODES[layout.colour_type]
    rows = _Rows(file, layout)
    above = bytes(layout.width * channels)
    for top in range(0, layout.height, band_rows):
        height = min(band_rows, layout.height - top)
        filtered = b"\0" + above + _high_bytes(rows.read(height), layout)
        band = Image.frombytes(mode, (layout.width, height + 1), zlib.compress(filtered, 0), "zip", mode)
        del filtered
        above = band.crop((0, height, layout.width, height + 1)).tobytes()
        shown = band.crop((0, 1, layout.width, height + 1))
        if layout.transparent_colour and mode == "RGB":
            shown.info["transparency"] = _transparent_colour(layout)
        yield shown


def _high_bytes(filtered: bytes, layout: PngLayout) -> bytes:
    if layout.depth == 8:
        return filtered
    rows = np.frombuffer(filtered, np.uint8).reshape(-1, layout.row_bytes + 1)
    return np.concatenate((rows[:, :1], rows[:, 1::2]), axis=1).tobytes()


def _transparent_colour(layout: PngLayout) -> tuple[int, int, int]:
    low = 1 if layout.depth == 8 else 0
    red, green, blue = layout.transparent_colour[low:6:2]
    return red, green, blue


class _Rows:
    """The decompressed, still filtered rows. At most one band of them is in memory."""

    def __init__(self, file: IO[bytes], layout: PngLayout) -> None:
        self._row_bytes = layout.row_bytes + 1
        self._inflater = zlib.decompressobj()
        self._compressed = self._pieces(file, layout.data)

    def read(self, count: int) -> bytes:
        wanted = count * self._row_bytes
        content = bytearray()
        while len(content) < wanted:
            piece = self._inflater.unconsumed_tail or next(self._compressed, b"")
            if not piece or self._inflater.eof:
                raise TruncatedPng("image file is truncated")
            content += self._inflater.decompress(piece, wanted - len(content))
        return bytes(content)

    @staticmethod
    def _pieces(file: IO[bytes], data: list[tuple[int, int]]) -> Iterator[bytes]:
        for position, length in data:
            file.seek(position)
            left = length
            while left > 0 and (piece := file.read(min(left, _CHUNK))):
                left -= len(piece)
                yield piece
