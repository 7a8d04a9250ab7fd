"""The still that stands for a medium in lists."""

from pathlib import Path
from typing import Final, assert_never

from shared.domain.media import MediaType
from shared.media.decode.still_image import RGB, decoded, shrunk, to_jpeg, upright
from shared.media.derive.video_frames import key_frames
from shared.media.derive.waveform import draw, loudness
from shared.media.inspect.probe import Probe

WIDTH: Final = 640

_PLACES: Final = (0.1, 0.2, 0.35, 0.5, 0.75, 0.0)
_DARK: Final = 20.0
_FLAT: Final = 6.0


def poster(path: Path, probe: Probe) -> bytes:
    """A JPEG at most 640 wide, upright. Of a video: a key frame near a tenth of its length that
    is neither black nor of one colour, or the most varied one there is. Of sound: its waveform.

    Raises:
        UnsupportedMedia: the file cannot be opened or no picture can be decoded.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return to_jpeg(shrunk(upright(decoded(path, for_width=WIDTH)), WIDTH))
        case MediaType.AUDIO:
            return to_jpeg(draw(loudness(path, duration)))
        case MediaType.VIDEO:
            return _video_poster(path, probe, duration)
        case other:
            assert_never(other)


def _video_poster(path: Path, probe: Probe, duration: float) -> bytes:
    best: RGB | None = None
    for _, picture in key_frames(path, probe, [duration * place for place in _PLACES], WIDTH):
        if picture.mean() > _DARK and picture.std() > _FLAT:
            return to_jpeg(picture)
        if best is None or picture.std() > best.std():
            best = picture
    return to_jpeg(draw(loudness(path, duration)) if best is None else best)
