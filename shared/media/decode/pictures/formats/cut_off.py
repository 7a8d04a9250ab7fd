"""Files whose end is missing, told from damaged files by the sizes that they declare."""

from typing import IO, Final

from PIL import Image, TiffImagePlugin

_OFFSETS_AND_SIZES: Final = ((273, 279), (324, 325))
"""Tags of strips and tiles in a TIFF file."""

_MAX_BOXES: Final = 1000


def is_cut_off(file: IO[bytes]) -> bool:
    """Return whether a WebP, BMP, HEIF or TIFF file declares more bytes than it has."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] == b"RIFF":
        return int.from_bytes(head[4:8], "little") + 8 > size
    if head[:2] == b"BM":
        return int.from_bytes(head[2:6], "little") > size
    if head[4:8] == b"ftyp":
        return _last_box_end(file, size) > size
    if head[:2] in (b"II", b"MM"):
        return _tiff_end(file, size) > size
    return False


def _last_box_end(file: IO[bytes], size: int) -> int:
    """Return the end of the last box of an ISO base media file, whose size may be 64-bit (1) or open (0)."""
    position = 0
    for _ in range(_MAX_BOXES):
        file.seek(position)
        head = file.read(16)
        if len(head) < 8:
            break
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            break
        position += length
        if position >= size:
            break
    return position


def _tiff_end(file: IO[bytes], size: int) -> int:
    """Return the end of the last strip or tile of the first picture; the file's own end if there is none."""
    file.seek(0)
    try:
        with Image.open(file, formats=("TIFF",)) as image:
            if not isinstance(image, TiffImagePlugin.TiffImageFile):
                return size
            tags = image.tag_v2
            ends = [
                offset + length
                for offsets, sizes in _OFFSETS_AND_SIZES
                for offset, length in zip(tags.get(offsets, ()), tags.get(sizes, ()), strict=False)
            ]
    except (OSError, SyntaxError, ValueError):
        head_end = int.from_bytes(_head(file)[4:8], "little" if _head(file)[:2] == b"II" else "big")
        return size + 1 if head_end >= size else size
    return max(ends, default=size)


def _head(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read(8)
