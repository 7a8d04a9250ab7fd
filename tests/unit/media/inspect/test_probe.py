"""Tests that accepted formats are recognised by content and others are refused with a stable code."""

import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio, make_video, scene

REEL = Path(__file__).parents[3] / "media" / "sample-reel.mp4"

VIDEOS = [
    ("mp4", "libx264", "aac", True),
    ("mov", "libx264", "aac", False),
    ("mkv", "libx264", "aac", False),
    ("avi", "mpeg4", "libmp3lame", False),
    ("webm", "libvpx", "libopus", True),
]
AUDIO = [
    ("mp3", "libmp3lame", "mp3", True),
    ("wav", "pcm_s16le", "wav", True),
    ("flac", "flac", "flac", True),
    ("m4a", "aac", "mp4", True),
    ("ogg", "libopus", "ogg", True),
    ("aac", "aac", "aac", False),
]
IMAGES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tiff", "heic", "heif"]


def refused(path: Path) -> str:
    with pytest.raises(UnsupportedMedia) as caught:
        probe(path)
    assert len(caught.value.message) > 10
    return caught.value.code


@pytest.mark.parametrize(("suffix", "video", "audio", "playable"), VIDEOS)
def test_video_formats_are_recognised(
    tmp_path: Path, suffix: str, video: str, audio: str, playable: bool
) -> None:
    path = make_video(tmp_path / f"clip.{suffix}", codec=video, audio=audio)
    path = path.rename(tmp_path / "no-name-to-go-by")
    found = probe(path)
    assert (found.media_type, found.container) == (MediaType.VIDEO, suffix)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.1)
    assert (found.width, found.height) == (160, 120)
    assert found.frame_rate == pytest.approx(12.0, rel=0.05)
    assert found.has_audio
    assert found.has_video
    assert found.playable is playable


@pytest.mark.parametrize(("suffix", "codec", "container", "playable"), AUDIO)
def test_audio_formats_are_recognised(
    tmp_path: Path, suffix: str, codec: str, container: str, playable: bool
) -> None:
    found = probe(make_audio(tmp_path / f"tone.{suffix}", codec))
    assert (found.media_type, found.container) == (MediaType.AUDIO, container)
    assert found.duration_seconds == pytest.approx(2.0, abs=0.06)
    assert found.audio_rate == 48000
    assert found.playable is playable
    assert not found.has_video


@pytest.mark.parametrize("suffix", IMAGES)
def test_image_formats_are_recognised(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    image = Image.fromarray(scene(0, 0, 64, 48))
    image.save(path, "HEIF" if suffix.startswith("hei") else None)
    found = probe(path)
    assert found.media_type is MediaType.IMAGE
    assert (found.width, found.height) == (64, 48)
    assert found.duration_seconds is None
    assert found.playable is (suffix not in ("bmp", "tiff", "heic", "heif"))


def test_animated_gif_is_image(tmp_path: Path) -> None:
    path = tmp_path / "moving.gif"
    frames = [Image.fromarray(scene(i, i, 64, 48)) for i in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])
    assert probe(path).media_type is MediaType.IMAGE


def test_size_is_as_displayed(tmp_path: Path) -> None:
    turned = probe(make_video(tmp_path / "phone.mp4", rotation=-90))
    assert (turned.width, turned.height, turned.rotation) == (120, 160, 270)
    photo = tmp_path / "photo.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(scene(0, 0, 64, 48)).save(photo, exif=exif)
    found = probe(photo)
    assert (found.width, found.height, found.rotation) == (48, 64, 270)


def test_variable_rate_single_frame_and_odd_size(tmp_path: Path) -> None:
    stamps = [0, 0.1, 0.2, 0.5, 0.6, 1.2, 1.3, 2.0]
    assert probe(make_video(tmp_path / "vfr.mp4", stamps=stamps)).variable_frame_rate
    single = probe(make_video(tmp_path / "one.mp4", seconds=1 / 12, audio=None))
    assert single.duration_seconds == pytest.approx(1 / 12, abs=0.01)
    assert not single.has_audio
    odd = make_video(tmp_path / "odd.mkv", size=(321, 241), codec="ffv1", audio=None, pixel_format="yuv444p")
    assert (probe(odd).width, probe(odd).height) == (321, 241)


