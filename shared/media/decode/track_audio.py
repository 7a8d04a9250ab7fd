"""Consecutive samples from the packets of one audio stream, or of the mono tracks of one recording."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from av.audio.stream import AudioStream

from shared.media.decode.audio_timeline import AudioSamples, AudioTimeline, decode_audio
from shared.media.decode.demux import MediaPacket
from shared.media.decode.mono_mix import MonoMix

_MAX_LEAD_SECONDS: Final = 60.0
"""A track that is behind by more counts as silent meanwhile, which bounds the memory."""


class TrackAudio:
    """Converts the packets of one stream to consecutive samples of a layout."""

    def __init__(self, stream: AudioStream, *, rate: int, layout: str, start: float) -> None:
        self._stream = stream
        self._timeline = AudioTimeline(rate=rate, layout=layout, start=start)

    def feed(self, packet: MediaPacket) -> Iterator[AudioSamples]:
        for frame in decode_audio(self._stream, [packet]):
            yield from self._timeline.feed(frame)

    def finish(self) -> Iterator[AudioSamples]:
        """Yield the samples that the resampler still holds."""
        yield from self._timeline.finish()


class MonoAudio:
    """Converts packets to consecutive samples of one channel from ``start``, in seconds of their time."""

    def __init__(self, streams: Sequence[AudioStream], *, rate: int, start: float) -> None:
        self._tracks = {
            s.index: _Track(s, AudioTimeline(rate=rate, layout=None, start=start)) for s in streams
        }
        self._mix = MonoMix(rate)
        self._max_lead = round(_MAX_LEAD_SECONDS * rate)

    def feed(self, packet: MediaPacket) -> Iterator[AudioSamples]:
        track = self._tracks.get(packet.stream_index)
        if track is None:
            return
        for frame in decode_audio(track.stream, [packet]):
            yield from self._take(track, track.timeline.feed(frame))

    def finish(self) -> Iterator[AudioSamples]:
        """Yield the samples that decoders, resamplers and the mix still hold."""
        for track in self._tracks.values():
            yield from self._take(track, track.timeline.finish())
        if len(self._tracks) > 1:
            yield from self._together(max(track.length for track in self._tracks.values()))
        yield from self._mix.finish()

    def _take(self, track: "_Track", pieces: Iterator[AudioSamples]) -> Iterator[AudioSamples]:
        for piece in pieces:
            if len(self._tracks) == 1:
                yield from self._mix.feed(piece, track.timeline.channels)
                continue
            track.append(piece)
            lengths = [each.length for each in self._tracks.values()]
            yield from self._together(max(min(lengths), max(lengths) - self._max_lead))

    def _together(self, length: int) -> Iterator[AudioSamples]:
        if length > 0:
            rows = [track.take(length) for track in self._tracks.values()]
            yield from self._mix.feed(np.concatenate(rows), [track.name for track in self._tracks.values()])


class _Track:
    """A track with the samples that wait for those of the others."""

    name: Final = "NONE"

    def __init__(self, stream: AudioStream, timeline: AudioTimeline) -> None:
        self.stream, self.timeline = stream, timeline
        self._waiting: list[AudioSamples] = []
        self._padded = 0
        self.length = 0

    def append(self, piece: AudioSamples) -> None:
        skipped = min(self._padded, piece.shape[1])
        self._padded -= skipped
        self._waiting.append(piece[:1, skipped:])
        self.length += piece.shape[1] - skipped

    def take(self, length: int) -> AudioSamples:
        """Remove ``length`` samples. Missing ones are silent, and skipped when they arrive late."""
        joined = np.concatenate([np.zeros((1, 0), np.float32), *self._waiting], axis=1)
        missing = max(0, length - joined.shape[1])
        self._padded += missing
        self._waiting, self.length = [joined[:, length:]], max(0, joined.shape[1] - length)
        return np.pad(joined[:, :length], ((0, 0), (0, missing)))
