"""Frames of the playable video: fitted, upright, in the colours of SDR video."""

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.media.decode.display_matrix import Orientation
from shared.media.decode.frames import Scaler
from shared.media.derive.playback_frames import PlaybackFrames
from tests.unit.media.changing_video import Section, frame_of

ORIENTATIONS = [Orientation(angle, mirrored) for angle in (0, 90, 180, 270) for mirrored in (False, True)]


def shown(frame: av.VideoFrame) -> NDArray[np.int64]:
    """Return the RGB that a browser shows: the frame is tagged BT.709, limited range."""
    assert frame.format.name == "yuv420p"
    frame.colorspace = frame.color_range = 1
    return Scaler(1.0, 4000).scale(frame).astype(np.int64)


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_frame_is_oriented_as_pictures_are(orientation: Orientation) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:24, :32], image[:24, 32:], image[24:, :32] = (200, 40, 40), (40, 180, 40), (50, 60, 210)
    expected = orientation.apply(image).astype(np.int64)
    frames = PlaybackFrames(expected.shape[1], expected.shape[0], 1.0)
    found = shown(frames.convert(av.VideoFrame.from_ndarray(image, format="rgb24"), orientation))
    assert found.shape == expected.shape
    assert np.abs(found - expected)[5::12, 5::12].max() <= 4


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv444p10le", "rgb24", "gbrp", "yuv422p"])
@pytest.mark.parametrize("lines", [48, 720])
def test_colours_are_kept(pixel_format: str, lines: int) -> None:
    """Frames without tags have the matrix of their height; the result always has BT.709."""
    size = (64, lines)
    source = frame_of(Section((200, 60, 40), size, pixel_format))
    expected = Scaler(1.0, 64).scale(source)[9, 9]
    found = shown(PlaybackFrames(*size, 1.0).convert(source, Orientation()))
    assert list(found[9, 9]) == pytest.approx(list(expected), abs=3)


def test_frames_of_other_shapes_are_fitted_with_bars() -> None:
    frames = PlaybackFrames(160, 120, 1.0)
    red, blue, green = (200, 40, 40), (40, 60, 200), (40, 180, 60)
    for colour, size, bars in (
        (red, (160, 120), (0, 0)),
        (blue, (120, 160), (34, 0)),
        (green, (320, 60), (0, 44)),
        (red, (80, 60), (0, 0)),
    ):
        found = shown(frames.convert(frame_of(Section(colour, size)), Orientation()))
        assert found.shape == (120, 160, 3)
        assert list(found[60, 80]) == pytest.approx(colour, abs=4)
        left, top = bars
        assert left == 0 or found[:, : left - 2].max() < 3
        assert top == 0 or found[: top - 2].max() < 3
        assert list(found[top + 4, left + 4]) == pytest.approx(colour, abs=4)


def test_pixel_aspect_applies_before_turn() -> None:
    frames = PlaybackFrames(120, 320, 2.0)
    found = shown(frames.convert(frame_of(Section((200, 40, 40), (160, 120))), Orientation(90)))
    assert found.shape == (320, 120, 3)
    assert found[::40, ::20, 0].min() > 190, "there are no bars"
