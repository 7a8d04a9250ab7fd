"""Animated pictures: the frame that represents them."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.unit.media.decode.pictures.decoding import encoded, pixels, quarters, reduced

CLEAR = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
BLACK = Image.new("RGB", (80, 60), "black")
WHITE = Image.new("RGB", (80, 60), "white")
PICTURE = quarters()


def animation(kind: str, *frames: Image.Image, **options: Any) -> bytes:
    first, *others = frames
    return encoded(first, kind, save_all=True, append_images=others, duration=100, **options)


def shows_picture(content: bytes) -> bool:
    difference = np.abs(pixels(content).astype(int) - np.asarray(PICTURE))
    return bool(difference.mean() < 8)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("blank", [CLEAR, BLACK, WHITE], ids=["clear", "black", "white"])
def test_blank_frames_at_the_start_are_passed_over(kind: str, blank: Image.Image) -> None:
    picture = PICTURE.convert(blank.mode)
    content = animation(kind, blank, picture.rotate(180), picture)
    found = reduced(content)
    assert np.abs(np.asarray(found.image).astype(int) - np.asarray(PICTURE.rotate(180))).mean() < 8
    assert [warning.code for warning in found.warnings] == ["animation_first_frame"]


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_first_frame_is_shown_if_all_are_blank(kind: str) -> None:
    assert pixels(animation(kind, BLACK, WHITE)).max() < 10


def test_picture_of_png_file_that_is_no_frame_is_not_shown() -> None:
    assert shows_picture(animation("PNG", PICTURE.rotate(180), PICTURE, WHITE, default_image=True))


def test_first_frame_is_shown_if_the_next_is_damaged() -> None:
    content = bytearray(animation("GIF", WHITE, PICTURE))
    second = content.index(b"!\xf9", content.index(b"!\xf9") + 1)
    content[second + 30 :] = bytes(len(content) - second - 30)
    assert pixels(bytes(content)).min() > 245
