"""Files as people have them: the right streams, times and sounds (tests/media/cases/README.md)."""

from pathlib import Path
from typing import Final

import numpy as np
import pytest

from shared.domain.errors import UnsupportedMedia
from shared.domain.media import MediaType, StreamKind
from shared.media.decode.speech_audio import samples
from shared.media.derive.playback import make_playable
from shared.media.inspect.probe import probe

CASES: Final = Path(__file__).parents[2] / "media" / "cases"


def levels(path: Path) -> list[float]:
    """Return the root mean square of each second."""
    chunks = list(samples(path, chunk_seconds=1.0))
    return [float(np.sqrt(np.mean(np.square(chunk)))) for chunk in chunks if len(chunk) > 8000]


@pytest.mark.parametrize(
    ("name", "media_type", "seconds", "used", "spoken"),
    [
        ("chained.ogg", MediaType.AUDIO, 8.87, [0], 9),
        ("cover_plain_stream.m4a", MediaType.AUDIO, 4.37, [0], 4),
        ("default_second_audio.mkv", MediaType.VIDEO, 9.0, [0, 2], 4),
        ("late_key_frame_13s.mkv", MediaType.VIDEO, 33.38, [0, 1], 4),
        ("opposite_phase.mp3", MediaType.AUDIO, 4.39, [0], 4),
        ("silent_first_audio.mp4", MediaType.VIDEO, 9.0, [0, 2], 4),
        ("starts_mid_frame.mp3", MediaType.AUDIO, 4.31, [0], 4),
        ("two_video_tracks.mp4", MediaType.VIDEO, 9.0, [1, 2], 4),
    ],
)
def test_content_is_found_and_heard(
    tmp_path: Path, name: str, media_type: MediaType, seconds: float, used: list[int], spoken: int
) -> None:
    found = probe(CASES / name)
    assert (found.media_type, [s.index for s in found.streams if s.is_used]) == (media_type, used)
    assert found.duration_seconds == pytest.approx(seconds, abs=0.05)
    playable = make_playable(CASES / name, found, tmp_path / "playable").path
    after = probe(playable)
    assert after.playable
    assert after.media_type is media_type
    assert after.duration_seconds == pytest.approx(seconds, abs=0.05)
    assert [level > 0.05 for level in levels(playable)] == [True] * spoken
    assert levels(CASES / name) == pytest.approx(levels(playable), rel=0.25)


def test_other_audio_track_stays_reachable(tmp_path: Path) -> None:
    source = CASES / "default_second_audio.mkv"
    found = probe(source)
    playable = make_playable(source, found, tmp_path / "playable").path
    audio = [s for s in probe(playable).streams if s.kind is StreamKind.AUDIO]
    assert [(s.language, s.is_default) for s in audio] == [("eng", True), ("ger", False)]


def test_film_is_taken_instead_of_cover_track() -> None:
    source = CASES / "two_video_tracks.mp4"
    found = probe(source)
    assert (found.width, found.height) == (320, 240)
    assert [warning.code for warning in found.warnings] == ["other_video_streams"]


def test_encrypted_file_is_refused_as_such() -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        probe(CASES / "encrypted_cenc.mp4")
    assert refused.value.code == "media_encrypted"
    assert "encrypted" in refused.value.message
