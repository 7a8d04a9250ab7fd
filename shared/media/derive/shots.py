"""Streaming detection of the cuts between shots.

Uses PySceneDetect's adaptive detector (https://www.scenedetect.com) on small images. It compares the change
from one image to the next with the changes around it, so that motion is not detected as a cut. A change of
the images' shape is a cut too: a phone is turned, or a shared window is resized.
"""

from fractions import Fraction
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from scenedetect.common import FrameTimecode, Timecode
from scenedetect.detectors import AdaptiveDetector

from shared.domain.evidence import Shot
from shared.media.decode.still_image import RgbImage

LAG: Final = 2
"""Number of further images after which a cut is known."""

_MIN_SHOT_SECONDS: Final = 0.4
_SAME_SHAPE: Final = 1.04
"""Greatest ratio of two aspect ratios of the same shape. Senders that adapt a video's resolution to the
bandwidth round its sides."""

_CLOCK: Final = Fraction(1, 90_000)


class CutDetector:
    """Detects cuts in analysed images, which are fed in order of time. Their sizes may change."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._detector = _new_detector()
        self._last: tuple[float, RgbImage] | None = None
        self.cuts: list[float] = []

    def feed(self, time: float, image: RgbImage) -> float | None:
        """Return the time of a cut that has just become known: the time of its first image.

        A change of shape is known at once. A cut in the images just before it is not reported, because the
        shot in between would be too short.
        """
        if self._last is not None and image.shape != self._last[1].shape:
            if not _has_same_shape(image, self._last[1]):
                return self._cut_by_shape(time, image)
            height, width = self._last[1].shape[:2]
            image = np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        self._last = (time, image)
        return self._cut(time, image)

    def finish(self) -> float | None:
        """Return a cut within the last images, for which later images are missing."""
        if self._last is None:
            return None
        time, image = self._last
        found = [self._cut(time + (n + 1) / self._rate, image) for n in range(LAG)]
        return next((cut for cut in found if cut is not None), None)

    def _cut_by_shape(self, time: float, image: RgbImage) -> float | None:
        self._detector = _new_detector()
        self._last = (time, image)
        self._cut(time, image)
        if self.cuts and time - self.cuts[-1] < _MIN_SHOT_SECONDS:
            return None
        self.cuts.append(time)
        return time

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


def _new_detector() -> AdaptiveDetector:
    return AdaptiveDetector(min_scene_len=_MIN_SHOT_SECONDS, window_width=LAG)


def _has_same_shape(image: RgbImage, other: RgbImage) -> bool:
    (height, width), (other_height, other_width) = image.shape[:2], other.shape[:2]
    ratio = float(width * other_height) / float(height * other_width)
    return 1 / _SAME_SHAPE <= ratio <= _SAME_SHAPE
