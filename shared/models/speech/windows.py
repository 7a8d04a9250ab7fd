"""Packs the speech in streamed audio into windows that a transcriber can take at once.

Pauses are cut out and remembered: sentences keep their neighbours as context, sparse speech costs no
more than it is long, and times lead back to the medium.
"""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.models.speech.voice_activity import FRAME, SAMPLE_RATE, FrameProbabilities, SpanFinder, SpanRules

if TYPE_CHECKING:
    from shared.ports.models import Samples

_FRAMES_A_SECOND = SAMPLE_RATE / FRAME
_LONGEST_CLIP = int(29.5 * SAMPLE_RATE)
"""Whisper sees 30 s at a time."""
_PADDING = int(0.3 * SAMPLE_RATE)
_LEAST_BEHIND = 0.1
"""Seconds of a word that must lie behind a cut for the word to belong there."""
_RULES = SpanRules(pause=10, shortest=6, longest=int(28 * _FRAMES_A_SECOND))
"""A pause is longer than the padding, so the audio behind a span is there when the span ends."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Consecutive samples of speech; ``start`` counts samples of the medium."""

    start: int
    samples: Samples

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


@dataclass(frozen=True, slots=True)
class SpeechWindow:
    """Clips of at most half a minute, each of pieces in order of time."""

    clips: tuple[tuple[Piece, ...], ...]

    @property
    def start(self) -> float:
        """Seconds of the medium up to the first piece."""
        return self.clips[0][0].start / SAMPLE_RATE

    @property
    def end(self) -> float:
        """Seconds of the medium up to the end of the last piece."""
        return self.clips[-1][-1].end / SAMPLE_RATE

    def samples(self) -> Samples:
        """All pieces, one after the other."""
        import numpy as np

        return np.concatenate([piece.samples for clip in self.clips for piece in clip])

    def bounds(self) -> list[tuple[float, float]]:
        """Start and end of each clip in seconds of ``samples()``."""
        bounds, position = [], 0
        for clip in self.clips:
            length = sum(len(piece.samples) for piece in clip)
            bounds.append((position / SAMPLE_RATE, (position + length) / SAMPLE_RATE))
            position += length
        return bounds

    def timeline(self) -> WindowTimeline:
        return WindowTimeline([piece for clip in self.clips for piece in clip])


class WindowTimeline:
    """Leads from seconds of a window's samples back to seconds of the medium."""

    def __init__(self, pieces: list[Piece]) -> None:
        self._pieces = pieces
        self._starts = [0.0]
        for piece in pieces:
            self._starts.append(self._starts[-1] + len(piece.samples) / SAMPLE_RATE)

    def original(self, start: float, end: float) -> tuple[float, float]:
        """A word that crosses a cut belongs behind it: first words are heard too early, last ones are not."""
        last_moment = max(start, end - _LEAST_BEHIND)
        place = min(bisect_right(self._starts, last_moment) - 1, len(self._pieces) - 1)
        first, last = self._starts[place], self._starts[place + 1]
        shift = self._pieces[place].start / SAMPLE_RATE - first
        return (min(max(start, first), last) + shift, min(max(end, first), last) + shift)


def speech_windows(
    audio: Iterator[Samples], stream: FrameProbabilities, clips_a_window: int
) -> Iterator[SpeechWindow]:
    """Windows in order of time; audio without speech is in none.

    Holds one chunk, one span of speech and ``clips_a_window`` clips.
    """
    finder, buffer = SpanFinder(_RULES), _Buffer()
    clips: list[list[Piece]] = []
    for chunk in audio:
        buffer.append(chunk)
        for first, last in finder.feed(stream.feed(chunk)):
            _add(clips, buffer.piece(first * FRAME, last * FRAME))
        buffer.drop_before(finder.settled * FRAME - _PADDING)
        while len(clips) > clips_a_window:  # the last clip may still grow
            yield _window(clips[:clips_a_window])
            del clips[:clips_a_window]
    for first, last in finder.finish():
        _add(clips, buffer.piece(first * FRAME, last * FRAME))
    for position in range(0, len(clips), clips_a_window):
        yield _window(clips[position : position + clips_a_window])


def _window(clips: list[list[Piece]]) -> SpeechWindow:
    return SpeechWindow(tuple(tuple(clip) for clip in clips))


def _add(clips: list[list[Piece]], piece: Piece) -> None:
    fits = clips and sum(len(p.samples) for p in clips[-1]) + len(piece.samples) <= _LONGEST_CLIP
    if fits:
        clips[-1].append(piece)
    else:
        clips.append([piece])


class _Buffer:
    """The audio that may still be needed."""

    def __init__(self) -> None:
        self._chunks: list[Samples] = []
        self._offset = 0
        self._taken = 0

    def append(self, chunk: Samples) -> None:
        self._chunks.append(chunk)

    def drop_before(self, sample: int) -> None:
        while self._chunks and self._offset + len(self._chunks[0]) <= sample:
            self._offset += len(self._chunks.pop(0))

    def piece(self, start: int, end: int) -> Piece:
        """The samples with padding, none of which an earlier piece had."""
        import numpy as np

        held = np.concatenate(self._chunks)
        start = max(start - _PADDING, self._taken, self._offset)
        self._taken = min(end + _PADDING, self._offset + len(held))
        return Piece(start, held[start - self._offset : self._taken - self._offset].copy())
