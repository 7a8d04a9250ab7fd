"""Speech probabilities of streamed audio (Silero) and the spans derived from them.

Memory is bounded by a few seconds of audio.
"""

# ruff: noqa: PLC0415  heavy libraries are imported at first use

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from shared.ports.models import Samples

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 512
"""Samples per frame, 32 ms: the frame size of Silero's training."""
_CONTEXT = 64
"""Samples of the previous frame that the model expects in front of each frame."""


class FrameProbabilities:
    """Streams audio in chunks of any length through the model: one probability per whole frame."""

    def __init__(self, session: Any) -> None:
        import numpy as np

        self._session = session
        self._state = (np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32))
        self._remainder = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def feed(self, samples: Samples) -> NDArray[np.float32]:
        import numpy as np

        audio = np.concatenate([self._remainder, samples])
        count = len(audio) // FRAME_SAMPLES
        self._remainder = audio[count * FRAME_SAMPLES :].copy()
        if count == 0:
            return np.zeros(0, np.float32)
        frames = audio[: count * FRAME_SAMPLES].reshape(count, FRAME_SAMPLES)
        contexts = np.vstack([self._context, frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:].copy()
        rows = np.hstack([contexts, frames]).astype(np.float32, copy=False)
        hidden, cell = self._state
        probabilities, hidden, cell = self._session.run(None, {"input": rows, "h": hidden, "c": cell})
        self._state = (hidden, cell)
        return np.asarray(probabilities, np.float32).reshape(-1)


@dataclass(frozen=True, slots=True)
class SpanRules:
    """Thresholds of speech spans. All durations are in frames."""

    begin: float = 0.5
    """Probability from which a frame starts a span."""
    end: float = 0.35
    """Probability below which a span may end. It is lower than ``begin`` (hysteresis)."""
    shortest: int = 8
    pause: int = 12
    """Frames without speech that end a span."""
    longest: int | None = None
    """A longer span is cut at the least probable frame of its last third."""


class SpanFinder:
    """Turns a stream of frame probabilities into spans of frames."""

    def __init__(self, rules: SpanRules) -> None:
        self._rules = rules
        self._position = 0
        self._start: int | None = None
        self._quiet_since: int | None = None
        self._span_probabilities: list[float] = []

    @property
    def settled(self) -> int:
        """Frame before which no later span begins."""
        return self._position if self._start is None else self._start

    def feed(self, probabilities: NDArray[np.float32]) -> Iterator[tuple[int, int]]:
        for probability in probabilities.tolist():
            yield from self._step(probability)
            self._position += 1

    def finish(self) -> Iterator[tuple[int, int]]:
        if self._start is not None:
            yield from self._close(self._position if self._quiet_since is None else self._quiet_since)

    def _step(self, probability: float) -> Iterator[tuple[int, int]]:
        rules = self._rules
        if self._start is None:
            if probability < rules.begin:
                return
            self._start, self._span_probabilities = self._position, []
        self._span_probabilities.append(probability)
        if probability >= rules.begin:
            self._quiet_since = None
        elif probability < rules.end and self._quiet_since is None:
            self._quiet_since = self._position
        if self._quiet_since is not None and self._position - self._quiet_since >= rules.pause:
            yield from self._close(self._quiet_since)
        elif rules.longest is not None and len(self._span_probabilities) >= rules.longest:
            yield from self._cut()

    def _close(self, end: int) -> Iterator[tuple[int, int]]:
        start, self._start, self._quiet_since = self._start, None, None
        if start is not None and end - start >= self._rules.shortest:
            yield start, end

    def _cut(self) -> Iterator[tuple[int, int]]:
        if self._start is None:
            return
        first = len(self._span_probabilities) * 2 // 3
        cut = min(range(first, len(self._span_probabilities)), key=self._span_probabilities.__getitem__)
        start = self._start
        self._start, self._span_probabilities = start + cut, self._span_probabilities[cut:]
        if self._quiet_since is not None:
            self._quiet_since = max(self._quiet_since, self._start)
        yield start, start + cut
