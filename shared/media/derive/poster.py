"""Poster images that represent media in lists."""

from pathlib import Path
from typing import Final, assert_never

from shared.domain.media import MediaType
from shared.media.decode.pictures.fit import Fit
from shared.media.decode.still_image import RgbImage, decode_image, to_jpeg
from shared.media.derive.picture_quality import first_good, quality
from shared.media.derive.video_frames import shown_frames
from shared.media.derive.waveform import draw_waveform, loudness
from shared.media.inspect.properties import Probe

WIDTH: Final = 640
_MAX_PIXELS: Final = 640 * 2560
"""A tall picture is reduced below its width, so that lists stay fast."""

_POSITIONS: Final = (0.1, 0.2, 0.35, 0.5, 0.75, 0.0)
_MIN_KEY_FRAMES: Final = 3
_FRAME_COUNT: Final = 12
_MAX_STEP: Final = 1.0


def poster(path: Path, probe: Probe) -> bytes:
    """Return an upright JPEG at most 640 wide.

    For a video: the earliest of six key frames, from a tenth of its duration on, that shows nearly as much as
    the best of them. If there are fewer than three key frames, or all are blank, further frames are decoded.
    For audio: its waveform.

    Raises:
        UnsupportedMedia: the file cannot be opened, or no frame can be decoded.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return to_jpeg(poster_picture(path))
        case MediaType.AUDIO:
            return to_jpeg(draw_waveform(loudness(path, duration)))
        case MediaType.VIDEO:
            return _video_poster(path, probe, duration)
        case other:
            assert_never(other)


def poster_picture(path: Path) -> RgbImage:
    """Return the pixels of the poster of an image. Raises: UnsupportedMedia: it cannot be decoded."""
    return decode_image(path, Fit(width=WIDTH, pixels=_MAX_PIXELS))


def _video_poster(path: Path, probe: Probe, duration: float) -> bytes:
    times = [duration * position for position in _POSITIONS]
    step = min(duration / _FRAME_COUNT, _MAX_STEP)
    found = shown_frames(path, probe, times, WIDTH, min_key_frames=_MIN_KEY_FRAMES, step=step)
    if not found:
        return to_jpeg(draw_waveform(loudness(path, duration)))
    return to_jpeg(found[first_good([quality(image) for image in found])])
