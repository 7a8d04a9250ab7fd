"""Conversion of HDR and wide-gamut RGB to the RGB of SDR displays.

HDR is tone-mapped with the electrical-electrical transfer function (EETF) of ITU-R BT.2390-10, 5.4.1, from a
mastering display of 1000 cd/m² to the SDR display of ITU-R BT.1886 with 100 cd/m². It leaves light up to
about 30 cd/m² as it is, shows HDR reference white (203 cd/m², ITU-R BT.2408) as 0.96 of SDR white, and
compresses highlights above. The curve is applied to the largest component, and the others keep their ratio to
it, so hues do not change.
"""

from enum import Enum, auto
from functools import cache
from typing import Final, assert_never

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.float32]
"""RGB, ... x 3. Encoded values lie in 0..1; 1.0 of light is the white of an SDR display."""

LUT_SIZE: Final = 33

_SDR_WHITE: Final = 100.0  # cd/m²
_HDR_PEAK: Final = 1000.0  # cd/m²
_SDR_GAMMA: Final = 2.4  # ITU-R BT.1886
_HLG_SYSTEM_GAMMA: Final = 1.2  # ITU-R BT.2100, for a display of 1000 cd/m²
_BT2020_LUMINANCE: Final = np.array([0.2627, 0.6780, 0.0593], np.float32)
_CURVE_POINTS: Final = 4096


class Transfer(Enum):
    """Transfer functions: SDR (BT.709, sRGB and alike), PQ (SMPTE ST 2084), HLG (ARIB STD-B67), linear
    light."""

    SDR = auto()
    PQ = auto()
    HLG = auto()
    LINEAR = auto()

    @property
    def is_hdr(self) -> bool:
        return self in (Transfer.PQ, Transfer.HLG)


class Gamut(Enum):
    """Sets of primaries with a D65 white point. P3 stands for Display P3 and DCI-P3."""

    BT709 = auto()
    BT2020 = auto()
    P3 = auto()


_TO_BT709: Final = {
    Gamut.BT709: np.eye(3, dtype=np.float32),
    # ITU-R BT.2087, 4.
    Gamut.BT2020: np.array(
        [[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]], np.float32
    ),
    # From the chromaticities of SMPTE EG 432-1.
    Gamut.P3: np.array(
        [[1.2249, -0.2247, 0.0], [-0.0420, 1.0419, 0.0], [-0.0197, -0.0786, 1.0979]], np.float32
    ),
}


def to_sdr(encoded: Pixels, transfer: Transfer, gamut: Gamut) -> Pixels:
    """Convert encoded RGB to encoded RGB of an SDR display, 0..1, with BT.709 primaries.

    Colours outside BT.709 are clipped.
    """
    light = _tone_mapped(_light(encoded, transfer)) if transfer.is_hdr else _light(encoded, transfer)
    displayed = np.clip(light @ _TO_BT709[gamut].T, 0.0, 1.0)
    return np.asarray(displayed ** np.float32(1 / _SDR_GAMMA), dtype=np.float32)


def cube_file(transfer: Transfer, gamut: Gamut) -> str:
    """Return the conversion as a 3D LUT in the text format "Cube" (Adobe, 1.0)."""
    steps = np.linspace(0.0, 1.0, LUT_SIZE, dtype=np.float32)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    table = to_sdr(np.stack([red, green, blue], axis=-1).reshape(-1, 3), transfer, gamut)
    rows = "\n".join(f"{r:.5f} {g:.5f} {b:.5f}" for r, g, b in table.tolist())
    return f"LUT_3D_SIZE {LUT_SIZE}\n{rows}\n"


def _light(encoded: Pixels, transfer: Transfer) -> Pixels:
    """Return the light of a display, in multiples of SDR white."""
    match transfer:
        case Transfer.SDR:
            return np.asarray(encoded ** np.float32(_SDR_GAMMA), dtype=np.float32)
        case Transfer.PQ:
            return _pq_table()[np.rint(encoded * 65535).astype(np.uint16)]
        case Transfer.HLG:
            scene = _hlg_to_scene(encoded)
            luminance = (scene @ _BT2020_LUMINANCE)[..., None]
            gain = np.maximum(luminance, 1e-6) ** np.float32(_HLG_SYSTEM_GAMMA - 1)
            return np.asarray(scene * gain * np.float32(_HDR_PEAK / _SDR_WHITE), dtype=np.float32)
        case Transfer.LINEAR:
            return encoded
        case other:
            assert_never(other)


@cache
def _pq_table() -> Pixels:
    """Return the light of each 16-bit PQ code, in multiples of SDR white."""
    return _pq_to_light(np.linspace(0.0, 1.0, 65536, dtype=np.float32)) / np.float32(_SDR_WHITE)


@cache
def _gains() -> tuple[Pixels, Pixels]:
    """Return points of the tone curve: the largest component's light, and the factor that maps it."""
    light = np.linspace(0.0, 1.0, _CURVE_POINTS, dtype=np.float32) ** 4 * np.float32(1e4 / _SDR_WHITE)
    gains = _eetf(light) / np.maximum(light, 1e-9)
    gains[0] = 1.0
    return light, np.asarray(gains, dtype=np.float32)


def _tone_mapped(light: Pixels) -> Pixels:
    gains = np.interp(light.max(axis=-1), *_gains()).astype(np.float32)
    return np.asarray(light * gains[..., None], dtype=np.float32)


def _eetf(light: Pixels) -> Pixels:
    """Map light from the mastering display to the SDR display. Both have a black of 0."""
    peak = float(_light_to_pq(np.float32(_HDR_PEAK)))
    target = float(_light_to_pq(np.float32(_SDR_WHITE))) / peak
    knee = 1.5 * target - 0.5
    value = np.minimum(_light_to_pq(light * np.float32(_SDR_WHITE)) / peak, 1.0)
    t = (value - knee) / (1 - knee)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * target
    )
    mapped = np.where(value < knee, value, spline)
    return _pq_to_light(np.asarray(mapped * peak, dtype=np.float32)) / np.float32(_SDR_WHITE)


_M1: Final = 2610 / 16384  # SMPTE ST 2084:2014, 5.3
_M2: Final = 2523 / 4096 * 128
_C1: Final = 3424 / 4096
_C2: Final = 2413 / 4096 * 32
_C3: Final = 2392 / 4096 * 32


def _pq_to_light(encoded: Pixels) -> Pixels:
    """Return cd/m²."""
    power = encoded.astype(np.float64) ** (1 / _M2)
    return np.asarray(1e4 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1), np.float32)


def _light_to_pq(light: Pixels | np.float32) -> Pixels:
    """Return the PQ code, 0..1, of light in cd/m²."""
    power = (np.asarray(light, np.float64) / 1e4) ** _M1
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2, dtype=np.float32)


def _hlg_to_scene(encoded: Pixels) -> Pixels:
    """Return scene light, 0..1 (ITU-R BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    low = encoded**2 / 3
    high = (np.exp((encoded - c) / a) + b) / 12
    return np.asarray(np.where(encoded <= 0.5, low, high), dtype=np.float32)
