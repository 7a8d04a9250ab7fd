"""Transparent pictures: their content stays visible."""

import struct

import pytest
from PIL import Image, ImageDraw

from tests.unit.media.decode.pictures.decoding import encoded, pixels

CLEAR = (0, 0, 0, 0)


def stripes(*colours: str) -> Image.Image:
    image = Image.new("RGBA", (200, 120), CLEAR)
    draw = ImageDraw.Draw(image)
    for number, colour in enumerate(colours):
        draw.rectangle((20, 20 + 30 * number, 180, 30 + 30 * number), colour)
    return image


@pytest.mark.parametrize(
    ("colours", "background"),
    [
        (("white",), 0),
        (("black",), 255),
        (("white", "black"), 128),
        (("red", "blue"), 255),
        (("yellow", "white"), 0),
    ],
)
def test_background_shows_content(colours: tuple[str, ...], background: int) -> None:
    found = pixels(encoded(stripes(*colours), "PNG"))
    assert tuple(found[0, 0]) == (background,) * 3


def test_content_inside_opaque_area_does_not_count() -> None:
    image = Image.new("RGBA", (200, 120), CLEAR)
    draw = ImageDraw.Draw(image)
    draw.rectangle((10, 10, 190, 110), "black")
    draw.rectangle((30, 30, 170, 90), "white")
    assert tuple(pixels(encoded(image, "PNG"))[0, 0]) == (255, 255, 255)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "LA"), ("PNG", "P"), ("PNG", "RGBA"), ("GIF", "RGBA"), ("WEBP", "RGBA"), ("TIFF", "RGBA")],
)
def test_transparency_of_every_mode_is_seen(kind: str, mode: str) -> None:
    image = stripes("white")
    written = image.quantize(8) if mode == "P" else image.convert(mode)
    found = pixels(encoded(written, kind))
    assert found[25, 100].min() > 200
    assert found[0, 0].max() < 50


def test_fully_transparent_picture_is_white() -> None:
    assert pixels(encoded(Image.new("RGBA", (30, 30), CLEAR), "PNG")).min() == 255


@pytest.mark.parametrize(("alpha", "shown"), [(0, (200, 40, 40)), (255, (200, 40, 40))])
def test_alpha_of_bmp_file_that_is_zero_everywhere_is_padding(alpha: int, shown: tuple[int, ...]) -> None:
    masks = struct.pack("<4I", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    header = struct.pack("<IiiHHIIiiII", 124, 8, 8, 1, 32, 3, 0, 0, 0, 0, 0) + masks + b"BGRs" + bytes(64)
    content = b"BM" + struct.pack("<IHHI", 138 + 256, 0, 0, 138) + header + bytes((40, 40, 200, alpha)) * 64
    assert tuple(pixels(content)[4, 4]) == shown
