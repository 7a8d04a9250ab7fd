"""Streaming detection of the cuts between shots.

Uses PySceneDetect's adaptive detector (https://www.scenedetect.com) on small images. It compares the change
from one image to the next with the changes around it, so that motion is not detected as a cut.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Final

import cv2
from scenedetect.common import FrameTimecode, Timecode
from scenedetect.detectors import AdaptiveDetector

from shared.domain.evidence import Shot
from shared.media.decode.still_image import RgbImage

LAG: Final = 2
"""Number of further images after which a cut is known."""

_MIN_SHOT_SECONDS: Final = 0.4
_CLOCK: Final = Fraction(1, 90_000)


class CutDetector:
    """Detects cuts in analysed images, which are fed in order of time."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._detector = AdaptiveDetector(min_scene_len=_MIN_SHOT_SECONDS, window_width=LAG)
        self._last: tuple[float, RgbImage] | None = None
        self.cuts: list[float] = []

    def feed(self, time: float, image: RgbImage) -> float | None:
        """Return the time of a cut that has just become known: the time of its first image."""
        self._last = (time, image)
        return self._cut(time, image)

    def finish(self) -> float | None:
        """Return a cut within the last images, for which later images are missing."""
        if self._last is None:
            return None
        time, image = self._last
        found = [self._cut(time + (n + 1) / self._rate, image) for n in range(LAG)]
        return next((cut for cut in found if cut is not None), None)

    def _cut(self, time: float, image: RgbImage) -> float | None:
        timestamp = FrameTimecode(Timecode(max(0, round(time / _CLOCK)), _CLOCK), self._rate)
        found = self._detector.process_frame(timestamp, cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        if not found:
            return None
        cut = float(found[0].seconds)
        self.cuts.append(cut)
        return cut


def shots_between(cuts: list[float], duration: float) -> tuple[Shot, ...]:
    """Return the shots between ``cuts``. They tile [0, ``duration``]."""
    inner = [cut for cut in cuts if 0.0 < cut < duration]
    edges = [0.0, *inner, duration]
    return tuple(Shot(start=a, end=b) for a, b in pairwise(edges))
