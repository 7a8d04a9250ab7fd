"""Loudness of audio over time, and the image of it."""

import wave
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.media.derive.waveform import BARS, HEIGHT, WIDTH, draw_waveform, loudness
from tests.unit.media.samples import make_video

RATE: Final = 8000
PLAYED: Final = [96, 178, 255]
UNPLAYED: Final = [58, 84, 128]
BACKGROUND: Final = [18, 24, 38]


def recording(path: Path, seconds: float, level: Callable[[float], float]) -> Path:
    """Write a tone whose level is a function of the time's share."""
    shares = np.arange(round(seconds * RATE)) / (seconds * RATE)
    tone = np.sin(2 * np.pi * 440 * shares * seconds)
    loud = np.vectorize(level)(shares)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tone * loud * 32_000).astype("<i2").tobytes())
    return path


@pytest.mark.parametrize("seconds", [4.0, 301.0])
def test_loudness_follows_audio(tmp_path: Path, seconds: float) -> None:
    """Audio of over five minutes is sampled, with the same result."""
    path = recording(tmp_path / "tone.wav", seconds, lambda share: 0.2 if share < 0.5 else 0.8)
    values = loudness(path, seconds)
    assert values.shape == (BARS,)
    assert values.max() == 1.0
    assert values[2 : BARS // 2 - 2] == pytest.approx(0.25, abs=0.03)
    assert values[BARS // 2 + 2 : -2] == pytest.approx(1.0, abs=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "heard"), [(300.0, True), (301.0, False)])
def test_only_long_audio_is_sampled(tmp_path: Path, seconds: float, heard: bool) -> None:
    """A burst at the start of a bar is beside the excerpt, which starts in the bar's middle."""
    path = recording(
        tmp_path / "burst.wav", seconds, lambda share: 0.9 if 64.1 < share * BARS < 64.3 else 0.1
    )
    assert (int(loudness(path, seconds).argmax()) == 64) is heard


@pytest.mark.parametrize("seconds", [2.0, 301.0])
def test_silence_and_missing_audio_have_no_loudness(tmp_path: Path, seconds: float) -> None:
    silent = recording(tmp_path / "silent.wav", 2.0, lambda _: 0.0)
    mute = make_video(tmp_path / "mute.mp4", audio=None)
    assert not loudness(silent, seconds).any()
    assert not loudness(mute, seconds).any()


def test_duration_of_header_may_be_wrong(tmp_path: Path) -> None:
    """Audio beyond the duration counts for the last bar; missing audio is silent."""
    path = recording(tmp_path / "tone.wav", 2.0, lambda share: 0.1 if share < 0.9 else 0.9)
    assert int(loudness(path, 1.0).argmax()) == BARS - 1
    halved = loudness(path, 4.0)
    assert halved[: BARS // 2 - 1].all()
    assert not halved[BARS // 2 + 1 :].any()


def column(image: NDArray[np.uint8], bar: int) -> NDArray[np.uint8]:
    return image[:, bar * (WIDTH // BARS) + 2]


def test_bars_are_drawn_around_middle() -> None:
    values = np.zeros(BARS, np.float32)
    values[1] = 1.0
    image = draw_waveform(values)
    assert image.shape == (HEIGHT, WIDTH, 3)
    for bar, height in ((0, 2), (1, 2 * round(HEIGHT * 0.42))):
        drawn = np.flatnonzero((column(image, bar) == PLAYED).all(axis=1))
        assert (drawn[0], drawn[-1]) == (HEIGHT // 2 - height // 2, HEIGHT // 2 + height // 2 - 1)
        assert len(drawn) == height
    assert (image[HEIGHT // 2, :: WIDTH // BARS] == BACKGROUND).all(), "bars are apart"


@pytest.mark.parametrize(("played", "bright"), [(0.0, 0), (0.25, 32), (1.0, BARS)])
def test_played_bars_are_bright(played: float, bright: int) -> None:
    image = draw_waveform(np.ones(BARS, np.float32), played)
    colours = [column(image, bar)[HEIGHT // 2].tolist() for bar in range(BARS)]
    assert colours == [PLAYED] * bright + [UNPLAYED] * (BARS - bright)
