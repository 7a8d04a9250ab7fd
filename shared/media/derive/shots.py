"""Cuts between shots, found while frames pass by.

PySceneDetect's adaptive detector (https://www.scenedetect.com) on small pictures: the change from
one picture to the next is compared with the changes around it, so that motion is no cut.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Final

import cv2
from scenedetect.common import FrameTimecode, Timecode
from scenedetect.detectors import AdaptiveDetector

from shared.domain.evidence import Shot
from shared.media.decode.still_image import RGB

LAG: Final = 2
"""A cut at one picture is known when this many more have passed."""

_SHORTEST: Final = 0.4
_CLOCK: Final = Fraction(1, 90_000)


class CutDetector:
    """Feed it every analysed picture in order of time."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._detector = AdaptiveDetector(min_scene_len=_SHORTEST, window_width=LAG)
        self._last: tuple[float, RGB] | None = None
        self.cuts: list[float] = []

    def take(self, time: float, picture: RGB) -> float | None:
        """The time of a cut that has just become known: that of its first picture."""
        self._last = (time, picture)
        return self._cut(time, picture)

    def finish(self) -> float | None:
        """A cut within the last pictures, which lacked what comes after."""
        if self._last is None:
            return None
        time, picture = self._last
        found = [self._cut(time + (n + 1) / self._rate, picture) for n in range(LAG)]
        return next((cut for cut in found if cut is not None), None)

    def _cut(self, time: float, picture: RGB) -> float | None:
        stamp = FrameTimecode(Timecode(max(0, round(time / _CLOCK)), _CLOCK), self._rate)
        found = self._detector.process_frame(stamp, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        if not found:
            return None
        cut = float(found[0].seconds)
        self.cuts.append(cut)
        return cut


def shots(cuts: list[float], duration: float) -> tuple[Shot, ...]:
    """The shots between ``cuts``; together they are [0, ``duration``]."""
    inner = [cut for cut in cuts if 0.0 < cut < duration]
    edges = [0.0, *inner, duration]
    return tuple(Shot(start=a, end=b) for a, b in pairwise(edges))
