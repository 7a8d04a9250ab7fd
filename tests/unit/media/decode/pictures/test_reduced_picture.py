"""Reduced pictures: size, orientation, refusal."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.pictures.fit import Fit
from shared.media.decode.pictures.reduced_picture import FORMATS, decode_reduced, no_larger
from tests.unit.media.decode.pictures.decoding import encoded, pixels, quarters, reduced


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_is_shown_upright(kind: str) -> None:
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        found = reduced(encoded(quarters(800, 600), kind, exif=exif), Fit(width=100))
        assert found.image.width == 100
        assert (found.width, found.height) == ((800, 600) if orientation < 5 else (600, 800))
        corners = [found.image.getpixel(at) for at in ((3, 3), (96, 3), (3, found.image.height - 4))]
        red, green, blue, white = (200, 40, 40), (40, 180, 60), (50, 60, 210), (250, 250, 250)
        expected = {
            1: (red, green, blue),
            2: (green, red, white),
            3: (white, blue, green),
            4: (blue, white, red),
            5: (red, blue, green),
            6: (blue, red, white),
            7: (white, green, blue),
            8: (green, white, red),
        }[orientation]
        assert np.abs(np.array(corners, int) - np.array(expected, int)).max() < 12


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_is_ignored(kind: str) -> None:
    content = encoded(quarters(), kind, exif=b"Exif\0\0MM" + bytes(range(200)))
    assert pixels(content).shape == (60, 80, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF"])
def test_reduced_picture_shows_the_whole(kind: str) -> None:
    found = pixels(encoded(quarters(1000, 750), kind), Fit(width=101)).astype(int)
    assert found.shape == (76, 101, 3)
    assert np.abs(found - np.asarray(quarters(1000, 750).resize((101, 76))).astype(int)).mean() < 8


def test_picture_is_never_enlarged() -> None:
    assert pixels(encoded(quarters(), "PNG"), Fit(width=500)).shape == (60, 80, 3)
    assert no_larger(quarters(), (500, 400)).size == (80, 60)


def test_picture_beyond_pixel_limit_is_refused_before_decoding() -> None:
    content = encoded(quarters(200, 200), "PNG")
    with pytest.raises(UnsupportedMedia, match="200 x 200") as raised:
        decode_reduced(BytesIO(content[:60]), FORMATS, Fit(), max_pixels=30_000)
    assert raised.value.code == "picture_too_large"
