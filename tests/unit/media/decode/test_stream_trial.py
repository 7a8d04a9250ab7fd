"""Trials of single streams of a file."""

from pathlib import Path

import pytest
from av.stream import Disposition

from shared.media.decode.demux import matching_streams, open_container
from shared.media.decode.stream_choice import is_cover, language_of, title_of
from shared.media.decode.stream_trial import Sound as Heard
from shared.media.decode.stream_trial import has_frames, has_many_packets, sound_of
from tests.unit.media.samples import make_audio, make_video, scene
from tests.unit.media.tracks import Film, Sound, make_tracks

pytestmark = pytest.mark.slow


def heard_in(path: Path) -> list[Heard]:
    with open_container(path) as container:
        return [sound_of(path, stream) for stream in container.streams.audio]


@pytest.mark.parametrize("codec", ["flac", "pcm_s16le", "pcm_u8", "pcm_f32le", "aac"])
def test_sound_is_told_from_silence(tmp_path: Path, codec: str) -> None:
    tracks = [Sound([300.0], codec=codec), Sound([0.0], codec=codec), Sound([], codec="flac")]
    path = make_tracks(tmp_path / "a.mkv", *tracks)
    assert heard_in(path) == [Heard.AUDIBLE, Heard.SILENT, Heard.NONE]


@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_sound_late_in_long_track_is_found(tmp_path: Path, suffix: str) -> None:
    """The track is sampled, because it lasts more than two minutes."""
    late = Sound([300.0], seconds=200.0, quiet_seconds=150.0)
    path = make_tracks(tmp_path / f"a.{suffix}", late, Sound([0.0], seconds=200.0))
    assert heard_in(path) == [Heard.AUDIBLE, Heard.SILENT]


def test_single_frame_is_told_from_film(tmp_path: Path) -> None:
    path = make_tracks(tmp_path / "a.mkv", Film(frames=1), Film())
    with open_container(path) as container:
        assert [has_many_packets(path, stream) for stream in container.streams.video] == [False, True]
        assert all(has_frames(path, stream) for stream in container.streams.video)


def test_trial_leaves_position_of_container(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4")
    with open_container(path) as container:
        (video,) = container.streams.video
        before = next(container.demux(video)).pts
        assert has_frames(path, video)
        following = next(container.demux(video)).pts
        assert before is not None
        assert following != before


def test_flagged_picture_is_cover(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "a.mp3", "libmp3lame", cover=scene(0, 0, 64, 48))
    with open_container(path) as container:
        (picture,) = container.streams.video
        assert picture.disposition & Disposition.attached_pic
        assert is_cover(container, picture)


def test_stated_language_and_title_are_read(tmp_path: Path) -> None:
    path = make_tracks(tmp_path / "a.mkv", Sound([300.0], language="ger", title="Main"), Sound([300.0]))
    with open_container(path) as container:
        first, second = container.streams.audio
        assert (language_of(first), title_of(first)) == ("ger", "Main")
        assert (language_of(second), title_of(second)) == (None, None)
        with open_container(path) as other:
            assert [stream.index for stream in matching_streams(other, [second])] == [1]
