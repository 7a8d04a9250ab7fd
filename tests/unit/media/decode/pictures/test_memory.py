"""Memory of pictures, known before they are decoded."""

import struct
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.pictures.memory import (
    MAX_DECODER_BYTES,
    check_memory,
    check_webp_pixels,
    decoder_bytes,
)
from tests.unit.media.decode.pictures.decoding import encoded, quarters


def opened(kind: str, **options: Any) -> Image.Image:
    return Image.open(BytesIO(encoded(quarters(100, 100), kind, **options)))


@pytest.mark.parametrize(
    ("image", "pixel_bytes"),
    [
        (opened("JPEG"), 4),
        (opened("JPEG", progressive=True), 10),
        (opened("WEBP"), 16),
        (opened("HEIF"), 12),
        (opened("BMP"), 4),
        (opened("GIF"), 1),
    ],
)
def test_codec_needs_bytes_for_each_pixel(image: Image.Image, pixel_bytes: int) -> None:
    assert decoder_bytes(image, 10_000) == 10_000 * pixel_bytes


def test_reduced_jpeg_needs_memory_of_reduced_size() -> None:
    image = opened("JPEG")
    image.draft("RGB", (25, 25))
    assert decoder_bytes(image, 10_000) == 25 * 25 * 4


def test_picture_beyond_memory_limit_is_refused() -> None:
    with pytest.raises(UnsupportedMedia, match="MiB") as raised:
        check_memory(opened("JPEG", progressive=True), MAX_DECODER_BYTES // 6)
    assert raised.value.code == "picture_too_large"


@pytest.mark.parametrize(
    "head",
    [
        b"VP8X" + bytes(8) + (15_999).to_bytes(3, "little") * 2,
        b"VP8L" + bytes(4) + b"\x2f" + struct.pack("<I", 15_999 | 15_999 << 14) + bytes(9),
        b"VP8 " + bytes(10) + struct.pack("<HH", 16_000, 16_000),
    ],
)
def test_webp_size_is_read_before_its_canvas_is_made(head: bytes) -> None:
    file = BytesIO(b"RIFF\x00\x01\x00\x00WEBP" + head)
    with pytest.raises(UnsupportedMedia, match="16000 x 16000"):
        check_webp_pixels(file, 100_000_000)
    check_webp_pixels(BytesIO(encoded(quarters(), "WEBP")), 10_000)
