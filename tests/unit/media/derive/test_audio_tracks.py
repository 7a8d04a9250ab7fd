"""Audio tracks of the playable file: order, names, and the packets that they are made of."""

from pathlib import Path

import av
import pytest
from av.stream import Disposition

from shared.media.decode.container import audio_stream, open_container, packet_span, video_stream
from shared.media.derive.audio_tracks import is_mixed, kept_audio_codecs
from shared.media.derive.playback import make_playable
from shared.media.derive.source_packets import source_packets
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_video
from tests.unit.media.timestamps import moved
from tests.unit.media.tracks import Film, Sound, make_tracks


def test_tracks_have_names_of_their_own_and_one_default(tmp_path: Path) -> None:
    tracks = [Sound([300.0], seconds=length, title="Talk", language="eng") for length in (2.0, 4.0, 6.0)]
    source = make_tracks(tmp_path / "a.mkv", Film(), *tracks)
    found = probe(source)
    assert (kept_audio_codecs(found), is_mixed(found)) == (["aac"] * 3, False)
    playable = make_playable(source, found, tmp_path / "playable").path
    with av.open(str(playable)) as container:
        names = [stream.metadata["handler_name"] for stream in container.streams.audio]
        defaults = [bool(s.disposition & Disposition.default) for s in container.streams.audio]
    assert names == ["1. Talk", "2. Talk", "3. Talk"]
    assert defaults == [True, False, False]


@pytest.mark.parametrize("codec", ["flac", "pcm_s16le", "aac"])
def test_kept_tracks_fit_the_container(tmp_path: Path, codec: str) -> None:
    tracks = [Sound([300.0], codec=codec, language="ger"), Sound([900.0], codec=codec, language="eng")]
    source = make_tracks(tmp_path / "a.mkv", Film(), *tracks)
    after = probe(make_playable(source, probe(source), tmp_path / "playable").path)
    assert kept_audio_codecs(after) == ["aac", "aac"]
    assert after.playable


@pytest.mark.parametrize("has_hole", [False, True])
def test_packets_begin_with_key_frame_before_start(tmp_path: Path, has_hole: bool) -> None:
    film = make_video(tmp_path / "film.mkv", seconds=6.0)
    holes = [(2.0, 7200.0)] if has_hole else []
    source = moved(film, tmp_path / "source.ts", holes=holes)
    with open_container(source) as container:
        video, audio = video_stream(container), audio_stream(container)
        assert video is not None
        assert audio is not None
        found = source_packets(container, [video, audio], 3.5, is_continuous=not has_hole)
        first = next(packet for packet in found if packet.stream_index == video.index)
        span = packet_span(first)
        assert first.is_keyframe
        assert span is not None
        begin = (container.start_time or 0) / av.time_base
        assert 2.0 < span[0] - begin <= 3.6
