"""Rows of frames of MPEG audio in the middle of other bytes."""

from pathlib import Path

import numpy as np
import pytest

from shared.media.inspect.mpeg_audio import has_mpeg_audio
from tests.unit.media.samples import make_audio


@pytest.mark.parametrize(
    ("suffix", "codec", "rate"),
    [
        ("mp3", "libmp3lame", 48_000),
        ("mp3", "libmp3lame", 22_050),
        ("mp3", "libmp3lame", 8_000),
        ("aac", "aac", 44_100),
    ],
)
@pytest.mark.parametrize("cut", [0, 50, 1111])
def test_frames_are_found_from_any_byte(tmp_path: Path, suffix: str, codec: str, rate: int, cut: int) -> None:
    content = make_audio(tmp_path / f"a.{suffix}", codec, rate=rate).read_bytes()
    assert has_mpeg_audio(content[cut:])


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_no_frames(seed: int) -> None:
    assert not has_mpeg_audio(np.random.default_rng(seed).bytes(65_536))


@pytest.mark.parametrize("content", [b"", b"\xff", b"\xff\xfb\x90\x00" * 3, b"\xff" * 1000, b"text " * 1000])
def test_other_bytes_have_no_frames(content: bytes) -> None:
    assert not has_mpeg_audio(content)
