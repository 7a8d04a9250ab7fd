"""Small frames of a whole video, from which animated previews of its segments are made."""

from typing import Final

from shared.media.decode.still_image import RgbImage, to_jpeg
from shared.media.derive.picture_quality import is_blank

_SECONDS: Final = 1.0
_MAX_FRAMES: Final = 1200
_QUALITY: Final = 70
_TIME_TOLERANCE: Final = 1e-3


class PreviewFrames:
    """Chooses about one frame per second, at most 1200, from images in order of time.

    A blank image is chosen only if no other follows within its second: many videos start with a black frame.
    """

    def __init__(self, duration: float) -> None:
        self._step = max(_SECONDS, duration / _MAX_FRAMES)
        self._due = 0.0
        self._blank: tuple[float, RgbImage] | None = None
        self.frames: list[tuple[float, bytes]] = []
        """The chosen frames: time and JPEG file."""

    def feed(self, time: float, image: RgbImage) -> None:
        if self._blank is not None and time >= self._blank[0] + self._step - _TIME_TOLERANCE:
            self._choose(*self._blank)
        if time < self._due - _TIME_TOLERANCE:
            return
        if not is_blank(image):
            self._choose(time, image)
        elif self._blank is None:
            self._blank = (time, image)

    def finish(self) -> None:
        if self._blank is not None:
            self._choose(*self._blank)

    def _choose(self, time: float, image: RgbImage) -> None:
        self._blank = None
        self._due = time + self._step
        if len(self.frames) < _MAX_FRAMES:
            self.frames.append((time, to_jpeg(image, _QUALITY)))
