"""Tests that results are playable in browsers and that parts tile their source."""

from itertools import pairwise
from pathlib import Path

import av
import pytest
from PIL import Image

from shared.media.decode.container import open_container
from shared.media.derive.playback import make_playable, plan_cuts
from shared.media.derive.video_frames import frames_after, nearest_key_frames
from shared.media.inspect.mp4_boxes import starts_fast
from shared.media.inspect.probe import probe
from tests.unit.media.changing_video import Section, make_changing_video
from tests.unit.media.samples import RATE, make_audio, make_video, scene

pytestmark = pytest.mark.slow

FASTSTART = {"movflags": "+faststart"}


def frame_times(path: Path) -> list[float]:
    with open_container(path) as container:
        return [frame.time for frame in container.decode(video=0) if frame.time is not None]


def test_playable_file_is_unchanged(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", options=FASTSTART)
    result = make_playable(source, probe(source), tmp_path / "out")
    assert result.unchanged
    assert result.path.read_bytes() == source.read_bytes()
    assert (result.content_type, result.suffix) == ("video/mp4", ".mp4")


def test_index_is_moved_to_front(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4")
    assert not starts_fast(source)
    result = make_playable(source, probe(source), tmp_path / "out")
    assert starts_fast(result.path)
    assert frame_times(result.path) == frame_times(source)


@pytest.mark.parametrize(
    ("suffix", "codec", "audio"),
    [
        ("mov", "libx264", "aac"),
        ("mkv", "libx264", "aac"),
        ("mkv", "libx264", "flac"),
        ("avi", "mpeg4", "libmp3lame"),
        ("mkv", "libvpx-vp9", "libopus"),
        ("mkv", "libx265", None),
    ],
)
def test_other_video_formats_become_playable(
    tmp_path: Path, suffix: str, codec: str, audio: str | None
) -> None:
    source = make_video(tmp_path / f"source.{suffix}", codec=codec, audio=audio)
    before = probe(source)
    result = make_playable(source, before, tmp_path / "out")
    after = probe(result.path)
    assert after.playable
    assert not after.variable_frame_rate or before.variable_frame_rate
    assert after.duration_seconds == pytest.approx(before.duration_seconds, abs=0.1)
    assert after.has_audio is (audio is not None)
    assert len(frame_times(result.path)) == len(frame_times(source))


def test_encoded_video_keeps_rotation_and_times_with_even_sides(tmp_path: Path) -> None:
    stamps = [0, 0.1, 0.2, 0.5, 0.6, 1.2, 1.3, 2.0]
    source = make_video(
        tmp_path / "source.mov", codec="mpeg4", size=(161, 121), rotation=-90, stamps=stamps, audio=None
    )
    result = make_playable(source, probe(source), tmp_path / "out")
    after = probe(result.path)
    assert (after.width, after.height, after.rotation) == (122, 162, 270)
    assert frame_times(result.path) == pytest.approx(stamps, abs=0.01)
    _, image = next(nearest_key_frames(result.path, after, [0.0], 320))
    assert image[10, -10].mean() > 200, "the bright corner is turned to the right"
    assert image[10, 10].mean() < 150


@pytest.mark.parametrize(
    ("suffix", "codec", "pixel_format"),
    [("mkv", "libx264", "yuv420p"), ("mp4", "libx264", "yuv420p"), ("avi", "mjpeg", "yuvj420p")],
)
def test_resized_video_is_played_in_one_size(
    tmp_path: Path, suffix: str, codec: str, pixel_format: str
) -> None:
    """The middle third is upright; bars fill its sides."""
    colours = ((200, 40, 40), (40, 60, 200), (40, 180, 60))
    sizes = ((160, 120), (120, 160), (160, 120))
    sections = [Section(*section, pixel_format) for section in zip(colours, sizes, strict=True)]
    source = make_changing_video(tmp_path / f"source.{suffix}", codec, sections)
    result = make_playable(source, probe(source), tmp_path / "out")
    after = probe(result.path)
    assert (after.width, after.height, after.playable) == (160, 120, True)
    assert frame_times(result.path) == pytest.approx([i / RATE for i in range(3 * RATE)], abs=0.01)
    images = dict(frames_after(result.path, after, [0.0], 1.0, 160))
    for image, colour in zip(images.values(), colours, strict=True):
        assert image[60, 80].tolist() == pytest.approx(colour, abs=8)
    upright = images[min(images, key=lambda time: abs(time - 1.0))]
    assert upright[:, :30].max() < 20
    assert upright[:, -30:].max() < 20


@pytest.mark.parametrize(
    ("suffix", "codec", "content_type"),
    [("mp3", "libmp3lame", "audio/mpeg"), ("wav", "pcm_s16le", "audio/wav"), ("aac", "aac", "audio/mp4")],
)
def test_audio_formats_become_playable(tmp_path: Path, suffix: str, codec: str, content_type: str) -> None:
    source = make_audio(tmp_path / f"source.{suffix}", codec)
    result = make_playable(source, probe(source), tmp_path / "out")
    assert result.content_type == content_type
    assert probe(result.path).playable
    assert result.duration_seconds == pytest.approx(2.0, abs=0.06)


@pytest.mark.parametrize("suffix", ["png", "bmp", "tiff", "heic"])
def test_image_formats_become_playable(tmp_path: Path, suffix: str) -> None:
    source = tmp_path / f"source.{suffix}"
    Image.fromarray(scene(0, 0, 64, 48)).save(source)
    result = make_playable(source, probe(source), tmp_path / "out")
    assert result.unchanged is (suffix == "png")
    assert result.suffix == (".png" if suffix == "png" else ".jpg")
    assert result.duration_seconds is None
    with Image.open(result.path) as shown:
        assert shown.size == (64, 48)


@pytest.mark.parametrize("suffix", ["mkv", "ts"])
def test_parts_tile_source(tmp_path: Path, suffix: str) -> None:
    """A transport stream has no index of key frames, and its sound starts 21 ms before its picture."""
    allowed = 0.03 if suffix == "ts" else 0.01
    muxer = "mpegts" if suffix == "ts" else None
    source = make_video(tmp_path / f"source.{suffix}", seconds=12.0, keyframes=RATE, container_format=muxer)
    before = probe(source)
    cuts = plan_cuts(source, before, 4.9)
    assert len(cuts) == 3
    assert all(b - a <= 4.9 for a, b in cuts)
    assert all(a[1] == b[0] for a, b in pairwise(cuts))
    reported: list[float] = []
    times: list[float] = []
    for number, (start, end) in enumerate(cuts):
        result = make_playable(
            source, before, tmp_path / f"{number}.mp4", start=start, end=end, progress=reported.append
        )
        part = frame_times(result.path)
        assert part[0] == pytest.approx(0.0, abs=allowed)
        assert probe(result.path).duration_seconds == pytest.approx(end - start, abs=0.15)
        times += [start + time for time in part]
    assert times == pytest.approx([i / RATE for i in range(12 * RATE)], abs=allowed)
    assert reported
    assert max(reported) <= 1.0


def test_part_starts_exactly_at_requested_time(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=6.0, keyframes=1000, scene_seconds=100)
    before = probe(source)
    result = make_playable(source, before, tmp_path / "part", start=3.0, end=6.0)
    times = frame_times(result.path)
    assert times[0] == pytest.approx(0.0, abs=0.01)
    assert len(times) == 3 * RATE
    encoded = make_video(tmp_path / "source.avi", codec="mpeg4", audio="libmp3lame", seconds=6.0)
    result = make_playable(encoded, probe(encoded), tmp_path / "encoded", start=3.0, end=6.0)
    assert result.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert len(frame_times(result.path)) == pytest.approx(3 * RATE, abs=1)


def test_damaged_video_becomes_playable(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.avi", codec="mpeg4", audio="libmp3lame", seconds=6.0)
    content = bytearray(source.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3000] = bytes(3000)
    source.write_bytes(content)
    result = make_playable(source, probe(source), tmp_path / "out")
    with av.open(str(result.path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
    assert len(frame_times(result.path)) > 3 * RATE


def test_silent_video_starts_with_its_first_key_frame(tmp_path: Path) -> None:
    """Times of the analysis are those of the player: the playable file has nothing before the key frame."""
    whole = make_video(tmp_path / "whole.mp4", seconds=6.0, keyframes=36, audio=None, scene_seconds=6.0)
    source = tmp_path / "a.mkv"
    with av.open(str(whole)) as opened, av.open(str(source), "w") as out:
        track = out.add_stream_from_template(opened.streams.video[0])
        for packet in list(opened.demux(video=0))[1:]:
            packet.stream = track
            if packet.size:
                out.mux(packet)
    found = probe(source)
    assert found.duration_seconds == pytest.approx(5.8, abs=0.3)
    made = make_playable(source, found, tmp_path / "playable")
    assert made.duration_seconds == pytest.approx(3.0, abs=0.2)
    assert probe(made.path).duration_seconds == pytest.approx(3.0, abs=0.2)
    with av.open(str(made.path)) as container:
        assert container.start_time == 0
