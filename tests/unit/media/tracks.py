"""Media files with several streams of a kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from tests.unit.media.samples import RATE, scene

AUDIO_RATE: Final = 16_000
NONE: Final = Disposition(0)


@dataclass(frozen=True)
class Sound:
    """An audio track of sine waves: one channel for each frequency in hertz, where
    0 is silence and a negative one has the opposite phase. Without frequencies the track has no packets."""

    frequencies: Sequence[float]
    seconds: float = 2.0
    quiet_seconds: float = 0.0
    layout: str = "mono"
    codec: str = "aac"
    language: str | None = None
    title: str | None = None
    disposition: Disposition = NONE

    @property
    def wave(self) -> NDArray[np.float32]:
        times = np.arange(round(self.seconds * AUDIO_RATE)) / AUDIO_RATE
        made = np.stack([0.5 * np.sin(2 * np.pi * hertz * times) for hertz in self.frequencies])
        made[:, : round(self.quiet_seconds * AUDIO_RATE)] = 0
        return made.astype(np.float32)


@dataclass(frozen=True)
class Film:
    """A video track."""

    frames: int = 2 * RATE
    size: tuple[int, int] = (64, 48)
    codec: str = "libx264"
    disposition: Disposition = NONE


def make_tracks(path: Path, *tracks: Film | Sound) -> Path:
    """Write a file with these tracks. Their flags are written as given, without a default of the muxer."""
    with av.open(str(path), "w", options={"default_mode": "passthrough"}) as out:
        streams = [_stream(out, track) for track in tracks]
        for track, stream in zip(tracks, streams, strict=True):
            if isinstance(track, Film):
                assert isinstance(stream, VideoStream)
                _encode_film(out, stream, track)
            elif track.frequencies:
                assert isinstance(stream, AudioStream)
                _encode_sound(out, stream, track)
    return path


def _stream(out: OutputContainer, track: Film | Sound) -> VideoStream | AudioStream:
    if isinstance(track, Film):
        video = out.add_stream(track.codec, rate=RATE)
        assert isinstance(video, VideoStream)
        (video.width, video.height), video.disposition = track.size, track.disposition
        video.pix_fmt = "yuvj420p" if track.codec == "mjpeg" else "yuv420p"
        return video
    audio = out.add_stream(track.codec, rate=AUDIO_RATE, layout=track.layout)
    assert isinstance(audio, AudioStream)
    audio.disposition = track.disposition
    if track.language:
        audio.metadata["language"] = track.language
    if track.title:
        audio.metadata["title"] = track.title
    return audio


def _encode_film(out: OutputContainer, stream: VideoStream, track: Film) -> None:
    for number in range(track.frames):
        frame = av.VideoFrame.from_ndarray(scene(0, number, *track.size), format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        out.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
    out.mux(stream.encode())


def _encode_sound(out: OutputContainer, stream: AudioStream, track: Sound) -> None:
    step = stream.codec_context.frame_size or 1024
    wave = track.wave
    for start in range(0, wave.shape[1], step):
        piece = np.ascontiguousarray(wave[:, start : start + step])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout=track.layout)
        frame.sample_rate, frame.time_base, frame.pts = AUDIO_RATE, Fraction(1, AUDIO_RATE), start
        out.mux(stream.encode(frame))
    out.mux(stream.encode())
