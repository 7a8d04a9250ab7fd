"""TIFF files that are intact, but of a kind that Pillow and libtiff do not decode."""

from typing import IO, Final

from PIL import TiffImagePlugin

_WIDTH, _BITS, _COMPRESSION, _PHOTOMETRIC, _SAMPLES, _SAMPLE_FORMAT = 256, 258, 259, 262, 277, 339
_COMMON_BITS: Final = (1, 2, 4, 8, 16)
_DECODED_COMPRESSIONS: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 32773, 32946, 34925, 50000})
"""None, fax, LZW, JPEG, Deflate, PackBits, LZMA and Zstandard."""

_COMPRESSIONS: Final = {
    33003: "JPEG 2000",
    33005: "JPEG 2000",
    34712: "JPEG 2000",
    34892: "lossy JPEG",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
_SAMPLE_FORMATS: Final = {2: "signed", 3: "floating-point", 5: "complex", 6: "complex"}


def undecodable_kind(file: IO[bytes], *, has_known_mode: bool) -> str | None:
    """Return what Pillow does not decode in the first picture of a TIFF file; None for other files.

    ``has_known_mode``: Pillow has a mode for the samples.

    Raises: what Pillow raises for a damaged directory.
    """
    file.seek(0)
    head = file.read(8)
    if head[:4] in (b"II+\0", b"MM\0+"):
        head += file.read(8)
    elif head[:4] not in (b"II*\0", b"MM\0*"):
        return None
    directory = TiffImagePlugin.ImageFileDirectory_v2(head)
    file.seek(directory.next)
    directory.load(file)
    if _WIDTH not in directory or _PHOTOMETRIC not in directory:
        return None
    compression = directory.get(_COMPRESSION, 1)
    if compression not in _DECODED_COMPRESSIONS:
        return f"compressed with {_COMPRESSIONS.get(compression, f'method {compression}')}"
    bits = directory.get(_BITS, (1,))[0]
    sample_format = directory.get(_SAMPLE_FORMAT, (1,))[0]
    if has_known_mode or (bits in _COMMON_BITS and sample_format == 1):
        return None
    kind, count = _SAMPLE_FORMATS.get(sample_format, "unsigned"), directory.get(_SAMPLES, 1)
    return f"with {kind} samples of {bits} bits, {count} a pixel,"
