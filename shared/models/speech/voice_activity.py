"""Speech probabilities of streamed audio (Silero) and the spans they make. Memory is a few seconds."""

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
FRAME = 512
"""Samples a frame, 32 ms: what Silero was trained on."""
_CONTEXT = 64
"""Samples of the frame before, which the model wants in front."""


class FrameProbabilities:
    """Feed audio in pieces of any length; get the probability of speech for each whole frame."""

    def __init__(self, session: Any) -> None:
        import numpy as np

        self._session = session
        self._state = (np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32))
        self._rest = np.zeros(0, np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def feed(self, samples: Samples) -> NDArray[np.float32]:
        import numpy as np

        audio = np.concatenate([self._rest, samples])
        count = len(audio) // FRAME
        self._rest = audio[count * FRAME :].copy()
        if count == 0:
            return np.zeros(0, np.float32)
        frames = audio[: count * FRAME].reshape(count, FRAME)
        contexts = np.vstack([self._context, frames[:-1, -_CONTEXT:]])
        self._context = frames[-1, -_CONTEXT:].copy()
        rows = np.hstack([contexts, frames]).astype(np.float32, copy=False)
        hidden, cell = self._state
        probabilities, hidden, cell = self._session.run(None, {"input": rows, "h": hidden, "c": cell})
        self._state = (hidden, cell)
        return np.asarray(probabilities, np.float32).reshape(-1)


@dataclass(frozen=True, slots=True)
class SpanRules:
    """When speech begins and ends; all durations in frames."""

    begin: float = 0.5
    """Probability from which a frame is speech."""
    end: float = 0.35
    """Probability below which speech may end: lower than ``begin``, so that it does not flicker."""
    shortest: int = 8
    pause: int = 12
    """Quiet frames that end a span."""
    longest: int | None = None
    """A longer span is cut at its least speech-like frame of the last third."""


class SpanFinder:
    """Turns frame probabilities into spans of frames, as they come."""

    def __init__(self, rules: SpanRules) -> None:
        self._rules = rules
        self._position = 0
        self._start: int | None = None
        self._quiet_since: int | None = None
        self._inside: list[float] = []

    @property
    def settled(self) -> int:
        """No later span begins before this frame."""
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
            self._start, self._inside = self._position, []
        self._inside.append(probability)
        if probability >= rules.begin:
            self._quiet_since = None
        elif probability < rules.end and self._quiet_since is None:
            self._quiet_since = self._position
        if self._quiet_since is not None and self._position - self._quiet_since >= rules.pause:
            yield from self._close(self._quiet_since)
        elif rules.longest is not None and len(self._inside) >= rules.longest:
            yield from self._cut()

    def _close(self, end: int) -> Iterator[tuple[int, int]]:
        start, self._start, self._quiet_since = self._start, None, None
        if start is not None and end - start >= self._rules.shortest:
            yield start, end

    def _cut(self) -> Iterator[tuple[int, int]]:
        if self._start is None:
            return
        first = len(self._inside) * 2 // 3
        cut = min(range(first, len(self._inside)), key=self._inside.__getitem__)
        start = self._start
        self._start, self._inside = start + cut, self._inside[cut:]
        if self._quiet_since is not None:
            self._quiet_since = max(self._quiet_since, self._start)
        yield start, start + cut
