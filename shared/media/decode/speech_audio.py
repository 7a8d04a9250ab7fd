"""The audio of a medium in the format of the speech models."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.media.decode.audio_timeline import AudioSamples
from shared.media.decode.container import audio_streams, open_container, origin, packets
from shared.media.decode.continuous_time import ContinuousTime, is_audio_alone, placed
from shared.media.decode.track_audio import MonoAudio

SAMPLE_RATE: Final = 16_000


def samples(path: Path, *, chunk_seconds: float = 30.0) -> Iterator[NDArray[np.float32]]:
    """Yield mono audio at 16 kHz in -1..1, in consecutive chunks of ``chunk_seconds``; the last is shorter.

    Sample n is at n / 16000 seconds of the medium: a late start and gaps are padded with silence. Channels
    are mixed so that each is heard (``shared.media.decode.mono_mix``). A medium without audio yields
    nothing. Memory is bounded by one chunk.

    Raises:
        UnsupportedMedia: the file cannot be opened.
    """
    size = max(1, round(chunk_seconds * SAMPLE_RATE))
    waiting: list[NDArray[np.float32]] = []
    held = 0
    for piece in _pieces(path):
        waiting.append(piece[0])
        held += piece.shape[1]
        while held >= size:
            joined = np.concatenate(waiting)
            yield joined[:size]
            waiting, held = [joined[size:]], held - size
    if held:
        yield np.concatenate(waiting)


def _pieces(path: Path) -> Iterator[AudioSamples]:
    with open_container(path) as container:
        streams = audio_streams(container)
        if not streams:
            return
        start = origin(container)
        audio = MonoAudio(streams, rate=SAMPLE_RATE, start=start)
        timeline = ContinuousTime(start, is_audio_alone=is_audio_alone(streams), longest_hole=math.inf)
        for packet in placed(packets(container, *streams), timeline):
            yield from audio.feed(packet)
        yield from audio.finish()
