"""PNG files that are decoded by rows: exact, with any filter, in 8 and 16 bits."""

import struct
import zlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from shared.media.decode.pictures.formats.png_rows import TruncatedPng, png_bands, png_layout
from tests.unit.media.decode.pictures.decoding import encoded, noise, pixels, quarters, reduced


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def bands(content: bytes, rows: int) -> list[Image.Image]:
    file = BytesIO(content)
    return list(png_bands(file, png_layout(file), rows))


@pytest.mark.parametrize(("mode", "channels"), [("LA", 2), ("RGB", 3), ("RGBA", 4)])
@pytest.mark.parametrize("rows", [1, 7, 64])
def test_bands_are_exact(mode: str, channels: int, rows: int) -> None:
    picture = noise(33, 50, channels)
    picture[10:40] = np.linspace(0, 255, 33, dtype=np.uint8)[None, :, None]  # rows with other filters
    content = encoded(Image.fromarray(picture, mode), "PNG")
    found = np.concatenate([np.asarray(band) for band in bands(content, rows)])
    assert np.array_equal(found, picture)


def test_samples_of_sixteen_bits_become_eight() -> None:
    picture = noise(40, 30)
    written = cv2.imencode(".png", picture[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
    assert png_layout(BytesIO(written)).depth == 16
    assert np.array_equal(pixels(written), picture)


def test_truncated_data_are_reported() -> None:
    content = encoded(Image.fromarray(noise(100, 100)), "PNG")
    with pytest.raises(TruncatedPng):
        bands(content[: len(content) // 2], 10)


def test_interlaced_and_palette_files_are_decoded_as_a_whole() -> None:
    assert not png_layout(BytesIO(encoded(quarters().quantize(8), "PNG"))).is_decoded_by_rows
    head = encoded(quarters(), "PNG")
    interlaced = head[:28] + b"\1" + head[29:]
    assert not png_layout(BytesIO(interlaced)).is_decoded_by_rows


def test_orientation_after_image_data_is_applied() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = encoded(quarters(), "PNG")
    late = content[:-12] + chunk(b"eXIf", exif.tobytes().removeprefix(b"Exif\0\0")) + content[-12:]
    found = reduced(late)
    assert (found.width, found.height, found.rotation) == (60, 80, 270)
    assert found.image.getpixel((5, 5)) == (50, 60, 210)


def test_transparent_colour_is_transparent() -> None:
    content = encoded(Image.new("RGB", (40, 40), (1, 2, 3)), "PNG", transparency=(1, 2, 3))
    assert pixels(content).min() == 255


def test_gamma_is_undone_unless_file_says_srgb() -> None:
    content = encoded(Image.new("RGB", (20, 20), (64, 64, 64)), "PNG")
    linear = chunk(b"gAMA", struct.pack(">I", 100_000))
    assert pixels(content[:33] + linear + content[33:]).mean() == pytest.approx(136, abs=1)
    both = linear + chunk(b"sRGB", b"\0")
    assert pixels(content[:33] + both + content[33:]).mean() == 64
