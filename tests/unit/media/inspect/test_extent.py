"""Durations of files whose clock or header contradicts their packets."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import pytest

from shared.media.decode.demux import open_container, origin
from shared.media.decode.speech_audio import samples
from shared.media.derive.playback import make_playable, plan_cuts
from shared.media.inspect.extent import has_variable_rate, measured_extent
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio, make_video
from tests.unit.media.timestamps import moved
from tests.unit.media.tracks import Sound, make_tracks

pytestmark = pytest.mark.slow

HOURS = 48 * 3600.0


def codes(path: Path) -> list[str]:
    return [warning.code for warning in probe(path).warnings]


def playable_of(source: Path, folder: Path) -> Path:
    """Return the playable file of a source that has one part."""
    found = probe(source)
    ((start, end),) = plan_cuts(source, found, 2400.0)
    return make_playable(source, found, folder / "playable", start=start, end=end).path


def test_duration_claimed_by_one_frame_does_not_count(tmp_path: Path) -> None:
    source = moved(make_video(tmp_path / "a.mp4"), tmp_path / "claims.mp4", last_duration=HOURS)
    with av.open(str(source)) as container:
        assert (container.duration or 0) / av.time_base > HOURS - 1
    assert probe(source).duration_seconds == pytest.approx(2.0, abs=0.1)
    assert codes(source) == ["duration_overstated"]
    with av.open(str(playable_of(source, tmp_path))) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("times", [4, 1000])
def test_samples_that_share_bytes_count_once(tmp_path: Path, times: int) -> None:
    """The sample table lists the same two seconds again and again."""
    source = make_video(tmp_path / "a.mp4", audio=None)
    source.write_bytes(with_repeated_samples(source.read_bytes(), times))
    with av.open(str(source)) as container:
        assert (container.duration or 0) / av.time_base == pytest.approx(2.0 * times, abs=1.0)
    assert probe(source).duration_seconds == pytest.approx(2.0, abs=0.2)
    assert codes(source) == ["duration_overstated"]


def with_repeated_samples(movie: bytes, times: int) -> bytes:
    """Return a movie of one chunk, its index at its end, with ``times`` as many samples in the same bytes."""
    at = movie.index(b"moov") - 4
    index = movie[at:]
    for kind in (b"edts", b"ctts", b"stss"):
        index = replaced(index, kind, lambda _: None)
    index = replaced(index, b"stsz", lambda c: c[:8] + scaled(c[8:12], times) + c[12:] * times)
    index = replaced(index, b"stco", lambda c: c[:4] + scaled(c[4:8], times) + c[8:] * times)
    index = replaced(index, b"stts", lambda c: c[:8] + scaled(c[8:12], times) + c[12:])
    index = replaced(index, b"mdhd", lambda c: c[:16] + scaled(c[16:20], times) + c[20:])
    index = replaced(index, b"mvhd", lambda c: c[:16] + scaled(c[16:20], times) + c[20:])
    return movie[:at] + index


def scaled(number: bytes, times: int) -> bytes:
    return struct.pack(">I", struct.unpack(">I", number)[0] * times)


def replaced(boxes: bytes, kind: bytes, change: Callable[[bytes], bytes | None]) -> bytes:
    """Change the content of each box of a kind, at any depth below the boxes of a movie."""
    result = b""
    while boxes:
        size, name = struct.unpack(">I4s", boxes[:8])
        content: bytes | None = boxes[8:size]
        if name == kind:
            content = change(boxes[8:size])
        elif name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            content = replaced(boxes[8:size], kind, change)
        if content is not None:
            result += struct.pack(">I4s", 8 + len(content), name) + content
        boxes = boxes[size:]
    return result


def test_truncated_file_warns_of_missing_rest(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "whole.mkv", seconds=12.0)
    front = tmp_path / "front.mkv"
    front.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert codes(front) == ["duration_overstated"]
    assert codes(whole) == []


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "ts"])
def test_holes_of_hours_are_removed(tmp_path: Path, suffix: str) -> None:
    film = make_video(tmp_path / "film.mkv", seconds=6.0)
    source = moved(film, tmp_path / f"holes.{suffix}", holes=[(2.0, 7200.0), (4.0, 30_000.0)])
    found = probe(source)
    assert found.duration_seconds == pytest.approx(6.0, abs=0.8)
    assert not found.playable
    assert codes(source) == ["time_hole_removed"]
    playable = playable_of(source, tmp_path)
    after = probe(playable)
    assert (after.playable, after.warnings) == (True, ())
    assert after.duration_seconds == pytest.approx(6.0, abs=0.8)
    seconds = sum(len(chunk) for chunk in samples(playable)) / 16_000
    assert seconds == pytest.approx(6.0, abs=0.8)


def test_part_of_file_with_hole_starts_at_its_time(tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.mkv", seconds=9.0)
    source = moved(film, tmp_path / "hole.ts", holes=[(2.0, 7200.0)])
    found = probe(source)
    cuts = plan_cuts(source, found, 4.0)
    assert len(cuts) == 3
    lengths = []
    for start, end in cuts:
        part = make_playable(source, found, tmp_path / "part", start=start, end=end).path
        lengths.append(probe(part).duration_seconds)
    assert lengths == pytest.approx([end - start for start, end in cuts], abs=0.3)


@pytest.mark.parametrize("suffix", ["mkv", "mp4", "mov"])
def test_clock_may_start_at_ten_hours(tmp_path: Path, suffix: str) -> None:
    film = make_video(tmp_path / "film.mkv", seconds=3.0)
    source = moved(film, tmp_path / f"far.{suffix}", holes=[(-1.0, 36_000.0)])
    assert probe(source).duration_seconds == pytest.approx(3.0, abs=0.1)
    assert codes(source) == []
    assert probe(playable_of(source, tmp_path)).duration_seconds == pytest.approx(3.0, abs=0.1)


def test_short_pause_stays(tmp_path: Path) -> None:
    film = make_video(tmp_path / "film.mkv", seconds=4.0)
    source = moved(film, tmp_path / "pause.mkv", holes=[(2.0, 100.0)])
    assert probe(source).duration_seconds == pytest.approx(104.0, abs=0.2)
    assert codes(source) == []


def test_chained_ogg_has_length_of_all_links(tmp_path: Path) -> None:
    link = make_audio(tmp_path / "link.ogg", "libopus").read_bytes()
    source = tmp_path / "chained.ogg"
    source.write_bytes(link * 3)
    found = probe(source)
    assert found.duration_seconds == pytest.approx(6.0, abs=0.1)
    assert codes(source) == ["time_restarted"]
    playable = playable_of(source, tmp_path)
    assert probe(playable).playable
    assert sum(len(chunk) for chunk in samples(playable)) / 16_000 == pytest.approx(6.0, abs=0.1)


def test_joined_transport_streams_follow_one_another(tmp_path: Path) -> None:
    one = make_video(tmp_path / "one.ts", container_format="mpegts").read_bytes()
    source = tmp_path / "joined.ts"
    source.write_bytes(one * 3)
    assert probe(source).duration_seconds == pytest.approx(6.0, abs=0.4)
    after = probe(playable_of(source, tmp_path))
    assert after.duration_seconds == pytest.approx(6.0, abs=0.4)


@pytest.mark.parametrize("offset", ["36000", "95441.7"])
def test_transport_stream_may_start_anywhere(tmp_path: Path, offset: str) -> None:
    """At ten hours, and two seconds before the clock of 33 bits wraps."""
    options = {"output_ts_offset": offset}
    source = make_video(tmp_path / "a.ts", container_format="mpegts", seconds=4.0, options=options)
    assert probe(source).duration_seconds == pytest.approx(4.0, abs=0.15)
    assert probe(playable_of(source, tmp_path)).duration_seconds == pytest.approx(4.0, abs=0.15)


def test_extent_of_kept_stream_fills_hole_of_used_one(tmp_path: Path) -> None:
    """A pause of the sound is no hole while the picture goes on."""
    source = make_video(tmp_path / "a.mkv", seconds=2.0)
    with open_container(source) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        extent = measured_extent(source, container, [audio], [video])
        assert origin(container) == 0.0
        assert (extent.is_continuous, extent.claimed) == (True, None)
        assert extent.duration == pytest.approx(2.0, abs=0.1)
        assert not has_variable_rate(source, video)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_time_lapse_with_reordered_frames_keeps_its_length(tmp_path: Path, suffix: str) -> None:
    """One frame per second is decoded out of order by seconds, and takes fewer than 250 bytes per second."""
    stamps = [float(n) for n in range(20)]
    source = make_video(
        tmp_path / f"a{suffix}", stamps=stamps, audio=None, keyframes=100, scene_seconds=100.0
    )
    found = probe(source)
    assert found.duration_seconds == pytest.approx(19.1, abs=0.2)
    assert found.warnings == ()


def test_screen_recording_that_stands_still_for_a_minute_is_continuous(tmp_path: Path) -> None:
    stamps = [0.0, 0.1, 60.0, 60.1, 100.0]
    source = make_video(tmp_path / "a.mkv", stamps=stamps, seconds=101.0)
    found = probe(source)
    assert found.duration_seconds == pytest.approx(101.0, abs=1.0)
    assert (found.is_continuous, found.warnings) == (True, ())


def test_longer_kept_track_is_no_cut_off_file(tmp_path: Path) -> None:
    source = make_tracks(tmp_path / "a.m4a", Sound((300.0,), 2.0), Sound((600.0,), 8.0))
    assert codes(source) == ["other_audio_streams"]
