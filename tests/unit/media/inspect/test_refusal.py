"""Messages about files that cannot be decoded: each names the cause."""

from pathlib import Path

import pytest

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType
from shared.media.decode.demux import open_container
from shared.media.inspect.formats.riff import riff_codecs
from shared.media.inspect.formats.unsupported_recording import unsupported_recording
from shared.media.inspect.mp4_boxes import SampleEntry, sample_entries
from shared.media.inspect.probe import probe
from shared.media.inspect.refusal import codec_name, refuse_protected
from tests.unit.media.samples import make_audio, make_video


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(UnsupportedMedia) as refused:
        probe(path)
    message = refused.value.message
    assert "Error" not in message, "the name of an exception says nothing"
    return refused.value.code, message


def changed(path: Path, *changes: tuple[bytes, bytes]) -> Path:
    content = path.read_bytes()
    for before, after in changes:
        assert before in content
        content = content.replace(before, after)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("entry", [b"enca", b"drms", b"aavd"])
def test_protected_audio_is_refused(tmp_path: Path, entry: bytes) -> None:
    path = changed(make_audio(tmp_path / "a.m4a", "aac"), (b"mp4a", entry))
    code, message = refusal(path)
    assert code == "media_encrypted"
    assert "encrypted or protected by DRM" in message
    assert sample_entries(path) == [SampleEntry(entry.decode(), is_protected=True)]


def test_protected_video_is_refused_although_audio_is_clear(tmp_path: Path) -> None:
    path = changed(make_video(tmp_path / "a.mp4"), (b"avc1\0", b"encv\0"))
    assert refusal(path)[0] == "media_encrypted"
    assert [entry.format for entry in sample_entries(path)] == ["encv", "mp4a"]


def test_scrambled_transport_stream_is_refused(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.ts", container_format="mpegts")
    content = bytearray(path.read_bytes())
    for at in range(0, len(content), 188):
        if (content[at + 1] & 0x1F, content[at + 2]) not in ((0, 0), (0x10, 0), (0, 17)):
            content[at + 3] |= 0x80
            content[at + 12 : at + 188] = bytes(byte ^ 0x5A for byte in content[at + 12 : at + 188])
    path.write_bytes(content)
    assert refusal(path)[0] == "media_encrypted"


@pytest.mark.parametrize("key_id", [b"", b"\x47\xe2\x88" + b"identity"])
def test_encrypted_matroska_is_refused(tmp_path: Path, key_id: bytes) -> None:
    path = make_video(tmp_path / "a.mkv", audio=None, options={"live": "1"})
    path.write_bytes(with_encryption(path.read_bytes(), key_id))
    assert refusal(path)[0] == "media_encrypted"


def with_encryption(movie: bytes, key_id: bytes) -> bytes:
    """Declare the only track of a Matroska file as encrypted (RFC 9559, 5.1.4.1.31) and spoil its frames."""
    algorithm = b"\x47\xe1\x81\x05"
    encryption = element(b"\x50\x35", algorithm + key_id)
    encoding = element(b"\x62\x40", b"\x50\x33\x81\x01" + encryption)
    added = element(b"\x6d\x80", encoding)
    clusters = movie.index(b"\x1f\x43\xb6\x75")
    tracks = movie.rindex(b"\x16\x54\xae\x6b", 0, clusters)
    first, tracks_end = content_of(movie, tracks + 4)
    entry = content_of(movie, first + 1)[1] if movie[first] == 0xBF else first  # after the checksum
    assert movie[entry] == 0xAE
    content, end = content_of(movie, entry + 1)
    inner = element(b"\xae", movie[content:end] + added)
    frames = bytes(byte ^ 0x5A if number % 3 else byte for number, byte in enumerate(movie[clusters + 40 :]))
    whole = element(b"\x16\x54\xae\x6b", inner + movie[end:tracks_end])
    return movie[:tracks] + whole + movie[tracks_end : clusters + 40] + frames


def element(identity: bytes, content: bytes) -> bytes:
    return identity + (len(content) | 1 << 28).to_bytes(4, "big") + content


def content_of(movie: bytes, at: int) -> tuple[int, int]:
    """Return start and end of the content of the element whose size (RFC 8794, 4) is ``at``."""
    length = 9 - movie[at].bit_length()
    size = int.from_bytes(movie[at : at + length], "big") & ~(1 << 7 * length)
    return at + length, at + length + size


@pytest.mark.parametrize(
    ("suffix", "change", "name"),
    [
        ("mp4", (b"avc1", b"zzz9"), "zzz9"),
        ("mkv", (b"V_MPEG4/ISO/AVC", b"V_FUTURE/CODECS"), "V_FUTURE/CODECS"),
    ],
)
def test_unknown_codec_is_named(tmp_path: Path, suffix: str, change: tuple[bytes, bytes], name: str) -> None:
    code, message = refusal(changed(make_video(tmp_path / f"a.{suffix}", audio=None), change))
    assert code == "unsupported_codec"
    assert name in message


def test_unknown_video_codec_leaves_audio_with_warning(tmp_path: Path) -> None:
    found = probe(changed(make_video(tmp_path / "a.mp4"), (b"avc1", b"zzz9")))
    assert (found.media_type, found.playable) == (MediaType.AUDIO, False)
    (warning,) = found.warnings
    assert warning.code == "video_undecodable"
    assert "zzz9" in warning.message


def test_damaged_content_is_named_with_its_codec(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", audio=None, options={"movflags": "faststart"})
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    content[start:] = bytes(len(content) - start)
    path.write_bytes(content)
    code, message = refusal(path)
    assert code == "media_undecodable"
    assert "h264" in message


def test_clear_file_is_not_refused(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4")
    with open_container(path) as container:
        refuse_protected(path, container)
        assert [codec_name(path, container, stream) for stream in container.streams] == ["h264", "aac"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMV"),
        (b"FLV\x01\x05", "FLV"),
        (b"\x00\x00\x01\xba\x44", "MPEG program stream"),
        (b"FORM\x00\x00\x01\x00AIFFCOMM", "AIFF"),
        (b"caff\x00\x01", "Core Audio"),
        (b"#!AMR\n", "AMR"),
    ],
)
def test_unsupported_recording_is_refused_by_its_name(tmp_path: Path, head: bytes, name: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(head + bytes(1000))
    code, message = refusal(path)
    assert code == "unsupported_format"
    assert message.startswith(name)
    assert (unsupported_recording(path) or "").startswith(name)


def test_unknown_codecs_of_riff_files_are_named(tmp_path: Path) -> None:
    wav = make_audio(tmp_path / "a.wav", "pcm_s16le")
    changed(wav, (b"fmt \x10\x00\x00\x00\x01\x00", b"fmt \x10\x00\x00\x00\x34\x12"))
    assert "WAVE format 0x1234" in refusal(wav)[1]
    avi = changed(make_video(tmp_path / "a.avi", codec="mpeg4", audio="mp3"), (b"FMP4", b"ZZQ9"))
    assert riff_codecs(avi.read_bytes()) == ["ZZQ9", "WAVE format 0x0055"]
    assert "ZZQ9" in probe(avi).warnings[0].message


def test_unknown_codecs_of_matroska_are_named_without_what_follows(tmp_path: Path) -> None:
    """The element after the name of Opus begins with the letter V."""
    path = changed(make_video(tmp_path / "a.mkv", audio="libopus"), (b"A_OPUS", b"A_ZZZZ"))
    assert "(A_ZZZZ)" in probe(path).warnings[0].message
