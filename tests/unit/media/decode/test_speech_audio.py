"""Tests of audio at 16 kHz, on the medium's timeline, in bounded chunks."""

from pathlib import Path

import numpy as np
import pytest

from shared.media.decode.speech_audio import samples
from tests.unit.media.samples import TONE, make_audio, make_video


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [("mp3", "libmp3lame"), ("wav", "pcm_s16le"), ("flac", "flac"), ("m4a", "aac"), ("ogg", "libopus")],
)
def test_tone_keeps_frequency_and_duration(tmp_path: Path, suffix: str, codec: str) -> None:
    chunks = list(samples(make_audio(tmp_path / f"tone.{suffix}", codec), chunk_seconds=0.5))
    assert [len(chunk) for chunk in chunks[:3]] == [8000, 8000, 8000]
    audio = np.concatenate(chunks)
    assert audio.dtype == np.float32
    assert len(audio) / 16000 == pytest.approx(2.0, abs=0.05)
    spectrum = np.abs(np.fft.rfft(audio[:16000]))
    assert int(spectrum.argmax()) == pytest.approx(TONE, abs=2)


def test_late_audio_is_padded_with_silence(tmp_path: Path) -> None:
    path = make_video(tmp_path / "late.mkv", seconds=2.0, audio="flac", audio_offset=1.0)
    audio = np.concatenate(list(samples(path)))
    assert len(audio) / 16000 == pytest.approx(3.0, abs=0.1)
    assert np.abs(audio[:15000]).max() < 0.01
    assert np.abs(audio[17000:30000]).max() > 0.3


def test_video_without_audio_yields_nothing(tmp_path: Path) -> None:
    assert list(samples(make_video(tmp_path / "silent.mp4", audio=None))) == []
