"""Pictures and pages of a file after the first."""

import numpy as np
import pytest
from PIL import Image

from shared.media.decode.pictures.frames import MAX_PAGES
from tests.unit.media.decode.pictures.decoding import encoded, quarters, reduced

PICTURE = quarters()


def turned() -> Image.Image:
    """Return a new image: Pillow leaves settings of the encoder in one that it has written."""
    return PICTURE.rotate(180)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("GIF", "animation_first_frame"),
        ("WEBP", "animation_first_frame"),
        ("PNG", "animation_first_frame"),
        ("MPO", "further_pictures_not_shown"),
    ],
)
def test_what_is_not_shown_is_a_warning(kind: str, code: str) -> None:
    content = encoded(PICTURE, kind, save_all=True, append_images=[turned()])
    assert [warning.code for warning in reduced(content).warnings] == [code]
    single = encoded(PICTURE, "JPEG" if kind == "MPO" else kind)
    assert reduced(single).warnings == ()


def test_small_map_beside_photograph_is_no_picture() -> None:
    content = encoded(quarters(800, 600), "MPO", save_all=True, append_images=[quarters(8, 6)])
    assert reduced(content).warnings == ()


def test_pages_are_put_one_below_another() -> None:
    content = encoded(PICTURE, "TIFF", save_all=True, append_images=[quarters(40, 20), turned()])
    stack = reduced(content, all_pages=True)
    assert (stack.width, stack.height, stack.warnings) == (80, 140, ())
    assert stack.image.getpixel((2, 2)) == (200, 40, 40)
    assert stack.image.getpixel((2, 65)) == (255, 255, 255)  # beside the narrow page
    assert stack.image.getpixel((22, 62)) == (200, 40, 40)
    assert stack.image.getpixel((78, 138)) == (200, 40, 40)
    assert (reduced(content).width, reduced(content).height) == (80, 60)


def test_pages_of_different_modes_are_shown() -> None:
    modes = ("RGB", "P", "L", "1", "CMYK", "P")
    deep = Image.fromarray(np.full((60, 80), 60_000, np.uint16))
    first, *others = [*(PICTURE.convert(mode) for mode in modes), deep]
    content = encoded(first, "TIFF", save_all=True, append_images=others)
    assert reduced(content).image.getpixel((2, 2)) == (200, 40, 40)
    stack = reduced(content, all_pages=True).image
    assert stack.height == 60 * 7
    assert stack.getpixel((40, 60 * 6 + 30)) == (233, 233, 233)


def test_thumbnail_in_tiff_file_is_no_page() -> None:
    thumbnail = quarters(8, 6)
    thumbnail.encoderinfo = {"tiffinfo": {254: 1}}
    content = encoded(PICTURE, "TIFF", save_all=True, append_images=[thumbnail])
    assert reduced(content, all_pages=True).height == 60


def test_pages_beyond_limit_are_a_warning() -> None:
    content = encoded(PICTURE, "TIFF", save_all=True, append_images=[PICTURE] * MAX_PAGES)
    found = reduced(content, all_pages=True)
    assert found.height == 60 * MAX_PAGES
    assert [warning.code for warning in found.warnings] == ["pages_not_shown"]
