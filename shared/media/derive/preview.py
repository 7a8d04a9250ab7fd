"""Animated previews in GIF, the only animated format that mail clients and chat tools play."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, assert_never

from PIL import Image, ImageOps

from shared.domain.media import MediaType
from shared.media.decode.pictures.fit import Fit
from shared.media.decode.still_image import RgbImage, decode_image, shrunk
from shared.media.derive.picture_quality import without_blank
from shared.media.derive.video_frames import shown_frames
from shared.media.derive.waveform import draw_waveform, loudness
from shared.media.inspect.properties import Probe

WIDTH: Final = 320
MAX_FRAMES: Final = 12
_MAX_PIXELS: Final = 320 * 1280

_FRAME_COUNT: Final = 8
_MIN_KEY_FRAMES: Final = 4
_MAX_STEP: Final = 2.0
_COLOURS: Final = 128


def animated_preview(images: Sequence[RgbImage | bytes], frame_seconds: float = 0.5) -> bytes:
    """Return a looping GIF at most 320 wide with at most 12 of ``images``, evenly chosen.

    ``images`` are arrays or JPEG files. Blank ones are left out unless all are blank. All frames have the
    first one's size: images of another shape are fitted into it, with black bars.

    Raises:
        ValueError: there is no image.
    """
    if not images:
        raise ValueError("a preview needs a picture")
    count = min(MAX_FRAMES, len(images))
    chosen = without_blank([images[i * len(images) // count] for i in range(count)])
    shrunken = [shrunk(_to_image(image), WIDTH) for image in chosen]
    size = shrunken[0].size
    equal = [image if image.size == size else ImageOps.pad(image, size) for image in shrunken]
    frames = [image.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE) for image in equal]
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
    """Return a GIF of the whole medium.

    For a video: about eight key frames, or frames decoded in between if there are fewer than four. For audio:
    its waveform with playback progress. For an image: the image.

    Raises:
        UnsupportedMedia: the file cannot be opened.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return animated_preview([decode_image(path, Fit(width=WIDTH, pixels=_MAX_PIXELS))])
        case MediaType.VIDEO:
            return animated_preview(_video_frames(path, probe, duration) or _waveform(path, duration))
        case MediaType.AUDIO:
            return animated_preview(_waveform(path, duration))
        case other:
            assert_never(other)


def picture_preview(picture: RgbImage) -> bytes | None:
    """Return the preview of an image from its decoded poster, None if the poster is too tall for one."""
    height, width, _ = picture.shape
    pixels = height * width * min(1.0, WIDTH / width) ** 2
    return animated_preview([picture]) if pixels <= _MAX_PIXELS else None


def _waveform(path: Path, duration: float) -> list[RgbImage]:
    values = loudness(path, duration)
    return [draw_waveform(values, (i + 1) / _FRAME_COUNT) for i in range(_FRAME_COUNT)]


def _video_frames(path: Path, probe: Probe, duration: float) -> list[RgbImage]:
    times = [duration * (i + 0.5) / _FRAME_COUNT for i in range(_FRAME_COUNT)]
    step = min(duration / _FRAME_COUNT, _MAX_STEP)
    return shown_frames(path, probe, times, WIDTH, min_key_frames=_MIN_KEY_FRAMES, step=step)


def _to_image(image: RgbImage | bytes) -> Image.Image:
    if isinstance(image, bytes):
        return Image.open(BytesIO(image)).convert("RGB")
    return Image.fromarray(image)
