"""Clips: their length, their first frame and their sound, compared with the source."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from shared.domain.errors import UnsupportedMedia
from shared.media.decode.container import open_container
from shared.media.derive.clip import ClipFile, make_clip
from shared.media.inspect.mp4_boxes import starts_fast
from shared.media.inspect.probe import probe
from tests.unit.media.samples import RATE, make_audio, make_video

pytestmark = pytest.mark.slow

FRAME = 1 / RATE


def cut(source: Path, start: float, end: float, *, precise: bool = False) -> ClipFile:
    return make_clip(source, probe(source), source.with_name("clip"), start=start, end=end, precise=precise)


def frames(path: Path) -> list[tuple[float, NDArray[np.uint8]]]:
    """Return the frames that a player shows, with their times."""
    with av.open(str(path)) as container:
        return [
            (frame.time, np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
            for frame in container.decode(video=0)
            if frame.time is not None
        ]


def shown_at(source: Path, time: float) -> NDArray[np.uint8]:
    return min(frames(source), key=lambda found: abs(found[0] - time))[1]


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(float) - other.astype(float)).mean())


def check_picture(source: Path, clip: ClipFile, length: float, frames_over: int = 1) -> None:
    """Compare duration and first frame with the source. Neighbouring frames differ by more than encoding
    does."""
    found = frames(clip.path)
    assert found[0][0] == pytest.approx(0, abs=FRAME / 2)
    assert found[-1][0] + FRAME == pytest.approx(length, abs=(frames_over + 0.1) * FRAME)
    first = difference(found[0][1], shown_at(source, clip.start))
    neighbours = [
        difference(found[0][1], shown_at(source, clip.start + step)) for step in (-3 * FRAME, 3 * FRAME)
    ]
    assert first < min(neighbours)
    assert first < 6


def test_clip_at_a_key_frame_is_copied(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=4)
    clip = cut(source, 1.0, 3.0)
    assert clip.is_copied
    assert clip.start == pytest.approx(1.0, abs=1e-3)
    assert (clip.content_type, clip.suffix) == ("video/mp4", ".mp4")
    assert starts_fast(clip.path)
    check_picture(source, clip, 2.0, frames_over=3)


def test_clip_near_a_key_frame_starts_there_unless_precise(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=4)
    near = cut(source, 1.25, 3.0)
    assert near.is_copied
    assert near.start == pytest.approx(1.0, abs=1e-3)
    exact = cut(source, 1.25, 3.0, precise=True)
    assert (exact.is_copied, exact.start) == (False, 1.25)
    check_picture(source, exact, 1.75)


def test_clip_far_from_a_key_frame_is_encoded(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=4, keyframes=1000, scene_seconds=100)
    clip = cut(source, 2.0, 3.5)
    assert (clip.is_copied, clip.start) == (False, 2.0)
    check_picture(source, clip, 1.5)
    assert clip.duration_seconds == pytest.approx(1.5, abs=FRAME)


def test_precise_clip_at_a_key_frame_of_video_in_order_is_copied(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.webm", seconds=3, codec="libvpx-vp9", audio="libopus")
    clip = cut(source, 1.0, 2.0, precise=True)
    assert (clip.is_copied, clip.content_type) == (True, "video/webm")
    check_picture(source, clip, 1.0)


def test_rotated_video_is_cut_upright(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=3, rotation=90)
    before, after = probe(source), probe(cut(source, 0.7, 1.5, precise=True).path)
    assert (after.width, after.height) == (before.width, before.height)


@pytest.mark.parametrize("precise", [False, True])
def test_sound_stays_in_sync(tmp_path: Path, precise: bool) -> None:
    """The tone starts 1.5 s after the picture, so it starts 0.5 s after the start of the clip."""
    source = make_video(tmp_path / "source.mp4", seconds=4, audio_offset=1.5)
    clip = cut(source, 1.0, 3.0, precise=precise)
    assert first_sound(clip.path) == pytest.approx(0.5, abs=0.03)


def first_sound(path: Path) -> float:
    with open_container(path) as container:
        for frame in container.decode(audio=0):
            samples = np.abs(frame.to_ndarray()).max(axis=0)
            if frame.time is not None and samples.max() > 0.1:
                return frame.time + int(np.argmax(samples > 0.1)) / frame.sample_rate
    raise AssertionError("nothing is heard")


@pytest.mark.parametrize(("suffix", "codec"), [("m4a", "aac"), ("mp3", "libmp3lame"), ("wav", "pcm_s16le")])
@pytest.mark.parametrize("precise", [False, True])
def test_clip_of_audio_has_its_length(tmp_path: Path, suffix: str, codec: str, precise: bool) -> None:
    source = make_audio(tmp_path / f"source.{suffix}", codec, seconds=5)
    clip = cut(source, 1.3, 3.3, precise=precise)
    after = probe(clip.path)
    assert (after.has_video, after.has_audio) == (False, True)
    assert after.duration_seconds == pytest.approx(2.0, abs=0.06)
    assert clip.duration_seconds == pytest.approx(2.0, abs=0.06)
    assert clip.content_type == "audio/mp4"


def test_last_part_of_a_medium_is_cut(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=2)
    clip = cut(source, 1.9, 2.0, precise=True)
    assert len(frames(clip.path)) in (1, 2)


def test_damaged_source_is_refused(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=2, options={"movflags": "+faststart"})
    probed = probe(source)
    source.write_bytes(b"\0" * 4000)
    with pytest.raises(UnsupportedMedia):
        make_clip(source, probed, tmp_path / "clip", start=0.5, end=1.5, precise=True)
