"""Files that begin otherwise than their format says, and that decoders accept nevertheless."""

from pathlib import Path

import numpy as np
import pytest

from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio, make_video

ID3 = b"ID3\x04\x00\x00\x00\x00\x02\x00" + bytes(256)
APE = b"APETAGEX" + b"".join(n.to_bytes(4, "little") for n in (2000, 32, 1, 0xA0000000)) + bytes(40)
NOISE = np.random.default_rng(1).bytes(3000)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("head", [bytes(40_000), NOISE, APE, ID3, ID3 + ID3, ID3 + APE])
def test_mp3_may_begin_with_tags_zeros_or_junk(tmp_path: Path, head: bytes) -> None:
    tone = make_audio(tmp_path / "tone.mp3", "libmp3lame").read_bytes()
    found = probe(written(tmp_path / "a", head + tone))
    assert (found.container, found.audio_codec) == ("mp3", "mp3")
    assert found.duration_seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(("suffix", "codec"), [("mp3", "libmp3lame"), ("aac", "aac")])
def test_audio_may_begin_in_middle_of_frame(tmp_path: Path, suffix: str, codec: str) -> None:
    tone = make_audio(tmp_path / f"tone.{suffix}", codec).read_bytes()
    found = probe(written(tmp_path / "a", tone[len(tone) // 2 + 7 :]))
    assert found.container == suffix
    assert found.duration_seconds == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize(
    ("suffix", "codec", "container"),
    [("flac", "flac", "flac"), ("ogg", "libopus", "ogg"), ("aac", "aac", "aac")],
)
def test_format_behind_tag_is_detected(tmp_path: Path, suffix: str, codec: str, container: str) -> None:
    tone = make_audio(tmp_path / f"tone.{suffix}", codec).read_bytes()
    found = probe(written(tmp_path / "a", ID3 + tone))
    assert found.container == suffix
    assert found.duration_seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("cut", [0, 77])
@pytest.mark.parametrize("has_stamps", [False, True])
def test_transport_stream_may_begin_in_packet(tmp_path: Path, cut: int, has_stamps: bool) -> None:
    """AVCHD puts a time stamp of four bytes before each packet."""
    stream = make_video(tmp_path / "a.ts", container_format="mpegts").read_bytes()
    if has_stamps:
        packets = (stream[at : at + 188] for at in range(0, len(stream), 188))
        stream = b"".join(bytes(4) + packet for packet in packets)
    found = probe(written(tmp_path / "cut", stream[cut:]))
    assert (found.container, found.video_codec, found.audio_codec) == ("ts", "h264", "aac")
    assert found.duration_seconds == pytest.approx(2.0, abs=0.2)


@pytest.mark.parametrize(
    "first", [b"", b"\0\0\0\x18uuid" + bytes(16), b"\0\0\0\x10stypmsdh" + bytes(4), b"\0\0\0\x08free"]
)
def test_fragmented_mp4_may_begin_with_any_box(tmp_path: Path, first: bytes) -> None:
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    pieces = make_video(tmp_path / "a.mp4", options=options).read_bytes()
    found = probe(written(tmp_path / "b", first + pieces))
    assert found.video_codec == "h264"
    assert found.duration_seconds == pytest.approx(2.0, abs=0.25)


def test_recording_of_browser_has_duration(tmp_path: Path) -> None:
    """MediaRecorder writes WebM without durations, and appends recordings to each other."""
    live = make_video(tmp_path / "a.webm", codec="libvpx", audio="libopus", options={"live": "1"})
    assert probe(live).duration_seconds == pytest.approx(2.0, abs=0.1)
    twice = written(tmp_path / "b.webm", live.read_bytes() * 2)
    assert probe(twice).duration_seconds == pytest.approx(4.0, abs=0.2)
