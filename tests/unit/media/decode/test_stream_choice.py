"""Which streams of a file are its content, and that the playable file has the same ones first."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition

from shared.domain.media import MediaType
from shared.media.decode.container import audio_streams, open_container, video_stream
from shared.media.decode.speech_audio import samples
from shared.media.derive.playback import make_playable
from shared.media.inspect.probe import probe
from tests.unit.media.tracks import Film, Sound, make_tracks

pytestmark = pytest.mark.slow

DEFAULT = Disposition.default
COMMENT = Disposition.comment
IMPAIRED = Disposition.visual_impaired
LOW, HIGH = 300.0, 1200.0


def chosen(path: Path) -> tuple[int | None, tuple[int, ...]]:
    """Return the indexes of the chosen video stream and of the chosen audio streams."""
    with open_container(path) as container:
        video = video_stream(container)
        audio = audio_streams(container)
        return None if video is None else video.index, tuple(stream.index for stream in audio)


def loudest_frequency(path: Path) -> int:
    heard = np.concatenate(list(samples(path)))[:16_000]
    return int(np.abs(np.fft.rfft(heard)).argmax())


@pytest.mark.parametrize(
    ("tracks", "video", "audio"),
    [
        ([Film(), Sound([LOW])], 0, (1,)),
        ([Film(frames=1), Film(size=(32, 32)), Sound([LOW])], 1, (2,)),
        ([Film(size=(32, 32)), Film()], 1, ()),
        ([Film(size=(32, 32), disposition=DEFAULT), Film()], 0, ()),
        ([Film(frames=1, codec="mjpeg"), Sound([LOW])], None, (1,)),
        ([Film(), Sound([LOW], language="ger"), Sound([HIGH], language="eng")], 0, (1,)),
        ([Film(), Sound([LOW], language="ger"), Sound([HIGH], disposition=DEFAULT)], 0, (2,)),
        ([Film(), Sound([0.0], language="ger"), Sound([HIGH], language="eng")], 0, (2,)),
        ([Film(), Sound([0.0], disposition=DEFAULT, language="ger"), Sound([HIGH])], 0, (2,)),
        ([Film(), Sound([0.0], language="ger"), Sound([0.0], language="eng")], 0, (1,)),
        ([Film(), Sound([]), Sound([HIGH])], 0, (2,)),
        ([Sound([LOW], quiet_seconds=1.9, language="ger"), Sound([HIGH])], None, (0,)),
        ([Sound([LOW], disposition=COMMENT | DEFAULT), Sound([HIGH])], None, (1,)),
        ([Sound([LOW], disposition=IMPAIRED), Sound([0.0], language="eng")], None, (1,)),
        ([Sound([LOW], disposition=COMMENT)], None, (0,)),
        ([Sound([LOW]), Sound([HIGH])], None, (0, 1)),
        ([Sound([LOW]), Sound([0.0]), Sound([HIGH])], None, (0, 1, 2)),
        ([Sound([LOW], seconds=4.0), Sound([HIGH])], None, (0,)),
        ([Sound([LOW], title="Interview"), Sound([HIGH], title="Music")], None, (0,)),
        ([Sound([LOW, LOW], layout="stereo"), Sound([HIGH, HIGH], layout="stereo")], None, (0,)),
    ],
)
def test_streams_are_chosen_by_policy(
    tmp_path: Path, tracks: list[Film | Sound], video: int | None, audio: tuple[int, ...]
) -> None:
    path = make_tracks(tmp_path / "a.mkv", *tracks)
    assert chosen(path) == (video, audio)
    found = probe(path)
    used = tuple(stream.index for stream in found.streams if stream.is_used)
    assert used == ((video, *audio) if video is not None else audio)


def test_playable_file_has_chosen_track_first(tmp_path: Path) -> None:
    tracks = [Sound([LOW], language="ger"), Sound([HIGH], language="eng", title="Main", disposition=DEFAULT)]
    source = make_tracks(tmp_path / "a.mkv", Film(), *tracks)
    found = probe(source)
    assert not found.playable
    assert [(s.index, s.is_used, s.is_kept) for s in found.streams] == [
        (0, True, True),
        (1, False, True),
        (2, True, True),
    ]
    assert [warning.code for warning in found.warnings] == ["other_audio_streams"]
    assert "1 (aac, ger)" in found.warnings[0].message
    playable = make_playable(source, found, tmp_path / "playable").path
    assert loudest_frequency(playable) == loudest_frequency(source) == HIGH
    with av.open(str(playable)) as container:
        tracks_found = [(s.language, bool(s.disposition & DEFAULT)) for s in container.streams.audio]
    assert tracks_found == [("eng", True), ("ger", False)]


@pytest.mark.parametrize(
    ("suffix", "video", "audio", "codecs"),
    [
        ("mp4", "libx264", "aac", ["h264", "aac", "aac"]),
        ("webm", "libvpx", "libopus", ["vp8", "opus", "opus"]),
    ],
)
def test_file_whose_first_track_is_not_heard_is_rewritten(
    tmp_path: Path, suffix: str, video: str, audio: str, codecs: list[str]
) -> None:
    silent = Sound([0.0], codec=audio, language="ger")
    source = make_tracks(tmp_path / f"a.{suffix}", Film(codec=video), silent, Sound([HIGH], codec=audio))
    result = make_playable(source, probe(source), tmp_path / "playable")
    assert not result.unchanged
    assert loudest_frequency(result.path) == HIGH
    assert [stream.codec for stream in probe(result.path).streams] == codecs


@pytest.mark.parametrize(
    ("suffix", "tracks", "codec"),
    [
        ("avi", [Sound([LOW], codec="pcm_s16le"), Sound([HIGH], codec="pcm_s16le")], "mpeg4"),
        ("mkv", [Sound([LOW], title="Talk"), Sound([HIGH], title="Music")], "libx264"),
        ("webm", [Sound([LOW], title=name, codec="libopus") for name in ("Talk", "Music")], "libvpx"),
    ],
)
def test_kept_tracks_are_not_mixed_later(
    tmp_path: Path, suffix: str, tracks: list[Sound], codec: str
) -> None:
    """What the source tells about the tracks, the playable file may not: lengths or titles."""
    source = make_tracks(tmp_path / f"a.{suffix}", Film(codec=codec), *tracks)
    assert chosen(source) == (0, (1,))
    playable = make_playable(source, probe(source), tmp_path / "playable").path
    assert chosen(playable) == (0, (1,))
    assert loudest_frequency(playable) == LOW


def test_mono_tracks_of_one_recording_are_mixed(tmp_path: Path) -> None:
    source = make_tracks(tmp_path / "a.mp4", Film(), Sound([LOW]), Sound([HIGH]))
    found = probe(source)
    assert [warning.code for warning in found.warnings] == ["audio_tracks_mixed"]
    playable = make_playable(source, found, tmp_path / "playable").path
    after = probe(playable)
    assert [stream.kind for stream in after.streams] == ["video", "audio"]
    for path in (source, playable):
        heard = np.abs(np.fft.rfft(np.concatenate(list(samples(path)))[8000:24_000]))
        assert heard[int(LOW)] > 1000
        assert heard[int(HIGH)] > 1000


def test_single_picture_beside_audio_is_cover(tmp_path: Path) -> None:
    source = make_tracks(tmp_path / "a.m4a.mp4", Sound([LOW]), Film(frames=1, codec="mjpeg"))
    found = probe(source)
    assert (found.media_type, found.playable) == (MediaType.AUDIO, False)
    assert [stream.kind for stream in found.streams] == ["audio", "cover"]
    result = make_playable(source, found, tmp_path / "playable")
    assert result.content_type == "audio/mp4"
    assert [stream.kind for stream in probe(result.path).streams] == ["audio"]


def test_first_audio_of_transport_stream_is_taken(tmp_path: Path) -> None:
    """The second one has the higher bit rate, by which FFmpeg would choose."""
    quiet, loud = Sound([LOW], language="deu"), Sound([HIGH, LOW], layout="stereo", language="eng")
    path = tmp_path / "a.ts"
    make_tracks(path, Film(codec="libx264"), quiet, loud)
    assert chosen(path) == (0, (1,))
