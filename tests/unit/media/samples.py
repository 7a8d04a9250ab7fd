"""Small media files, made with the installed encoders."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import pillow_heif
from numpy.typing import NDArray

pillow_heif.register_heif_opener()  # tests write HEIC files with Pillow

RATE = 12
TONE = 440.0


def scene(index: int, frame: int, width: int, height: int) -> NDArray[np.uint8]:
    """Draw an image whose top left quarter is bright and that has a slowly moving bar."""
    colours = ((200, 40, 40), (40, 180, 60), (50, 60, 210), (210, 200, 60))
    image = np.empty((height, width, 3), np.uint8)
    image[:] = np.array(colours[index % len(colours)], np.uint8)
    image[: height // 2, : width // 2] = 250
    bar = (frame * 2) % max(1, width - 4)
    image[-height // 4 :, bar : bar + 4] = 20
    return image


_CACHE: Final[dict[str, bytes]] = {}


def make_video(path: Path, **settings: Any) -> Path:
    """Encode a video as ``encode_video`` does, and cache it.

    Each combination of settings is encoded once per process, because encoding takes longer than most tests.
    """
    key = f"{path.suffix} {sorted(settings.items())}"
    if key not in _CACHE:
        _CACHE[key] = encode_video(path, **settings).read_bytes()
    path.write_bytes(_CACHE[key])
    return path


def encode_video(
    path: Path,
    *,
    seconds: float = 2.0,
    size: tuple[int, int] = (160, 120),
    codec: str = "libx264",
    audio: str | None = "aac",
    pixel_format: str = "yuv420p",
    scene_seconds: float = 1.0,
    rotation: int = 0,
    stamps: Sequence[float] | None = None,
    keyframes: int = RATE,
    options: dict[str, str] | None = None,
    audio_offset: float = 0.0,
    container_format: str | None = None,
) -> Path:
    """Encode a video. ``stamps`` are the frames' times for a variable rate."""
    with av.open(str(path), "w", format=container_format, options=options or {}) as out:
        video = out.add_stream(codec, rate=RATE)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = *size, pixel_format
        video.gop_size = keyframes
        clock = Fraction(1, RATE) if stamps is None else Fraction(1, 1200)
        video.codec_context.time_base = clock
        if rotation:
            video.set_display_rotation(rotation)
        audio_stream = out.add_stream(audio, rate=48000, layout="mono") if audio else None
        assert audio_stream is None or isinstance(audio_stream, av.AudioStream)
        times = stamps if stamps is not None else [i / RATE for i in range(max(1, round(seconds * RATE)))]
        for number, time in enumerate(times):
            image = scene(int(time / scene_seconds), number, *size)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts, frame.time_base = round(time / clock), clock
            out.mux(video.encode(frame))
        out.mux(video.encode())
        if audio_stream is not None:
            encode_tone(out, audio_stream, seconds, audio_offset)
    return path


def make_audio(
    path: Path, codec: str, *, seconds: float = 2.0, rate: int = 48000, cover: NDArray[np.uint8] | None = None
) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if cover is not None:
            add_cover(out, cover)
        encode_tone(out, stream, seconds, 0.0)
    return path


def add_cover(out: av.container.OutputContainer, image: NDArray[np.uint8]) -> None:
    stream = out.add_stream("mjpeg", rate=1)
    assert isinstance(stream, av.VideoStream)
    stream.height, stream.width = image.shape[:2]
    stream.pix_fmt = "yuvj420p"
    stream.disposition = av.stream.Disposition.attached_pic
    frame = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuvj420p")
    frame.pts, frame.time_base = 0, Fraction(1, 1)
    out.mux(stream.encode(frame))
    out.mux(stream.encode())


def encode_tone(
    out: av.container.OutputContainer, stream: av.audio.stream.AudioStream, seconds: float, offset: float
) -> None:
    rate = stream.codec_context.sample_rate
    times = np.arange(round(seconds * rate)) / rate
    wave = (0.5 * np.sin(2 * np.pi * TONE * times)).astype(np.float32)
    step = stream.codec_context.frame_size or 1024
    for start in range(0, len(wave), step):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + step], format="fltp", layout="mono")
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = start + round(offset * rate)
        out.mux(stream.encode(frame))
    out.mux(stream.encode())
