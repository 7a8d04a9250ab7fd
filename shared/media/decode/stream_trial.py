"""Trials of single streams: whether they have frames, and whether they are audible.

Each trial opens the file again, so that the caller's container keeps its position. The work is bounded by the
size of the file, for sound by the excerpts.
"""

from collections.abc import Iterator
from enum import Enum, auto
from itertools import islice
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from shared.media.decode.audio_timeline import decode_audio
from shared.media.decode.demux import MediaPacket, Stream, matching_streams, open_container, origin, packets

_AUDIBLE: Final = 1e-3  # -60 dBFS
_WHOLE_SECONDS: Final = 120.0
_EXCERPTS: Final = 40
_EXCERPT_FRAMES: Final = 20


class Sound(Enum):
    """What a trial of an audio stream finds. ``NONE``: nothing can be decoded."""

    AUDIBLE = auto()
    SILENT = auto()
    NONE = auto()


def has_many_packets(path: Path, stream: Stream) -> bool:
    """Return whether the stream has more than one packet. The file is read up to the second one."""
    if stream.frames:
        return stream.frames > 1
    with open_container(path) as container:
        (same,) = matching_streams(container, [stream])
        found = islice((packet for packet in packets(container, same) if packet.size), 2)
        return len(list(found)) > 1


def has_frames(path: Path, stream: Stream) -> bool:
    """Return whether a frame of the stream can be decoded. The file is read up to the first one."""
    with open_container(path) as container:
        (same,) = matching_streams(container, [stream])
        return any(True for _ in _frames(packets(container, same)))


def sound_of(path: Path, stream: AudioStream) -> Sound:
    """Measure whether the stream is audible, in all of a short file and in excerpts of a long one."""
    with open_container(path) as container:
        (same,) = matching_streams(container, [stream])
        if not isinstance(same, AudioStream):
            return Sound.NONE
        found = Sound.NONE
        for frame in _excerpts(container, same):
            if _level(frame) >= _AUDIBLE:
                return Sound.AUDIBLE
            found = Sound.SILENT
    if found is Sound.NONE and has_frames(path, stream):
        return Sound.SILENT
    return found


def _excerpts(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    duration = (container.duration or 0) / av.time_base
    if duration <= _WHOLE_SECONDS:
        yield from decode_audio(stream, packets(container, stream))
        return
    for number in range(_EXCERPTS):
        time = origin(container) + duration * (number + 0.5) / _EXCERPTS
        try:
            container.seek(int(time / (stream.time_base or 1)), stream=stream)
        except av.FFmpegError:
            continue
        yield from islice(decode_audio(stream, packets(container, stream)), _EXCERPT_FRAMES)


def _frames(packets: Iterator[MediaPacket]) -> Iterator[object]:
    for packet in packets:
        try:
            yield from packet.decode()
        except av.FFmpegError:
            continue


def _level(frame: AudioFrame) -> float:
    """Return the root mean square of the loudest channel, where full scale is 1."""
    samples = frame.to_ndarray()
    scale = 1.0 if samples.dtype.kind == "f" else 2.0 ** (8 * samples.dtype.itemsize - 1)
    centre = 128.0 if samples.dtype.kind == "u" else 0.0
    levels = np.sqrt(np.mean(np.square((samples.astype(np.float64) - centre) / scale), axis=-1))
    return float(levels.max(initial=0.0))
