"""One channel of several, made so that whatever sounds is heard.

The weights are chosen anew for each second. The sum of the channels (ITU-R BS.775, with the centre at full
weight) is taken unless the channels cancel each other or only one of them sounds; then the loudest channel is
taken alone, at full level.
"""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.media.decode.audio_timeline import AudioSamples

_WINDOW_SECONDS: Final = 1.0
_RAMP_SECONDS: Final = 0.01
_SOUNDING: Final = 1e-3
"""Share of the loudest channel's energy (-30 dB) from which a channel counts."""

_CANCELLED: Final = 0.25
"""Share of the energy of unrelated channels below which the channels cancel each other."""

_STAYS: Final = 0.25
"""Share of the loudest channel's energy with which the channel of the second before is taken again."""

_FRONT: Final = frozenset({"FL", "FR", "DL", "DR", "FLC", "FRC"})
_WITHOUT_SPEECH: Final = frozenset({"LFE", "LFE2"})
_SURROUND: Final = 0.35

Weights = NDArray[np.float64]


class MonoMix:
    """Mixes pieces of samples to one channel, in windows of one second."""

    def __init__(self, rate: int) -> None:
        self._size = round(_WINDOW_SECONDS * rate)
        self._ramp = round(_RAMP_SECONDS * rate)
        self._names: tuple[str, ...] = ()
        self._waiting: list[AudioSamples] = []
        self._held = 0
        self._weights: Weights | None = None

    def feed(self, piece: AudioSamples, names: Sequence[str]) -> Iterator[AudioSamples]:
        """Mix ``piece``, whose channels have these names. A change of the channels begins a new window."""
        if len(names) == 1 and not self._held:
            yield piece
            return
        if tuple(names) != self._names:
            yield from self.finish()
            self._names, self._weights = tuple(names), None
        self._waiting.append(piece)
        self._held += piece.shape[1]
        while self._held >= self._size:
            joined = np.concatenate(self._waiting, axis=1)
            self._waiting, self._held = [joined[:, self._size :]], self._held - self._size
            yield self._mixed(joined[:, : self._size])

    def finish(self) -> Iterator[AudioSamples]:
        """Yield the samples that wait for the end of their window."""
        if self._held:
            yield self._mixed(np.concatenate(self._waiting, axis=1))
        self._waiting, self._held = [], 0

    def _mixed(self, window: AudioSamples) -> AudioSamples:
        before = self._weights
        weights = self._choose(window)
        self._weights = weights
        mixed = weights @ window
        ramp = min(self._ramp, window.shape[1])
        if before is not None and ramp and not np.array_equal(before, weights):
            share = np.linspace(0.0, 1.0, ramp)
            mixed[:ramp] = mixed[:ramp] * share + (before @ window[:, :ramp]) * (1.0 - share)
        return np.clip(mixed, -1.0, 1.0).astype(np.float32)[None]

    def _choose(self, window: AudioSamples) -> Weights:
        energies = np.mean(np.square(window, dtype=np.float64), axis=1)
        energies[[name in _WITHOUT_SPEECH for name in self._names]] = 0.0
        loudest = float(energies.max())
        sounding = energies > _SOUNDING * loudest
        if loudest == 0.0:
            silent = _sum_weights(self._names, np.ones(len(energies), bool))
            return silent if self._weights is None else self._weights
        if sounding.sum() > 1:
            weights = _sum_weights(self._names, sounding)
            expected = float(np.square(weights) @ energies)
            if float(np.mean(np.square(weights @ window))) >= _CANCELLED * expected:
                return weights
        return self._alone(energies)

    def _alone(self, energies: Weights) -> Weights:
        """Return the weights of the loudest channel, or of the one before while it is nearly as loud.

        A change between channels of opposite phase would be heard.
        """
        chosen = int(energies.argmax())
        if self._weights is not None and np.count_nonzero(self._weights) == 1:
            before = int(self._weights.argmax())
            chosen = before if energies[before] >= _STAYS * energies[chosen] else chosen
        weights = np.zeros(len(energies))
        weights[chosen] = 1.0
        return weights


def _sum_weights(names: Sequence[str], sounding: NDArray[np.bool_]) -> Weights:
    """Return the weights of the sum. Channels without names are microphones of equal right."""
    if not any(name in _FRONT or name == "FC" for name in names):
        return np.asarray(sounding / np.sqrt(max(1, sounding.sum())), np.float64)
    return np.array([_weight(name) if sounds else 0.0 for name, sounds in zip(names, sounding, strict=True)])


def _weight(name: str) -> float:
    if name in _WITHOUT_SPEECH:
        return 0.0
    if name == "FC":
        return 1.0
    return 0.5 if name in _FRONT else _SURROUND
