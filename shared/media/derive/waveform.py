"""Waveform images of audio: loudness over time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from shared.media.decode.audio_timeline import decode_audio
from shared.media.decode.container import audio_stream, open_container, origin, packets
from shared.media.decode.speech_audio import samples
from shared.media.decode.still_image import RgbImage

WIDTH: Final = 640
HEIGHT: Final = 360
BARS: Final = 128

_BACKGROUND: Final = (18, 24, 38)
_PLAYED: Final = (96, 178, 255)
_UNPLAYED: Final = (58, 84, 128)
_MAX_FULL_SECONDS: Final = 300.0
_FRAMES_PER_BAR: Final = 4


def loudness(path: Path, duration: float) -> NDArray[np.float32]:
    """Return ``BARS`` values in 0..1; the loudest is 1.

    Up to five minutes of audio are decoded completely. Longer audio is sampled with one excerpt per bar.
    """
    levels = (
        _levels_of_all(path, duration)
        if duration <= _MAX_FULL_SECONDS
        else _levels_of_excerpts(path, duration)
    )
    values = np.zeros(BARS, np.float32)
    for bar, value in levels:
        values[bar] = max(values[bar], value)
    peak = float(values.max())
    return values / peak if peak > 1e-4 else values


def draw_waveform(values: NDArray[np.float32], played: float = 1.0) -> RgbImage:
    """Draw bars around the middle line. Bars before the share ``played`` are bright."""
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[:] = _BACKGROUND
    step = WIDTH // len(values)
    for bar, value in enumerate(values):
        half = max(1, round(float(value) * HEIGHT * 0.42))
        colour = _PLAYED if bar < played * len(values) else _UNPLAYED
        left = bar * step
        image[HEIGHT // 2 - half : HEIGHT // 2 + half, left + 1 : left + step - 1] = colour
    return image


def _levels_of_all(path: Path, duration: float) -> Iterator[tuple[int, float]]:
    bar_seconds = max(duration, 0.01) / BARS
    for bar, chunk in enumerate(samples(path, chunk_seconds=bar_seconds)):
        yield min(bar, BARS - 1), float(np.sqrt(np.mean(np.square(chunk))))


def _levels_of_excerpts(path: Path, duration: float) -> Iterator[tuple[int, float]]:
    with open_container(path) as container:
        stream = audio_stream(container)
        if stream is None:
            return
        start = origin(container)
        for bar in range(BARS):
            try:
                container.seek(int((start + duration * (bar + 0.5) / BARS) * av.time_base))
            except av.FFmpegError:
                continue
            for number, frame in enumerate(decode_audio(stream, packets(container, stream))):
                yield bar, _level(frame)
                if number + 1 >= _FRAMES_PER_BAR:
                    break


def _level(frame: AudioFrame) -> float:
    """Return the root mean square. Bars are relative, so the scale of integer samples does not matter."""
    return float(np.sqrt(np.mean(np.square(frame.to_ndarray().astype(np.float32)))))
