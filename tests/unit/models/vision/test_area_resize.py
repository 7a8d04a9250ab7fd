"""Tests that resizing without OpenCV matches OpenCV within one level."""

import cv2
import numpy as np
import pytest
import skimage.data

from shared.models.vision.area_resize import resize_by_area, resize_by_area_numpy


@pytest.mark.parametrize("shape", [(720, 1280), (512, 512), (301, 777), (280, 280), (97, 150), (1280, 281)])
def test_numpy_and_opencv_agree_on_photograph(shape: tuple[int, int]) -> None:
    photograph = np.asarray(skimage.data.astronaut())  # type: ignore[no-untyped-call]
    image = np.asarray(cv2.resize(photograph, shape[::-1]), np.uint8)
    expected = resize_by_area(image, 280)
    found = resize_by_area_numpy(image, 280)
    assert found.shape == expected.shape == (280, 280, 3)
    assert np.abs(found.astype(int) - expected.astype(int)).max() <= 1


def test_uniform_image_stays_uniform() -> None:
    uniform = np.full((333, 1000, 3), 200, np.uint8)
    assert (resize_by_area_numpy(uniform, 280) == 200).all()
