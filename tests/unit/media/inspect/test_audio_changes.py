"""Audio files whose format changes, or whose header states a wrong length."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from shared.media.decode.speech_audio import samples
from shared.media.derive.playback import make_playable
from shared.media.inspect.formats.chained_ogg import link_warnings
from shared.media.inspect.formats.riff import states_its_size
from shared.media.inspect.mpeg_audio import format_of
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio
from tests.unit.media.tracks import Sound, make_tracks

Change = Callable[[bytes], bytes]


def heard_seconds(path: Path) -> float:
    """Return for how long a tone is heard."""
    heard = np.concatenate(list(samples(path)))
    levels = np.sqrt(np.mean(np.square(heard[: len(heard) // 160 * 160].reshape(-1, 160)), axis=1))
    return float((levels > 0.1).sum() / 100)


def header_duration(path: Path) -> float:
    with av.open(str(path)) as container:
        return (container.duration or 0) / av.time_base


@pytest.mark.parametrize(("suffix", "codec"), [(".mp3", "libmp3lame"), (".aac", "aac")])
def test_recording_is_heard_after_change_of_sampling_rate(tmp_path: Path, suffix: str, codec: str) -> None:
    parts = [
        make_audio(tmp_path / f"{rate}{suffix}", codec, rate=rate).read_bytes() for rate in (44_100, 22_050)
    ]
    source = tmp_path / f"joined{suffix}"
    source.write_bytes(b"".join(parts))
    found = probe(source)
    assert (found.must_encode_audio, found.playable) == (True, False)
    assert found.duration_seconds == pytest.approx(4.0, abs=0.25)
    playable = make_playable(source, found, tmp_path / "playable").path
    assert probe(playable).audio_codec == "aac"
    assert heard_seconds(playable) == pytest.approx(4.0, abs=0.25)


def test_damaged_headers_are_no_change_of_format(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "a.mp3", "libmp3lame")
    assert not probe(source).must_encode_audio
    frame = b"\xff\xfb\x90\x64\x00\x00\x00"
    assert format_of(frame) == format_of(b"\xff\xfb\xa0\x44\x00\x00\x00")  # bit rate, kind of stereo
    assert format_of(frame) != format_of(b"\xff\xfb\x90\xc4\x00\x00\x00")  # mono
    assert format_of(b"no header") is None


def with_sizes(size: int) -> Change:
    return lambda wav: (
        wav[:4]
        + struct.pack("<I", size)
        + wav[8:].replace(wav[wav.index(b"data") :][:8], b"data" + struct.pack("<I", size), 1)
    )


def without_sample_count(flac: bytes) -> bytes:
    return flac[:21] + bytes([flac[21] & 0xF0]) + bytes(4) + flac[26:]


def with_frame_count(mp3: bytes) -> bytes:
    at = max(mp3.find(b"Info"), mp3.find(b"Xing"))
    return mp3[: at + 8] + struct.pack(">I", 10_000_000) + mp3[at + 12 :]


@pytest.mark.parametrize(
    ("suffix", "codec", "change"),
    [
        (".wav", "pcm_s16le", with_sizes(0)),
        (".wav", "pcm_s16le", with_sizes(0xFFFF_FFFF)),
        (".wav", "pcm_s16le", with_sizes(10**8)),
        (".flac", "flac", without_sample_count),
        (".mp3", "libmp3lame", with_frame_count),
    ],
)
def test_wrong_length_in_header_is_not_played(
    tmp_path: Path, suffix: str, codec: str, change: Change
) -> None:
    right = make_audio(tmp_path / f"right{suffix}", codec)
    assert make_playable(right, probe(right), tmp_path / "same").unchanged
    assert states_its_size(right) or suffix != ".wav"
    wrong = tmp_path / f"wrong{suffix}"
    wrong.write_bytes(change(right.read_bytes()))
    found = probe(wrong)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.1)
    made = make_playable(wrong, found, tmp_path / "playable")
    assert not made.unchanged
    assert header_duration(made.path) == pytest.approx(2.0, abs=0.1)
    assert heard_seconds(made.path) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("channels", "expected"), [("stereo", ["later_parts_unreadable"]), ("mono", [])])
def test_unreadable_link_of_chained_ogg_is_named(tmp_path: Path, channels: str, expected: list[str]) -> None:
    first = make_tracks(tmp_path / "a.ogg", Sound([300.0], layout="mono", codec="libopus"))
    sounds = [300.0] * (2 if channels == "stereo" else 1)
    second = make_tracks(tmp_path / "b.ogg", Sound(sounds, layout=channels, codec="libopus"))
    assert link_warnings(first) == ()
    chained = tmp_path / "chained.ogg"
    chained.write_bytes(first.read_bytes() + second.read_bytes())
    codes = [warning.code for warning in probe(chained).warnings]
    assert [code for code in codes if code != "time_restarted"] == expected
