"""File formats by their first bytes."""

from pathlib import Path

import pytest

from shared.media.inspect.signature import HEAD_BYTES, signature


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"GIF89a", "gif"),
        (b"II*\0", "tiff"),
        (b"MM\0*", "tiff"),
        (b"II+\0\x08\0\0\0", "tiff"),
        (b"MM\0+\0\x08\0\0", "tiff"),
        (b"BM\x9a\0\0\0\x01\0\x02\0\x36\0\0\0\x28\0\0\0", "bmp"),
        (b"BM\x9a\0\0\0\0\0\0\0", "bmp"),
        (b"BM is no bitmap", None),
        (b"RIFF\x10\0\0\0AVI ", "avi"),
        (b"RIFF\x10\0\0\0WAVE", "wav"),
        (b"RF64\xff\xff\xff\xffWAVE", "wav"),
        (b"RIFF\x10\0\0\0WEBP", "webp"),
        (b"RIFF\x10\0\0\0ACON", None),
        (b"fLaC", "flac"),
        (b"OggS", "ogg"),
        (b"\x1a\x45\xdf\xa3\x01\x42\x82\x84webm", "webm"),
        (b"\x1a\x45\xdf\xa3\x01\x42\x82\x88matroska", "mkv"),
        (b"\x1a\x45\xdf\xa3" + b"\0" * 124 + b"webm", "mkv"),
        (b"\x1a\x45\xdf\xa3\x01\xec\x82\0\0" + b"\x42\x82\x84webm", "webm"),
        (b"RIFX\0\0\0\x10WAVE", "wav"),
        (b"BW64\xff\xff\xff\xffWAVE", "wav"),
        (box(b"ftyp", b"isom"), "mp4"),
        (box(b"ftyp", b"f4v "), "mp4"),
        (box(b"styp", b"msdh") + box(b"moof"), "mp4"),
        (box(b"uuid", bytes(16)) + box(b"ftyp") + box(b"moov"), "mp4"),
        (box(b"sidx") + box(b"emsg") + box(b"moof"), "mp4"),
        (box(b"\0\1\2\3") + box(b"moov"), None),
        ((b"G" + bytes(187)) * 5, "ts"),
        ((b"G" + bytes(187)) * 4, None),
        (bytes(100) + (b"G" + bytes(187)) * 5, "ts"),
        ((bytes(4) + b"G" + bytes(187)) * 5, "ts"),
        ((b"G" + bytes(203)) * 5, "ts"),
        (b"G" * 3, None),
        (b"Gentlemen, " * 200, None),
        (box(b"ftyp", b"M4A "), "mp4"),
        (box(b"ftyp", b"qt  "), "mov"),
        (box(b"ftyp", b"heic"), "heif"),
        (box(b"ftyp", b"mif1"), "heif"),
        (box(b"ftyp", b"mif1\0\0\0\0mif1avif"), None),
        (box(b"ftyp", b"mif1\0\0\0\0mif1heic"), "heif"),
        (box(b"ftyp", b"avif"), None),
        (box(b"ftyp", b"jp2 "), None),
        (box(b"moov"), "mov"),
        (box(b"wide") + box(b"mdat"), "mov"),
        (box(b"free"), "mov"),
        (box(b"uuid"), None),
        (b"", None),
        (b"\xff", None),
        (b"<html>", None),
        (b"PK\x03\x04", None),
    ],
)
def test_format_is_detected_by_content(tmp_path: Path, head: bytes, name: str | None) -> None:
    path = tmp_path / "named.mp4"
    path.write_bytes(head)
    assert signature(path) == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"ID3\x04\0", "mp3"),
        (b"\xff\xfb\x90\x00", "mp3"),  # MPEG 1, layer III
        (b"\xff\xf3\x40\xc0", "mp3"),  # MPEG 2, layer III
        (b"\xff\xfd\x90\x00", "mp3"),  # MPEG 1, layer II
        (b"\xff\xf1\x50\x80", "aac"),
        (b"\xff\xf9\x50\x80", "aac"),
        (b"\xff\xfb\xf0\x00", None),  # a bit rate that does not exist
        (b"\xff\xfb\x9c\x00", None),  # a sample rate that does not exist
        (b"\xff\x1b\x90\x00", None),  # no sync word
    ],
)
@pytest.mark.parametrize("zeros", [0, 5])
def test_mpeg_audio_is_detected_by_its_frame_header(
    tmp_path: Path, head: bytes, name: str | None, zeros: int
) -> None:
    path = tmp_path / "audio"
    path.write_bytes(b"\0" * (0 if head.startswith(b"ID3") else zeros) + head)
    assert signature(path) == name


def test_only_head_of_file_is_examined(tmp_path: Path) -> None:
    path = tmp_path / "zeros"
    path.write_bytes(b"\0" * HEAD_BYTES + b"\xff\xfb\x90\x00")
    assert signature(path) is None
