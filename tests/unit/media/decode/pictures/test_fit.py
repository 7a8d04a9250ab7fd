"""Sizes of reduced pictures."""

import pytest

from shared.media.decode.pictures.fit import MAX_CANVAS_PIXELS, MAX_SIDE, Fit, reduction
from shared.media.decode.still_image import KEY_FRAME, READING


@pytest.mark.parametrize(
    ("fit", "size", "expected"),
    [
        (Fit(width=640), (1280, 720), (640, 360)),
        (Fit(width=640), (320, 200), (320, 200)),
        (Fit(side=100), (50, 400), (12, 100)),
        (Fit(pixels=10_000), (400, 100), (200, 50)),
        (Fit(), (1, 10 * MAX_SIDE), (1, MAX_SIDE)),
        (KEY_FRAME, (1080, 20_000), (465, 8607)),
        (READING, (1080, 20_000), (1080, 20_000)),
        (READING, (4960, 7016), (2480, 3508)),
    ],
)
def test_size_is_within_every_bound(fit: Fit, size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert fit.size(*size) == expected


def test_averaged_picture_is_no_smaller_than_wanted() -> None:
    assert [reduction(1000, 1000, scale) for scale in (1.0, 0.51, 0.5, 0.24)] == [1, 1, 2, 4]


def test_averaged_picture_is_within_memory_limit() -> None:
    factor = reduction(10_000, 10_000, 0.7)
    assert (10_000 / factor) ** 2 <= MAX_CANVAS_PIXELS
