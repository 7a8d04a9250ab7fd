"""Decoded audio on the medium's timeline: gaps become silence, overlaps are cut."""

from collections.abc import Iterable, Iterator
from typing import Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.layout import AudioLayout
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from numpy.typing import NDArray

from shared.media.decode.demux import MediaPacket

AudioSamples = NDArray[np.float32]
"""Channels x samples in -1..1."""

_TIMESTAMP_TOLERANCE: Final = 0.05
"""Seconds by which timestamps may deviate without being a gap: some container clocks are coarse."""

_MAX_GAP: Final = 3600.0
"""Seconds. A longer jump is a broken timestamp, not silence."""

_SILENCE_CHUNK_SECONDS: Final = 10.0


def decode_audio(stream: AudioStream, packets: Iterable[MediaPacket]) -> Iterator[AudioFrame]:
    """Decode the audio frames of ``packets``. A packet that cannot be decoded is skipped and leaves a gap."""
    for packet in packets:
        if packet.stream_index != stream.index:
            continue
        try:
            frames: list[object] = list(packet.decode())
        except av.FFmpegError:
            continue
        yield from (frame for frame in frames if isinstance(frame, AudioFrame))


class AudioTimeline:
    """Converts frames to consecutive samples from ``start``, in seconds of the container's time.

    ``layout`` None keeps the layout of each frame; ``channels`` are then the names of the channels of the
    piece that was yielded last.
    """

    def __init__(self, *, rate: int, layout: str | None, start: float) -> None:
        self._rate = rate
        self._layout = layout
        self.channels = _channel_names(layout or "mono")
        self._expected = start
        self._resampler: AudioResampler | None = None
        self._source: tuple[str, str, int] | None = None

    def feed(self, frame: AudioFrame) -> Iterator[AudioSamples]:
        if frame.sample_rate <= 0 or frame.samples <= 0:
            return
        begin = self._expected if frame.time is None else float(frame.time)
        if not -_MAX_GAP < begin - self._expected < _MAX_GAP:
            begin = self._expected
        gap = begin - self._expected
        if gap > _TIMESTAMP_TOLERANCE:
            yield from self._silence(gap)
            self._expected = begin
        surplus = -gap if gap < -_TIMESTAMP_TOLERANCE else 0.0
        length = frame.samples / frame.sample_rate
        for piece in self._resampled(frame):
            cut = min(piece.shape[1], round(surplus * self._rate))
            surplus -= cut / self._rate
            if cut < piece.shape[1]:
                yield piece[:, cut:]
        self._expected = max(
            self._expected, begin + length if abs(gap) > _TIMESTAMP_TOLERANCE else self._expected + length
        )

    def finish(self) -> Iterator[AudioSamples]:
        """Yield the samples that the resampler still holds."""
        if self._resampler is not None:
            yield from map(_to_samples, self._resampler.resample(None))
            self._resampler = None

    def _resampled(self, frame: AudioFrame) -> Iterator[AudioSamples]:
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        if source != self._source:
            yield from self.finish()
            self._source = source
            layout = self._layout or frame.layout.name
            self.channels = _channel_names(layout)
            self._resampler = AudioResampler("fltp", layout, self._rate)
        if self._resampler is not None:
            frame.pts = None
            yield from map(_to_samples, self._resampler.resample(frame))

    def _silence(self, seconds: float) -> Iterator[AudioSamples]:
        remaining = round(seconds * self._rate)
        while remaining > 0:
            count = min(remaining, round(_SILENCE_CHUNK_SECONDS * self._rate))
            yield np.zeros((len(self.channels), count), np.float32)
            remaining -= count


def _channel_names(layout: str) -> tuple[str, ...]:
    return tuple(channel.name for channel in AudioLayout(layout).channels)


def _to_samples(frame: AudioFrame) -> AudioSamples:
    return np.asarray(frame.to_ndarray(), dtype=np.float32)
