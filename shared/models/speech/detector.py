"""Speech detection with Silero voice activity detection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shared.domain.evidence import SpeechSpan
from shared.domain.lazy import lazy
from shared.models.onnx_session import cpu_session
from shared.models.speech.voice_activity import (
    FRAME_SAMPLES,
    SAMPLE_RATE,
    FrameProbabilities,
    SpanFinder,
    SpanRules,
)
from shared.models.weights.locations import Weights
from shared.models.weights.sources import VOICE_ACTIVITY

if TYPE_CHECKING:
    from shared.ports.models import Samples

_PADDING_SECONDS = 0.1
"""Seconds added on each side of a span: consonants begin and fade below the threshold."""


class SileroSpeechDetector:
    """Implements ``shared.ports.models.SpeechDetector``."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @lazy
    def _session(self) -> Any:
        return _load(self._weights)

    def probabilities(self) -> FrameProbabilities:
        """Start a new stream of frame probabilities over the loaded model."""
        return FrameProbabilities(self._session)

    def speech(self, audio: Iterator[Samples]) -> list[SpeechSpan]:
        """Return the spans of speech in seconds from the first sample, in order, without overlaps."""
        stream, finder = self.probabilities(), SpanFinder(SpanRules())
        frames: list[tuple[int, int]] = []
        samples = 0
        for chunk in audio:
            samples += len(chunk)
            frames.extend(finder.feed(stream.feed(chunk)))
        frames.extend(finder.finish())
        return _padded(frames, samples / SAMPLE_RATE)


def _padded(frames: list[tuple[int, int]], duration: float) -> list[SpeechSpan]:
    seconds = FRAME_SAMPLES / SAMPLE_RATE
    spans: list[SpeechSpan] = []
    for first, last in frames:
        start = max(first * seconds - _PADDING_SECONDS, spans[-1].end if spans else 0.0)
        spans.append(
            SpeechSpan(start=round(start, 3), end=round(min(last * seconds + _PADDING_SECONDS, duration), 3))
        )
    return spans


def _load(weights: Weights) -> Any:
    # The model is a small recurrent network over frames; a second thread only adds overhead.
    return cpu_session(weights.require(VOICE_ACTIVITY)["silero_vad_v6.onnx"], threads=1)
