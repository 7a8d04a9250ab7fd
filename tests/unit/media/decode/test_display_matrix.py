"""The display matrix: eight orientations, odd angles, broken matrices."""

import gc
import struct
from itertools import product
from pathlib import Path

import av
import numpy as np
import pytest

from shared.media.decode.display_matrix import Orientation, frame_orientation, parse_display_matrix

CASES = Path(__file__).parents[3] / "media" / "cases"

ONE = 1 << 16


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    values = (round(a * ONE), round(b * ONE), 0, round(c * ONE), round(d * ONE), 0, 7 * ONE, 9 * ONE, 1 << 30)
    return struct.pack("=9i", *values)


@pytest.mark.parametrize(("sideways", "first", "second"), list(product((False, True), (1, -1), (1, -1))))
def test_orientation_moves_pixels_as_matrix_says(sideways: bool, first: int, second: int) -> None:
    """The matrix sends the point (p, q) to (a p + c q, b p + d q), up to translation."""
    a, b, c, d = (0, first, second, 0) if sideways else (first, 0, 0, second)
    stored = np.arange(2 * 3, dtype=np.uint8).reshape(2, 3, 1).repeat(3, axis=2)
    points = {(a * p + c * q, b * p + d * q): stored[q, p, 0] for p in range(3) for q in range(2)}
    left, top = min(x for x, _ in points), min(y for _, y in points)
    shown = parse_display_matrix(matrix(a, b, c, d)).apply(stored)
    assert {(x - left, y - top): value for (x, y), value in points.items()} == {
        (x, y): shown[y, x, 0] for y in range(shown.shape[0]) for x in range(shown.shape[1])
    }


@pytest.mark.parametrize(
    ("degrees", "rotation"), [(10, 0), (-44, 0), (50, 270), (135.1, 180), (-80, 90), (359, 0)]
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_odd_angle_is_rounded_to_right_angle(degrees: float, rotation: int, mirrored: bool) -> None:
    """Positive angles are clockwise. The mirror comes first."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    sign = -1 if mirrored else 1
    found = parse_display_matrix(matrix(sign * cosine, sign * sine, -sine, cosine))
    assert found == Orientation(rotation, mirrored)


def test_scaled_matrix_keeps_orientation() -> None:
    assert parse_display_matrix(matrix(0, 2, -0.5, 0)) == Orientation(270)


@pytest.mark.parametrize("content", [matrix(0, 0, 0, 0), matrix(1, 0, 1, 0), b"", b"\0" * 8])
def test_broken_matrix_is_ignored(content: bytes) -> None:
    assert parse_display_matrix(content) == Orientation()


def test_reading_matrix_leaves_no_cycle_that_holds_frame() -> None:
    """Frames of a decoder that wait for the garbage collector take hundreds of megabytes."""
    gc.collect()
    gc.disable()
    try:
        with av.open(str(CASES / "mirrored_hflip.mp4")) as container:
            for frame in container.decode(video=0):
                assert frame_orientation(frame).mirrored
            del frame
        assert not [found for found in gc.get_objects() if isinstance(found, av.VideoFrame)]
    finally:
        gc.enable()
