"""Frames of the preview strip: their rate, their number, and blank ones."""

import numpy as np
import pytest

from shared.media.decode.still_image import RgbImage
from shared.media.derive.preview_frames import PreviewFrames
from tests.unit.media.samples import scene

RATE = 10
SCENE = scene(0, 0, 64, 48)
BLACK: RgbImage = np.zeros((48, 64, 3), np.uint8)


def chosen(images: list[RgbImage], duration: float | None = None) -> list[float]:
    previews = PreviewFrames(len(images) / RATE if duration is None else duration)
    for number, image in enumerate(images):
        previews.feed(number / RATE, image)
    previews.finish()
    return [time for time, _ in previews.frames]


def test_one_frame_per_second_is_chosen() -> None:
    assert chosen([SCENE] * 35) == pytest.approx([0, 1, 2, 3])


def test_black_frame_gives_way_to_later_one_within_its_second() -> None:
    assert chosen([BLACK] * 4 + [SCENE] * 26) == pytest.approx([0.4, 1.4, 2.4])


def test_black_video_keeps_its_frames() -> None:
    assert chosen([BLACK] * 35) == pytest.approx([0, 1, 2, 3])
    assert chosen([BLACK]) == [0]


def test_long_black_start_keeps_its_seconds() -> None:
    assert chosen([BLACK] * 23 + [SCENE] * 12) == pytest.approx([0, 1, 2.3, 3.3])


def test_long_video_has_at_most_1200_frames() -> None:
    assert len(chosen([SCENE] * 13_000, duration=100.0)) == 1200
    assert chosen([SCENE] * 60, duration=2400.0) == pytest.approx([0, 2, 4])