def test_mp4_with_audio_only_is_audio(tmp_path: Path) -> None:
    assert probe(make_audio(tmp_path / "talk.mp4", "aac")).media_type is MediaType.AUDIO


@pytest.mark.parametrize(("suffix", "codec"), [("mp3", "libmp3lame"), ("flac", "flac")])
def test_cover_art_is_not_video(tmp_path: Path, suffix: str, codec: str) -> None:
    path = make_audio(tmp_path / f"song.{suffix}", codec, cover=scene(0, 0, 64, 48))
    found = probe(path)
    assert found.media_type is MediaType.AUDIO
    assert not found.has_video


def test_duration_is_measured_if_header_has_none(tmp_path: Path) -> None:
    live = make_video(
        tmp_path / "live.webm", codec="libvpx", audio="libopus", options={"live": "1"}, seconds=3.0
    )
    assert probe(live).duration_seconds == pytest.approx(3.0, abs=0.1)
    pieces = make_video(
        tmp_path / "pieces.mp4", options={"movflags": "frag_keyframe+empty_moov"}, seconds=3.0
    )
    assert probe(pieces).duration_seconds == pytest.approx(3.0, abs=0.25)


def test_truncated_file_has_remaining_duration(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mkv", seconds=4.0)
    front = tmp_path / "front.mkv"
    front.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    duration = probe(front).duration_seconds
    assert duration is not None
    assert 1.0 < duration < 3.0


def test_mp4_without_index_is_refused(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mp4")
    front = tmp_path / "front.mp4"
    front.write_bytes(whole.read_bytes()[:-400])
    assert refused(front) == "media_truncated"


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_truncated_image_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"half.{suffix}"
    noise = np.random.default_rng(1).integers(0, 255, (100, 100, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refused(path) == "media_truncated"


def test_other_files_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    assert refused(empty) == "media_empty"
    text = tmp_path / "text.mp4"
    text.write_text("This is not a video. " * 100)
    assert refused(text) == "unsupported_format"
    playlist = tmp_path / "playlist.mp4"
    playlist.write_text("#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1/segment.ts\n")
    assert refused(playlist) == "unsupported_format"
    archive = tmp_path / "archive.jpg"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "text")
    assert refused(archive) == "unsupported_format"


@pytest.mark.parametrize(
    "head",
    [b"\xff\xfb\x90\x00", b"ID3\x04\x00\x00\x00\x00\x00\x00", b"RIFF\x10\x00\x00\x00AVI ", b"OggS", b"fLaC"],
)
def test_valid_signature_with_invalid_content_is_refused(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "lies"
    path.write_bytes(head + np.random.default_rng(2).bytes(3000))
    assert refused(path).startswith("media_")


def test_media_beyond_limits_are_refused(tmp_path: Path) -> None:
    tone = make_audio(tmp_path / "tone.mp3", "libmp3lame")
    with pytest.raises(UnsupportedMedia) as too_long:
        probe(tone, max_audio_seconds=1.0)
    assert too_long.value.code == "media_too_long"
    picture = tmp_path / "big.png"
    Image.new("RGB", (200, 200)).save(picture)
    with pytest.raises(UnsupportedMedia) as too_large:
        probe(picture, max_pixels=30_000)
    assert too_large.value.code == "picture_too_large"


def test_reel_has_expected_properties() -> None:
    found = probe(REEL)
    assert found.duration_seconds == pytest.approx(44.15, abs=0.05)
    assert (found.width, found.height, found.frame_rate) == (640, 360, 24.0)
    assert (found.video_codec, found.audio_codec, found.has_audio) == ("h264", "aac", True)
