"""Frame rates as exact fractions.

A measured rate is a rounded number. The rates of NTSC are fractions (SMPTE ST 12-1): 29.97 is 30000/1001.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shared.domain.errors import InvalidRequest

_NTSC: Final = 1001
_TOLERANCE: Final = 0.0004
"""Share by which a measured rate may deviate. 24 and 24000/1001 differ by 0.001."""

_SLOWEST: Final = 1
_FASTEST: Final = 120
_DROP_FRAME: Final = (30, 60)
"""Nominal rates whose NTSC variants have drop-frame timecode."""

AUDIO_RATE: Final = 25
"""The nominal rate of a list that has audio only, if the request names none."""


@dataclass(frozen=True, slots=True, order=True)
class FrameRate:
    """A frame rate. ``nominal`` is the number of frames that a second of timecode counts; ``is_ntsc``: the
    rate is ``nominal`` * 1000/1001."""

    nominal: int
    is_ntsc: bool = False

    @property
    def exact(self) -> Fraction:
        return Fraction(self.nominal * 1000, _NTSC) if self.is_ntsc else Fraction(self.nominal)

    @property
    def has_drop_frame(self) -> bool:
        return self.is_ntsc and self.nominal in _DROP_FRAME

    @property
    def name(self) -> str:
        """The rate as people write it, such as ``29.97`` and ``25``."""
        return f"{float(self.exact):.3f}".rstrip("0").rstrip(".")

    def frames(self, seconds: float) -> int:
        """Return the number of the frame nearest to a time."""
        return round(Fraction(seconds) * self.exact)

    def seconds(self, frames: int) -> Fraction:
        return frames / self.exact


def measured_rate(rate: float) -> FrameRate:
    """Return the rate that a measured average stands for: within 0.04 % an NTSC or a whole rate, otherwise,
    as for video of variable rate, the nearest whole rate from 1 to 120."""
    nominal = min(max(round(rate), _SLOWEST), _FASTEST)
    for candidate in (FrameRate(nominal), FrameRate(nominal, is_ntsc=True)):
        if abs(rate / float(candidate.exact) - 1) <= _TOLERANCE:
            return candidate
    return FrameRate(nominal)


NAMED_RATES: Final = {
    rate.name: rate
    for rate in (
        FrameRate(24, is_ntsc=True),
        FrameRate(24),
        FrameRate(25),
        FrameRate(30, is_ntsc=True),
        FrameRate(30),
        FrameRate(48),
        FrameRate(50),
        FrameRate(60, is_ntsc=True),
        FrameRate(60),
    )
}
"""The rates that a request may name: 23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60."""


def named_rate(name: str) -> FrameRate:
    """Return a rate by its name. Raises: InvalidRequest."""
    if name not in NAMED_RATES:
        raise InvalidRequest("frame_rate", f"must be one of {', '.join(NAMED_RATES)}")
    return NAMED_RATES[name]
