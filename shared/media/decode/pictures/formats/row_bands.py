"""Large TIFF and BMP files, decoded by bands of rows.

The strips of a TIFF file are independent of each other (TIFF 6.0, section 3), so a band is decoded as a TIFF
file of its own that has some of them. The rows of an uncompressed BMP file have a fixed length.
"""

from collections.abc import Iterator
from io import BytesIO
from itertools import accumulate
from typing import IO, Final

from PIL import BmpImagePlugin, Image, ImageFile, TiffImagePlugin, TiffTags

_LARGE_PIXELS: Final = 16_000_000
"""Smaller pictures are decoded as a whole."""

_LENGTH, _COMPRESSION, _OFFSETS, _ROWS_PER_STRIP, _SIZES, _PLANAR = 257, 259, 273, 278, 279, 284
_ORIENTATION: Final = 274
_COPIED_TAGS: Final = (
    *(256, 258, 259, 262, 266, 277, 278, 284, 292, 293),
    *(317, 320, 332, 338, 339, 347, 529, 530, 531, 532),
)
"""The tags on which the decoding of strips depends."""

_OLD_JPEG: Final = 6
_TIFF_MODES: Final = ("RGB", "RGBA", "CMYK", "LAB", "YCbCr", "L", "P")


def has_row_bands(image: Image.Image) -> bool:
    """Return whether the open picture is large and can be decoded by ``row_bands``."""
    if image.width * image.height < _LARGE_PIXELS:
        return False
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        is_upright = image.tag_v2.get(_ORIENTATION, 1) == 1
        return is_upright and image.mode in _TIFF_MODES and (_is_raw(image) or _has_strips(image.tag_v2))
    return isinstance(image, BmpImagePlugin.BmpImageFile) and _is_raw(image)


def _is_raw(image: ImageFile.ImageFile) -> bool:
    """Return whether the pixels are uncompressed, row after row."""
    return [tile[0] for tile in image.tile] == ["raw"] and image.tile[0][1] == (0, 0, *image.size)


def _has_strips(tags: TiffImagePlugin.ImageFileDirectory_v2) -> bool:
    offsets = tags.get(_OFFSETS, ())
    return (
        len(offsets) > 1
        and len(offsets) == len(tags.get(_SIZES, ()))
        and tags.get(_PLANAR, 1) == 1
        and tags.get(_COMPRESSION, 1) != _OLD_JPEG
    )


def row_bands(image: Image.Image, file: IO[bytes], band_rows: int) -> Iterator[Image.Image]:
    """Yield the picture, as stored, in bands of ``band_rows`` rows; the last may be lower.

    Raises: what Pillow raises for a damaged file.
    """
    if isinstance(image, TiffImagePlugin.TiffImageFile) and not _is_raw(image):
        yield from _regrouped(_strips(image, file, band_rows), band_rows)
    elif isinstance(image, ImageFile.ImageFile):
        yield from _raw_rows(image, file, band_rows)


def _strips(image: TiffImagePlugin.TiffImageFile, file: IO[bytes], band_rows: int) -> Iterator[Image.Image]:
    tags = image.tag_v2
    offsets, sizes = tags[_OFFSETS], tags[_SIZES]
    height = int(tags[_LENGTH])
    strip_rows = min(int(tags.get(_ROWS_PER_STRIP, height)), height)
    group = max(1, band_rows // strip_rows)
    for first in range(0, len(offsets), group):
        rows = min(group * strip_rows, height - first * strip_rows)
        if rows <= 0:
            return
        strips = []
        for offset, size in zip(offsets[first : first + group], sizes[first : first + group], strict=True):
            file.seek(offset)
            strips.append(file.read(size))
        with Image.open(BytesIO(_tiff(tags, rows, strips)), formats=("TIFF",)) as part:
            part.load()
        yield part


def _tiff(tags: TiffImagePlugin.ImageFileDirectory_v2, rows: int, strips: list[bytes]) -> bytes:
    """Return a TIFF file of ``rows`` rows that has the given strips."""
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=tags.prefix)
    for tag in _COPIED_TAGS:
        if tag in tags:
            directory.tagtype[tag] = tags.tagtype[tag]
            directory[tag] = tags[tag]
    directory[_LENGTH] = rows
    directory.tagtype[_OFFSETS] = directory.tagtype[_SIZES] = TiffTags.LONG
    directory[_SIZES] = tuple(len(strip) for strip in strips)
    # Pillow adds the position of the strips, which follow the directory.
    directory[_OFFSETS] = tuple(accumulate((len(strip) for strip in strips[:-1]), initial=0))
    buffer = BytesIO()
    directory.save(buffer)
    return buffer.getvalue() + b"".join(strips)


def _raw_rows(image: ImageFile.ImageFile, file: IO[bytes], band_rows: int) -> Iterator[Image.Image]:
    _, _, offset, arguments = image.tile[0]
    raw_mode, stride, direction = arguments if isinstance(arguments, tuple) else (arguments, 0, 1)
    if stride == 0 and isinstance(image, TiffImagePlugin.TiffImageFile):
        stride = image.tag_v2[_SIZES][0] // image.height
    for top in range(0, image.height, band_rows):
        rows = min(band_rows, image.height - top)
        first = image.height - top - rows if direction < 0 else top
        file.seek(offset + first * stride)
        data = file.read(rows * stride)
        if len(data) < rows * stride:
            raise OSError("image file is truncated")
        band = Image.frombytes(image.mode, (image.width, rows), data, "raw", raw_mode, stride, direction)
        if image.mode == "P" and image.palette is not None:
            band.putpalette(image.palette)
        yield band


def _regrouped(pieces: Iterator[Image.Image], band_rows: int) -> Iterator[Image.Image]:
    """Cut and join pieces of any height into bands of ``band_rows`` rows."""
    waiting: list[Image.Image] = []
    for piece in pieces:
        waiting.append(piece)
        while sum(part.height for part in waiting) >= band_rows:
            joined = _joined(waiting)
            yield joined.crop((0, 0, joined.width, band_rows))
            left = joined.height - band_rows
            waiting = [joined.crop((0, band_rows, joined.width, joined.height))] if left else []
    if waiting:
        yield _joined(waiting)


def _joined(parts: list[Image.Image]) -> Image.Image:
    if len(parts) == 1:
        return parts[0]
    whole = Image.new(parts[0].mode, (parts[0].width, sum(part.height for part in parts)))
    whole.info = parts[0].info.copy()
    if parts[0].palette is not None:
        whole.putpalette(parts[0].palette)
    top = 0
    for part in parts:
        whole.paste(part, (0, top))
        top += part.height
    return whole
