"""Cuts between images whose shape changes."""

import numpy as np
import pytest

from shared.media.decode.still_image import RgbImage
from shared.media.derive.shots import CutDetector

RATE = 16.0


def textured(width: int, height: int, seed: int = 0) -> RgbImage:
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 255, (4, 4, 3), dtype=np.uint8)
    return np.kron(blocks, np.ones((height // 4 + 1, width // 4 + 1, 1), np.uint8))[:height, :width]


def cuts_of(images: list[RgbImage]) -> list[float]:
    detector = CutDetector(RATE)
    for number, image in enumerate(images):
        detector.feed(number / RATE, image)
    detector.finish()
    return detector.cuts


def test_change_of_shape_is_cut() -> None:
    images = [textured(192, 144)] * 20 + [textured(108, 192)] * 20 + [textured(192, 144)] * 20
    assert cuts_of(images) == pytest.approx([20 / RATE, 40 / RATE])


@pytest.mark.parametrize("size", [(96, 54), (192, 109), (160, 90)])
def test_other_resolution_of_same_shape_is_no_cut(size: tuple[int, int]) -> None:
    """A sender adapts the resolution to the bandwidth, and rounds."""
    assert cuts_of([textured(192, 108)] * 20 + [textured(*size)] * 20 + [textured(192, 108)] * 20) == []


def test_cut_is_found_at_other_resolution() -> None:
    images = [textured(192, 108)] * 20 + [textured(96, 54)] * 20 + [textured(96, 54, seed=1)] * 20
    assert cuts_of(images) == pytest.approx([40 / RATE], abs=0.01)


def test_window_dragged_to_many_shapes_gives_no_tiny_shots() -> None:
    dragged = [textured(192, 100 + 8 * number) for number in range(16)]
    cuts = cuts_of([textured(192, 92)] * 20 + dragged + [dragged[-1]] * 20)
    assert cuts[0] == pytest.approx(20 / RATE)
    assert np.diff(cuts).min() >= 0.4
    assert len(cuts) <= 4


def test_cut_just_before_change_of_shape_is_dropped() -> None:
    images = [textured(192, 108)] * 20 + [textured(192, 108, seed=1)] + [textured(108, 192)] * 20
    assert cuts_of(images) == pytest.approx([21 / RATE])
