"""Samples of several mono tracks, which may differ in length and arrive apart."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from shared.media.decode.container import audio_streams, open_container, packets
from shared.media.decode.track_audio import MonoAudio, TrackAudio
from tests.unit.media.tracks import AUDIO_RATE, Sound, make_tracks


def mono(path: Path, *, one_after_the_other: bool = False) -> NDArray[np.float32]:
    with open_container(path) as container:
        streams = audio_streams(container)
        audio = MonoAudio(streams, rate=AUDIO_RATE, start=0.0)
        found = [packet for packet in packets(container, *streams) if packet.size]
        if one_after_the_other:
            found.sort(key=lambda packet: packet.stream_index)
        pieces = [piece for packet in found for piece in audio.feed(packet)]
        joined: NDArray[np.float32] = np.concatenate([*pieces, *audio.finish()], axis=1)[0]
        return joined


@pytest.mark.parametrize("one_after_the_other", [False, True])
def test_tracks_are_mixed_in_step(tmp_path: Path, one_after_the_other: bool) -> None:
    tracks = [Sound([300.0], codec="flac"), Sound([900.0], codec="flac", seconds=2.3)]
    heard = mono(make_tracks(tmp_path / "a.mkv", *tracks), one_after_the_other=one_after_the_other)
    assert len(heard) == pytest.approx(2.3 * AUDIO_RATE, abs=2)
    spectrum = np.abs(np.fft.rfft(heard[:AUDIO_RATE]))
    assert spectrum[300] == pytest.approx(spectrum[900], rel=0.05)


def test_silent_track_does_not_weaken_the_other(tmp_path: Path) -> None:
    path = make_tracks(tmp_path / "a.mkv", Sound([0.0], codec="flac"), Sound([440.0], codec="flac"))
    assert np.abs(mono(path)).max() == pytest.approx(0.5, abs=0.01)


def test_tracks_of_opposite_phase_are_heard(tmp_path: Path) -> None:
    path = make_tracks(tmp_path / "a.mkv", Sound([440.0], codec="flac"), Sound([-440.0], codec="flac"))
    assert np.abs(mono(path)).max() == pytest.approx(0.5, abs=0.01)


def test_track_has_layout_that_is_asked_for(tmp_path: Path) -> None:
    path = make_tracks(tmp_path / "a.mkv", Sound([440.0], codec="flac"))
    with open_container(path) as container:
        (stream,) = audio_streams(container)
        audio = TrackAudio(stream, rate=8000, layout="stereo", start=0.0)
        pieces = [piece for packet in packets(container, stream) for piece in audio.feed(packet)]
        assert np.concatenate([*pieces, *audio.finish()], axis=1).shape == (2, 16_000)
