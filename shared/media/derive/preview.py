"""Animated previews: GIF, because mail clients and chat tools play nothing else."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, assert_never

import numpy as np
from PIL import Image

from shared.domain.media import MediaType
from shared.media.decode.still_image import RGB, decoded, shrunk, upright
from shared.media.derive.video_frames import every, key_frames
from shared.media.derive.waveform import draw, loudness
from shared.media.inspect.probe import Probe

WIDTH: Final = 320
MOST_FRAMES: Final = 12

_FRAMES: Final = 8
_FEWEST_KEY_FRAMES: Final = 4
_SHORT: Final = 60.0
_COLOURS: Final = 128


def animated_preview(pictures: Sequence[RGB | bytes], frame_seconds: float = 0.5) -> bytes:
    """A looping GIF at most 320 wide of at most 12 of ``pictures`` (arrays or JPEG files), evenly
    chosen. All frames get the size of the first.

    Raises:
        ValueError: there is no picture.
    """
    if not pictures:
        raise ValueError("a preview needs a picture")
    count = min(MOST_FRAMES, len(pictures))
    chosen = [pictures[i * len(pictures) // count] for i in range(count)]
    images = [shrunk(_image(picture), WIDTH) for picture in chosen]
    images = [i if i.size == images[0].size else i.resize(images[0].size) for i in images]
    frames = [image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE) for image in images]
    buffer = BytesIO()
    frames[0].save(
        buffer,
        "GIF",
        save_all=True,
        append_images=frames[1:],
        duration=round(frame_seconds * 1000),
        loop=0,
        disposal=1,
    )
    return buffer.getvalue()


def media_preview(path: Path, probe: Probe) -> bytes:
    """A GIF of the whole medium: of a video about eight key frames, of sound its waveform being
    played, of a picture itself.

    Raises:
        UnsupportedMedia: the file cannot be opened.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            image = shrunk(upright(decoded(path, for_width=WIDTH)), WIDTH)
            return animated_preview([np.asarray(image)])
        case MediaType.VIDEO:
            return animated_preview(_video_frames(path, probe, duration) or _waveform(path, duration))
        case MediaType.AUDIO:
            return animated_preview(_waveform(path, duration))
        case other:
            assert_never(other)


def _waveform(path: Path, duration: float) -> list[RGB]:
    values = loudness(path, duration)
    return [draw(values, (i + 1) / _FRAMES) for i in range(_FRAMES)]


def _video_frames(path: Path, probe: Probe, duration: float) -> list[RGB]:
    times = [duration * (i + 0.5) / _FRAMES for i in range(_FRAMES)]
    found = [picture for _, picture in key_frames(path, probe, times, WIDTH)]
    if len(found) < _FEWEST_KEY_FRAMES and duration <= _SHORT:
        found = [picture for _, picture in every(path, probe, duration / _FRAMES, WIDTH)] or found
    return found


def _image(picture: RGB | bytes) -> Image.Image:
    if isinstance(picture, bytes):
        return Image.open(BytesIO(picture)).convert("RGB")
    return Image.fromarray(picture)
