"""Selection of the key frames of a video for OCR, tagging and embedding.

Each shot gives its sharpest frame; a long shot gives one about every eight seconds. A frame that looks like
the previous one of the same shot is left out, so a slide is read once. Over the whole medium at most one
frame per five seconds is chosen, plus a few at the start, because OCR of one frame takes about a second of
CPU time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from shared.media.decode.frames import Scaler
from shared.media.decode.still_image import RgbImage, to_jpeg
from shared.media.derive.picture_quality import quality

WINDOW_SECONDS: Final = 8.0
SECONDS_PER_FRAME: Final = 5.0

_INITIAL_FRAMES: Final = 4
_TRANSITION_SECONDS: Final = 0.25
"""Seconds after a cut in which frames may still blend two shots."""

_CLEARLY_SHARPER: Final = 1.15
_BLOCKS: Final = (16, 9)
_SAME_IMAGE_THRESHOLD: Final = 7.0
"""Two frames are the same if no block's mean brightness differs by more (0..255)."""


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """A chosen frame.

    ``image`` is upright and at most 1280 wide; ``jpeg`` is the same image encoded; ``shot`` counts from 0.
    ``quality`` is the one of ``picture_quality``.
    ``reading`` is a larger version of a picture, in which text is read.
    """

    timestamp: float
    shot: int
    image: RgbImage
    jpeg: bytes
    quality: float = 1.0
    reading: RgbImage | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    time: float
    frame: VideoFrame
    small: RgbImage


class KeyFrameChooser:
    """Chooses key frames from candidates in order of time and passes each to ``emit``. Holds one frame."""

    def __init__(self, scaler: Scaler, emit: Callable[[KeyFrame], None]) -> None:
        self._scaler = scaler
        self._emit = emit
        self._shot = 0
        self._shot_start = 0.0
        self._window_start = 0.0
        self._best: tuple[float, Candidate] | None = None
        self._previous: NDArray[np.float32] | None = None
        self._emitted = 0

    def feed(self, candidate: Candidate) -> None:
        if candidate.time - self._window_start >= WINDOW_SECONDS:
            self._close_window()
            self._window_start = candidate.time
        sharpness = _sharpness(candidate.small)
        if candidate.time - self._shot_start < _TRANSITION_SECONDS:
            # Used only if the shot has no later frame: it may be shorter than the transition.
            sharpness = min(sharpness, 0.0)
        if self._best is None or sharpness > self._best[0] * _CLEARLY_SHARPER:
            self._best = (sharpness, candidate)

    def next_shot(self, start: float) -> None:
        self._close_window()
        self._shot += 1
        self._shot_start = self._window_start = start
        self._previous = None

    def finish(self) -> None:
        self._close_window()

    def _close_window(self) -> None:
        if self._best is None:
            return
        candidate = self._best[1]
        self._best = None
        brightness = _block_brightness(candidate.small)
        if (
            self._previous is not None
            and float(np.abs(brightness - self._previous).max()) <= _SAME_IMAGE_THRESHOLD
        ):
            return
        if self._emitted >= _INITIAL_FRAMES + candidate.time / SECONDS_PER_FRAME:
            return
        self._previous = brightness
        self._emitted += 1
        image = self._scaler.scale(candidate.frame)
        self._emit(
            KeyFrame(candidate.time, self._shot, image, to_jpeg(image), quality=quality(candidate.small))
        )


def _sharpness(small: RgbImage) -> float:
    """Return the variance of the Laplacian (Pech-Pacheco et al., 2000)."""
    return float(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var())


def _block_brightness(small: RgbImage) -> NDArray[np.float32]:
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(cv2.resize(grey, _BLOCKS, interpolation=cv2.INTER_AREA), dtype=np.float32)
