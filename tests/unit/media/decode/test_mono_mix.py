"""Channels that cancel each other, that are silent, and that have different places."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.media.decode.mono_mix import MonoMix

RATE = 8000
STEREO = ("FL", "FR")
SURROUND = ("FL", "FR", "FC", "LFE", "BL", "BR")


def tone(hertz: float, seconds: float = 3.0, level: float = 1.0) -> NDArray[np.float32]:
    times = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * times)).astype(np.float32)


def mixed(
    channels: Sequence[NDArray[np.float32]], names: Sequence[str], *, piece: int = 1000
) -> NDArray[np.float32]:
    """Mix the channels in pieces of ``piece`` samples."""
    mix = MonoMix(RATE)
    signal = np.stack(channels)
    pieces = [
        out
        for start in range(0, signal.shape[1], piece)
        for out in mix.feed(signal[:, start : start + piece], names)
    ]
    pieces += mix.finish()
    assert {each.shape[0] for each in pieces} == {1}
    joined: NDArray[np.float32] = np.concatenate(pieces, axis=1)[0]
    return joined


def level(samples: NDArray[np.float32]) -> float:
    """Return the root mean square, relative to a sine of full scale."""
    return float(np.sqrt(2 * np.mean(np.square(samples))))


VOICE = tone(440)
SILENCE = np.zeros_like(VOICE)


@pytest.mark.parametrize(
    ("channels", "names", "expected"),
    [
        ([VOICE, VOICE], STEREO, 1.0),
        ([VOICE, -VOICE], STEREO, 1.0),
        ([VOICE, -0.9 * VOICE], STEREO, 1.0),
        ([VOICE, SILENCE], STEREO, 1.0),
        ([SILENCE, VOICE], STEREO, 1.0),
        ([SILENCE, SILENCE, VOICE, SILENCE, SILENCE, SILENCE], SURROUND, 1.0),
        ([SILENCE, SILENCE, 0.1 * VOICE, VOICE, SILENCE, SILENCE], SURROUND, 0.1),
        ([0.2 * VOICE, -0.2 * VOICE, VOICE, SILENCE, SILENCE, SILENCE], SURROUND, 1.0),
        ([SILENCE, SILENCE, SILENCE, SILENCE, VOICE, SILENCE], SURROUND, 1.0),
        ([SILENCE, SILENCE, VOICE, SILENCE], ("NONE",) * 4, 1.0),
        ([SILENCE, SILENCE], STEREO, 0.0),
    ],
)
def test_voice_is_heard_at_its_level(
    channels: Sequence[NDArray[np.float32]], names: Sequence[str], expected: float
) -> None:
    result = mixed(channels, names)
    assert len(result) == len(channels[0])
    assert level(result) == pytest.approx(expected, abs=0.02)


def test_both_speakers_of_one_second_are_heard() -> None:
    result = mixed([tone(440), tone(660)], STEREO)
    spectrum = np.abs(np.fft.rfft(result[:RATE]))
    assert spectrum[440] == pytest.approx(spectrum[660], rel=0.01)
    assert spectrum[440] > 0.4 * RATE / 2


def test_speakers_that_take_turns_have_full_level() -> None:
    left = np.concatenate([tone(440, 2.0), np.zeros(2 * RATE, np.float32)])
    right = np.concatenate([np.zeros(2 * RATE, np.float32), tone(660, 2.0)])
    result = mixed([left, right], STEREO)
    assert level(result[: 2 * RATE]) == pytest.approx(1.0, abs=0.02)
    assert level(result[2 * RATE :]) == pytest.approx(1.0, abs=0.02)


def test_channels_of_opposite_phase_do_not_alternate() -> None:
    """The louder side changes each second; a change of side would turn the phase."""
    gains = np.repeat([1.0, 0.9, 1.0, 0.9], RATE).astype(np.float32)
    voice = tone(440, 4.0)
    result = mixed([voice * gains, -voice * gains[::-1]], STEREO)
    assert np.array_equal(result, voice * gains)


@pytest.mark.parametrize("piece", [1, 37, 8000, 100_000])
def test_result_does_not_depend_on_pieces(piece: int) -> None:
    channels = [tone(440, 1.3), tone(660, 1.3)]
    assert np.array_equal(mixed(channels, STEREO, piece=piece), mixed(channels, STEREO))


def test_change_of_channels_loses_no_samples() -> None:
    mix = MonoMix(RATE)
    pieces = [
        *mix.feed(VOICE[None, :5000], ("FC",)),
        *mix.feed(np.stack([VOICE, VOICE])[:, 5000:12_000], STEREO),
        *mix.feed(VOICE[None, 12_000:], ("FC",)),
        *mix.finish(),
    ]
    assert np.allclose(np.concatenate(pieces, axis=1)[0], VOICE, atol=1e-6)
