"""Timecode: frame numbers as ``HH:MM:SS:FF`` (SMPTE ST 12-1).

Timecode counts whole frames a second. At 29.97 frames a second it falls behind the clock by 3.6 s an hour.
Drop-frame timecode leaves out numbers, never frames: of each minute the first two (at 59.94 the first four),
except of every tenth minute. It is written with a semicolon.
"""

from __future__ import annotations

import re
from typing import Final

from shared.domain.editing.frame_rate import FrameRate
from shared.domain.errors import InvalidRequest

_SECONDS_PER_DAY: Final = 86_400
_PATTERN: Final = re.compile(r"(\d\d):([0-5]\d):([0-5]\d)([:;])(\d\d\d?)")


def frames_per_day(rate: FrameRate, *, drop_frame: bool) -> int:
    """Return the number of timecodes."""
    return _SECONDS_PER_DAY * rate.nominal - (24 * 54 * _dropped(rate) if drop_frame else 0)


def timecode(frame: int, rate: FrameRate, *, drop_frame: bool) -> str:
    """Write a frame number.

    Raises: ValueError: the frame is negative, or a day or more after 0.
    """
    if not 0 <= frame < frames_per_day(rate, drop_frame=drop_frame):
        raise ValueError(f"frame {frame} has no timecode")
    label = frame + _numbers_left_out(frame, rate) if drop_frame else frame
    seconds, frames = divmod(label, rate.nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    digits = 3 if rate.nominal > 100 else 2
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if drop_frame else ':'}{frames:0{digits}d}"


def frame_of(text: str, rate: FrameRate, *, drop_frame: bool, field: str) -> int:
    """Read a timecode, which may be written with colons only.

    Raises: InvalidRequest: it is no timecode of ``rate``, or one that drop-frame timecode leaves out.
    """
    match = _PATTERN.fullmatch(text)
    if match is None or int(match[1]) >= 24 or int(match[5]) >= rate.nominal:
        raise InvalidRequest(field, f"must be a timecode such as 01:00:00:00 at {rate.name} frames a second")
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    label = ((hours * 60 + minutes) * 60 + seconds) * rate.nominal + frames
    if not drop_frame:
        return label
    if minutes % 10 and seconds == 0 and frames < _dropped(rate):
        raise InvalidRequest(field, "is a timecode that drop-frame timecode leaves out")
    total_minutes = hours * 60 + minutes
    return label - _dropped(rate) * (total_minutes - total_minutes // 10)


def _dropped(rate: FrameRate) -> int:
    """Return how many numbers a minute leaves out."""
    return rate.nominal // 15


def _numbers_left_out(frame: int, rate: FrameRate) -> int:
    """Return how many numbers are left out up to a frame."""
    dropped = _dropped(rate)
    per_minute = rate.nominal * 60 - dropped
    per_ten_minutes = rate.nominal * 600 - 9 * dropped
    tens, rest = divmod(frame, per_ten_minutes)
    # The first minute of ten leaves out none.
    minutes = max(0, rest - dropped) // per_minute
    return dropped * (9 * tens + minutes)
