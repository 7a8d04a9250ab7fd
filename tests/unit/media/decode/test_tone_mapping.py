"""Tone mapping: known levels, order, hues, and the LUT for FFmpeg."""

from itertools import pairwise

import numpy as np
import pytest

from shared.media.decode.tone_mapping import LUT_SIZE, Gamut, Transfer, cube_file, to_sdr


def pq(light: float) -> float:
    """Return the PQ code of light in cd/m² (SMPTE ST 2084)."""
    power = (light / 1e4) ** (2610 / 16384)
    return float(((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375)


def grey(code: float, transfer: Transfer, gamut: Gamut = Gamut.BT2020) -> float:
    mapped = to_sdr(np.full((1, 3), code, np.float32), transfer, gamut)[0]
    assert np.ptp(mapped) < 0.002, "grey stays grey"
    return float(mapped[1])


@pytest.mark.parametrize(
    ("light", "shown"),
    [
        (0, 0.0),
        (10, 0.1 ** (1 / 2.4)),
        (25, 0.25 ** (1 / 2.4)),
        (203, 0.95),
        (1000, 1.0),
        (4000, 1.0),
    ],
)
def test_pq_levels(light: float, shown: float) -> None:
    assert grey(pq(light), Transfer.PQ) == pytest.approx(shown, abs=0.01)


def test_hlg_reference_white_is_as_bright_as_pq_reference_white() -> None:
    assert grey(0.75, Transfer.HLG) == pytest.approx(grey(pq(203), Transfer.PQ), abs=0.01)
    assert grey(1.0, Transfer.HLG) == pytest.approx(1.0, abs=0.01)
    assert grey(0.0, Transfer.HLG) == 0.0


@pytest.mark.parametrize("transfer", [Transfer.PQ, Transfer.HLG])
def test_brighter_stays_brighter(transfer: Transfer) -> None:
    levels = [grey(code, transfer) for code in np.linspace(0.0, 0.74, 75)]
    assert all(a < b for a, b in pairwise(levels))


def test_sdr_with_bt709_primaries_is_unchanged() -> None:
    values = np.random.default_rng(1).random((50, 3), dtype=np.float32)
    assert to_sdr(values, Transfer.SDR, Gamut.BT709) == pytest.approx(values, abs=1e-4)


@pytest.mark.parametrize("gamut", [Gamut.BT2020, Gamut.P3])
def test_wide_gamut_keeps_grey_and_saturates_colours(gamut: Gamut) -> None:
    assert grey(0.5, Transfer.SDR, gamut) == pytest.approx(0.5, abs=0.002)
    red, green, blue = to_sdr(np.array([[0.7, 0.3, 0.3]], np.float32), Transfer.SDR, gamut)[0]
    assert red > 0.7
    assert green < 0.3
    assert blue < 0.31


def test_cube_file_holds_the_conversion() -> None:
    head, *rows = cube_file(Transfer.PQ, Gamut.BT2020).strip().split("\n")
    assert head == f"LUT_3D_SIZE {LUT_SIZE}"
    assert len(rows) == LUT_SIZE**3
    red, green, blue = 20, 10, 5
    row = rows[red + LUT_SIZE * (green + LUT_SIZE * blue)]
    point = np.array([[red, green, blue]], np.float32) / np.float32(LUT_SIZE - 1)
    expected = to_sdr(point, Transfer.PQ, Gamut.BT2020)[0]
    assert [float(value) for value in row.split()] == pytest.approx(expected, abs=1e-4)
