"""Colours of frames: matrix, range, transfer and primaries, stated and not stated."""

import av
import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc

from shared.media.decode.colour import Colour
from shared.media.decode.frames import Scaler
from shared.media.decode.tone_mapping import Gamut, Transfer

UNSPECIFIED = 2
LIMITED, FULL = 1, 2
LUMA = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 7: (0.212, 0.087), 9: (0.2627, 0.0593)}
"""Coefficients of red and blue, by matrix (ITU-T H.273, table 4)."""


def flat_frame(
    pixel_format: str, samples: tuple[int, int, int], *, bits: int = 8, size: tuple[int, int] = (64, 48)
) -> av.VideoFrame:
    """Return a frame of one colour. ``samples`` are Y, U and V in ``bits``."""
    frame = av.VideoFrame(*size, pixel_format)
    kind = np.uint8 if bits == 8 else np.uint16
    for plane, sample in zip(frame.planes, samples, strict=True):
        plane.update(np.full(plane.buffer_size // np.dtype(kind).itemsize, sample, kind).tobytes())
    return frame


def exact_rgb(samples: tuple[int, int, int], matrix: int, color_range: int, bits: int) -> list[float]:
    red, blue = LUMA[matrix]
    unit = 2 ** (bits - 8)
    offset, luma_range, chroma_range = (
        (0, 2**bits - 1, 2**bits - 1) if color_range == FULL else (16 * unit, 219 * unit, 224 * unit)
    )
    y = (samples[0] - offset) / luma_range
    u, v = ((sample - 128 * unit) / chroma_range for sample in samples[1:])
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    g = (y - red * r - blue * b) / (1 - red - blue)
    return [min(max(value, 0.0), 1.0) * 255 for value in (r, g, b)]


@pytest.mark.parametrize("width", [64, 20])
@pytest.mark.parametrize("color_range", [LIMITED, FULL])
@pytest.mark.parametrize("matrix", list(LUMA))
@pytest.mark.parametrize(("pixel_format", "bits"), [("yuv420p", 8), ("yuv444p", 8), ("yuv420p10le", 10)])
def test_stated_matrix_and_range_are_used(
    pixel_format: str, bits: int, matrix: int, color_range: int, width: int
) -> None:
    unit = 2 ** (bits - 8)
    for y, u, v in ((120, 90, 160), (70, 150, 110), (235, 128, 128), (16, 128, 128)):
        samples = (y * unit, u * unit, v * unit)
        frame = flat_frame(pixel_format, samples, bits=bits)
        frame.colorspace, frame.color_range, frame.color_primaries = matrix, color_range, 1
        shown = Scaler(1.0, width).scale(frame)[5, 5]
        assert list(shown) == pytest.approx(exact_rgb(samples, matrix, color_range, bits), abs=2)


@pytest.mark.parametrize(
    ("pixel_format", "lines", "matrix", "is_full"),
    [
        ("yuv420p", 480, 6, False),
        ("yuv420p", 718, 6, False),
        ("yuv420p", 720, 1, False),
        ("yuvj420p", 480, 6, True),
        ("yuv420p10le", 2160, 1, False),
        ("gray", 480, UNSPECIFIED, True),
        ("rgb24", 480, 0, True),
        ("gbrp", 1080, 0, True),
    ],
)
def test_unspecified_matrix_and_range_are_those_of_players(
    pixel_format: str, lines: int, matrix: int, is_full: bool
) -> None:
    colour = Colour.of(av.VideoFrame(64, lines, pixel_format))
    assert (colour.matrix, colour.full_range, colour.needs_mapping) == (matrix, is_full, False)


@pytest.mark.parametrize(("lines", "matrix"), [(480, 6), (720, 1)])
def test_untagged_frame_is_shown_as_players_show_it(lines: int, matrix: int) -> None:
    samples = (120, 90, 160)
    shown = Scaler(1.0, 64).scale(flat_frame("yuv420p", samples, size=(64, lines)))[5, 5]
    assert list(shown) == pytest.approx(exact_rgb(samples, matrix, LIMITED, 8), abs=2)


@pytest.mark.parametrize(
    ("transfer", "primaries", "expected"),
    [
        (ColorTrc.SMPTE2084, ColorPrimaries.BT2020, (Transfer.PQ, Gamut.BT2020)),
        (ColorTrc.SMPTE2084, ColorPrimaries.UNSPECIFIED, (Transfer.PQ, Gamut.BT2020)),
        (ColorTrc.SMPTE2084, ColorPrimaries.SMPTE432, (Transfer.PQ, Gamut.P3)),
        (ColorTrc.ARIB_STD_B67, ColorPrimaries.BT2020, (Transfer.HLG, Gamut.BT2020)),
        (ColorTrc.BT2020_10, ColorPrimaries.BT2020, (Transfer.SDR, Gamut.BT2020)),
        (ColorTrc.IEC61966_2_1, ColorPrimaries.SMPTE432, (Transfer.SDR, Gamut.P3)),
        (ColorTrc.BT709, ColorPrimaries.BT709, (Transfer.SDR, Gamut.BT709)),
        (ColorTrc.SMPTE170M, ColorPrimaries.SMPTE170M, (Transfer.SDR, Gamut.BT709)),
        (ColorTrc.UNSPECIFIED, ColorPrimaries.UNSPECIFIED, (Transfer.SDR, Gamut.BT709)),
    ],
)
def test_transfer_and_primaries_are_read(
    transfer: int, primaries: int, expected: tuple[Transfer, Gamut]
) -> None:
    frame = av.VideoFrame(64, 48, "yuv420p10le")
    frame.color_trc, frame.color_primaries = transfer, primaries
    colour = Colour.of(frame)
    assert (colour.transfer, colour.gamut) == expected
    assert colour.needs_mapping is (expected != (Transfer.SDR, Gamut.BT709))
