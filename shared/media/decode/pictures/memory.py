"""Memory that a picture's codec needs, computed before it decodes."""

from typing import IO, Final

from PIL import Image

from shared.domain.errors import UnsupportedMedia

MAX_DECODER_BYTES: Final = 768 * 1024 * 1024
"""The most that decoding one picture may need. It admits a HEIC picture of 64 megapixels."""

_PIXEL_BYTES: Final = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}
"""Bytes of a pixel in Pillow; four in all other modes."""

_WEBP_COPIES: Final = 4
"""The canvas, the canvas before the frame, the answer of libwebp and Pillow's picture, each in RGBA."""

_HEIF_BYTES: Final = 12
"""Planes of libheif (3), its RGB answer (4), and Pillow's picture (4), rounded up for 10 bits a sample."""

_PROGRESSIVE_BYTES: Final = 2
"""libjpeg holds all coefficients of a progressive JPEG file, of 16 bits each, whatever size is decoded."""


def decoder_bytes(image: Image.Image, stored_pixels: int) -> int:
    """Return the bytes that decoding takes. ``image`` is open and, for JPEG, set to its reduced size;
    ``stored_pixels`` is the number of pixels in the file."""
    pixels = image.width * image.height
    match image.format:
        case "WEBP":
            return pixels * 4 * _WEBP_COPIES
        case "HEIF":
            return pixels * _HEIF_BYTES
        case "JPEG" | "MPO" if image.info.get("progressive"):
            return pixels * 4 + stored_pixels * _PROGRESSIVE_BYTES * len(image.getbands())
        case _:
            return pixels * _PIXEL_BYTES.get(image.mode, 4)


def check_webp_pixels(file: IO[bytes], limit: int) -> None:
    """Check the size in the head of a WebP file: libwebp allocates two canvases when it opens one.

    Raises: UnsupportedMedia: ``picture_too_large``.
    """
    file.seek(0)
    head = file.read(30)
    file.seek(0)
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return
    match head[12:16]:
        case b"VP8X":
            sides = [int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27)]
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            sides = [(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1]
        case _:
            sides = [int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28)]
    check_pixels(sides[0], sides[1], limit)
    _check_bytes("WEBP", sides[0] * sides[1], sides[0] * sides[1] * 4 * _WEBP_COPIES)


def check_pixels(width: int, height: int, limit: int) -> None:
    """Raises: UnsupportedMedia: ``picture_too_large``: more than ``limit`` pixels."""
    if width * height > limit:
        raise UnsupportedMedia(
            f"The picture is {width} x {height} pixels; at most {limit:,} pixels are accepted.",
            code="picture_too_large",
            details={"width": width, "height": height, "max_pixels": limit},
        )


def check_memory(image: Image.Image, stored_pixels: int) -> None:
    """Raises: UnsupportedMedia: ``picture_too_large``: decoding takes more than ``MAX_DECODER_BYTES``."""
    _check_bytes(image.format, stored_pixels, decoder_bytes(image, stored_pixels))


def _check_bytes(name: str | None, pixels: int, needed: int) -> None:
    if needed > MAX_DECODER_BYTES:
        raise UnsupportedMedia(
            f"Decoding this {name} picture of {pixels / 1e6:.0f} megapixels takes {needed // 2**20:,} MiB of "
            f"memory; at most {MAX_DECODER_BYTES // 2**20} MiB are available. Upload it in a smaller size, "
            "or as a PNG or baseline JPEG file.",
            code="picture_too_large",
            details={"needed_bytes": needed, "max_bytes": MAX_DECODER_BYTES},
        )
