"""Packing of the speech in streamed audio into windows for a transcriber.

Pauses are cut out and their positions recorded. Sentences keep their neighbours as context, the cost depends
on the amount of speech only, and times can be mapped back to the medium.
"""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.models.speech.voice_activity import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    FrameProbabilities,
    SpanFinder,
    SpanRules,
)

if TYPE_CHECKING:
    from shared.ports.models import Samples

_FRAMES_PER_SECOND = SAMPLE_RATE / FRAME_SAMPLES
_MAX_CLIP_SAMPLES = int(29.5 * SAMPLE_RATE)
"""Whisper's input is limited to 30 s."""
_PADDING_SAMPLES = int(0.3 * SAMPLE_RATE)
_MIN_SECONDS_AFTER_CUT = 0.1
"""Seconds of a word that must lie after a cut for the word to be assigned to the later piece."""
_RULES = SpanRules(pause=10, shortest=6, longest=int(28 * _FRAMES_PER_SECOND))
"""A pause is longer than the padding, so the audio after a span is available when the span ends."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive samples of speech. ``start`` is the first sample's index in the medium."""

    start: int
    samples: Samples

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class SpeechWindow:
    """Clips of at most half a minute, each a sequence of pieces in order of time."""

    clips: tuple[tuple[Piece, ...], ...]

    @property
    def start(self) -> float:
        """Start of the first piece in seconds of the medium."""
        return self.clips[0][0].start / SAMPLE_RATE

    @property
    def end(self) -> float:
        """End of the last piece in seconds of the medium."""
        return self.clips[-1][-1].end / SAMPLE_RATE

    def samples(self) -> Samples:
        """Return the samples of all pieces, concatenated."""
        import numpy as np

        return np.concatenate([piece.samples for clip in self.clips for piece in clip])

    def bounds(self) -> list[tuple[float, float]]:
        """Return start and end of each clip in seconds of ``samples()``."""
        bounds, position = [], 0
        for clip in self.clips:
            length = sum(len(piece.samples) for piece in clip)
            bounds.append((position / SAMPLE_RATE, (position + length) / SAMPLE_RATE))
            position += length
        return bounds

    def timeline(self) -> WindowTimeline:
        return WindowTimeline([piece for clip in self.clips for piece in clip])


class WindowTimeline:
    """Maps seconds of a window's samples to seconds of the medium."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._starts = [0.0]
        for piece in pieces:
            self._starts.append(self._starts[-1] + len(piece.samples) / SAMPLE_RATE)

    def to_medium_time(self, start: float, end: float) -> tuple[float, float]:
        """Map a word's start and end.

        A word that crosses a cut is assigned to the later piece: Whisper places the first word after a cut
        too early, but not the last word before it.
        """
        anchor = max(start, end - _MIN_SECONDS_AFTER_CUT)
        index = min(bisect_right(self._starts, anchor) - 1, len(self._pieces) - 1)
        first, last = self._starts[index], self._starts[index + 1]
        shift = self._pieces[index].start / SAMPLE_RATE - first
        return (min(max(start, first), last) + shift, min(max(end, first), last) + shift)


def speech_windows(
    audio: Iterator[Samples], stream: FrameProbabilities, clips_per_window: int
) -> Iterator[SpeechWindow]:
    """Yield windows in order of time. Audio without speech is in no window.

    Holds one chunk, one span of speech and ``clips_per_window`` clips in memory.
    """
    finder, buffer = SpanFinder(_RULES), _Buffer()
    clips: list[list[Piece]] = []
    for chunk in audio:
        buffer.append(chunk)
        for first, last in finder.feed(stream.feed(chunk)):
            _add_to_clips(clips, buffer.piece(first * FRAME_SAMPLES, last * FRAME_SAMPLES))
        buffer.drop_before(finder.settled * FRAME_SAMPLES - _PADDING_SAMPLES)
        while len(clips) > clips_per_window:  # the last clip may still grow
            yield _window(clips[:clips_per_window])
            del clips[:clips_per_window]
    for first, last in finder.finish():
        _add_to_clips(clips, buffer.piece(first * FRAME_SAMPLES, last * FRAME_SAMPLES))
    for position in range(0, len(clips), clips_per_window):
        yield _window(clips[position : position + clips_per_window])


def _window(clips: list[list[Piece]]) -> SpeechWindow:
    return SpeechWindow(tuple(tuple(clip) for clip in clips))


def _add_to_clips(clips: list[list[Piece]], piece: Piece) -> None:
    fits = clips and sum(len(p.samples) for p in clips[-1]) + len(piece.samples) <= _MAX_CLIP_SAMPLES
    if fits:
        clips[-1].append(piece)
    else:
        clips.append([piece])


class _Buffer:
    """The audio that a later span may still need."""

    def __init__(self) -> None:
        self._chunks: list[Samples] = []
        self._offset = 0
        self._taken_until = 0

    def append(self, chunk: Samples) -> None:
        self._chunks.append(chunk)

    def drop_before(self, sample: int) -> None:
        while self._chunks and self._offset + len(self._chunks[0]) <= sample:
            self._offset += len(self._chunks.pop(0))

    def piece(self, start: int, end: int) -> Piece:
        """Return the samples with padding, without samples that an earlier piece contains."""
        import numpy as np

        audio = np.concatenate(self._chunks)
        start = max(start - _PADDING_SAMPLES, self._taken_until, self._offset)
        self._taken_until = min(end + _PADDING_SAMPLES, self._offset + len(audio))
        return Piece(start, audio[start - self._offset : self._taken_until - self._offset].copy())
