"""Poster images that represent media in lists."""

from pathlib import Path
from typing import Final, assert_never

from shared.domain.media import MediaType
from shared.media.decode.pictures.fit import Fit
from shared.media.decode.still_image import RgbImage, decode_image, to_jpeg
from shared.media.derive.video_frames import nearest_key_frames
from shared.media.derive.waveform import draw_waveform, loudness
from shared.media.inspect.properties import Probe

WIDTH: Final = 640
_MAX_PIXELS: Final = 640 * 2560
"""A tall picture is reduced below its width, so that lists stay fast."""

_POSITIONS: Final = (0.1, 0.2, 0.35, 0.5, 0.75, 0.0)
_MIN_BRIGHTNESS: Final = 20.0
_MIN_CONTRAST: Final = 6.0


def poster(path: Path, probe: Probe) -> bytes:
    """Return an upright JPEG at most 640 wide.

    For a video: a key frame near a tenth of its duration that is neither black nor uniform, else the frame
    with the highest contrast. For audio: its waveform.

    Raises:
        UnsupportedMedia: the file cannot be opened, or no frame can be decoded.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return to_jpeg(decode_image(path, Fit(width=WIDTH, pixels=_MAX_PIXELS)))
        case MediaType.AUDIO:
            return to_jpeg(draw_waveform(loudness(path, duration)))
        case MediaType.VIDEO:
            return _video_poster(path, probe, duration)
        case other:
            assert_never(other)


def _video_poster(path: Path, probe: Probe, duration: float) -> bytes:
    best: RgbImage | None = None
    for _, image in nearest_key_frames(path, probe, [duration * position for position in _POSITIONS], WIDTH):
        if image.mean() > _MIN_BRIGHTNESS and image.std() > _MIN_CONTRAST:
            return to_jpeg(image)
        if best is None or image.std() > best.std():
            best = image
    return to_jpeg(draw_waveform(loudness(path, duration)) if best is None else best)
