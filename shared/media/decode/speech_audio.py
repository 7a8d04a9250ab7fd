"""The audio of a medium in the format of the speech models."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.media.decode.audio_timeline import AudioSamples, AudioTimeline, decode_audio
from shared.media.decode.container import audio_stream, open_container, origin, packets

SAMPLE_RATE: Final = 16_000


def samples(path: Path, *, chunk_seconds: float = 30.0) -> Iterator[NDArray[np.float32]]:
    """Yield mono audio at 16 kHz in -1..1, in consecutive chunks of ``chunk_seconds``; the last is shorter.

    Sample n is at n / 16000 seconds of the medium: a late start and gaps are padded with silence. A medium
    without audio yields nothing. Memory is bounded by one chunk.

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
        stream = audio_stream(container)
        if stream is None:
            return
        timeline = AudioTimeline(rate=SAMPLE_RATE, layout="mono", start=origin(container))
        for frame in decode_audio(stream, packets(container, stream)):
            yield from timeline.feed(frame)
        yield from timeline.finish()
