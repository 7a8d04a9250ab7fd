"""Judgement of pictures: fades, flashes, blur, colours."""

import cv2
import numpy as np
import pytest

from shared.media.decode.still_image import RgbImage, to_jpeg
from shared.media.derive.picture_quality import first_good, is_blank, quality, without_blank
from tests.unit.media.samples import scene

SCENE = cv2.GaussianBlur(np.random.default_rng(2).integers(0, 255, (90, 160, 3), dtype=np.uint8), (0, 0), 3)
DETAILED: RgbImage = np.asarray(cv2.normalize(SCENE, None, 0, 255, cv2.NORM_MINMAX), dtype=np.uint8)  # type: ignore[call-overload]


def flat(*colour: int) -> RgbImage:
    return np.full((90, 160, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("image", "blank"),
    [
        (flat(0, 0, 0), True),
        (flat(255, 255, 255), True),
        (flat(120, 120, 120), True),
        (flat(10, 20, 5), True),
        (flat(200, 30, 30), False),
        (flat(0, 0, 120), False),
        (scene(0, 0, 160, 90), False),
        (DETAILED, False),
    ],
)
def test_black_white_and_grey_are_blank(image: RgbImage, blank: bool) -> None:
    assert is_blank(image) is blank
    assert is_blank(to_jpeg(image)) is blank


def test_fade_flash_and_blur_lower_quality() -> None:
    best = quality(DETAILED)
    faded = np.asarray(DETAILED // 4, np.uint8)
    flash = np.asarray(255 - (255 - DETAILED) // 8, np.uint8)
    blurred = np.asarray(cv2.GaussianBlur(DETAILED, (0, 0), 8), np.uint8)
    for worse in (faded, flash, blurred, flat(0, 0, 0), flat(90, 90, 90)):
        assert quality(worse) < 0.8 * best
    assert quality(flat(0, 0, 0)) == 0.0


def test_first_of_nearly_equal_pictures_is_chosen() -> None:
    assert first_good([0.1, 0.75, 0.9, 0.8]) == 1
    assert first_good([0.0, 0.0]) == 0


def test_blank_pictures_are_kept_if_all_are_blank() -> None:
    black = flat(0, 0, 0)
    assert [image.mean() for image in without_blank([black, DETAILED, black])] == [DETAILED.mean()]
    assert len(without_blank([black, black])) == 2
