"""Tests of the visual pass: cuts, choice of key frames, budget."""

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from shared.media.derive.key_frames import KeyFrame
from shared.media.derive.visual_pass import VisualPass, run_visual_pass
from shared.media.inspect.probe import probe
from tests.unit.media.samples import make_audio, make_video, scene

pytestmark = pytest.mark.slow

MEDIA = Path(__file__).parents[3] / "media"


def visual_pass(path: Path) -> tuple[VisualPass, list[KeyFrame]]:
    frames: list[KeyFrame] = []
    return run_visual_pass(path, probe(path), frames.append), frames


def test_reel_gives_its_scenes_as_shots_and_key_frames() -> None:
    result, frames = visual_pass(MEDIA / "sample-reel.mp4")
    scenes = json.loads((MEDIA / "sample-reel.json").read_text())["scenes"]
    cuts = [shot.start for shot in result.shots]
    assert cuts == pytest.approx([scene["start"] for scene in scenes], abs=0.1)
    assert result.shots[-1].end == result.duration
    assert [frame.shot for frame in frames] == list(range(8))
    for frame in frames:
        shot = result.shots[frame.shot]
        assert shot.start <= frame.timestamp < shot.end
        assert Image.open(BytesIO(frame.jpeg)).size == (640, 360)
    assert len(result.preview_frames) == pytest.approx(44, abs=2)
    assert Image.open(BytesIO(result.preview_frames[0][1])).width == 192


def test_static_slide_gives_few_key_frames(tmp_path: Path) -> None:
    stamps = [i / 4 for i in range(120)]
    path = tmp_path / "slide.mp4"
    make_video(path, size=(64, 48), audio=None, stamps=stamps, scene_seconds=1000)
    result, frames = visual_pass(path)
    assert len(result.shots) == 1
    assert len(frames) <= 4


def test_fast_cuts_stay_within_key_frame_budget(tmp_path: Path) -> None:
    path = make_video(tmp_path / "fast.mp4", seconds=20.0, scene_seconds=0.75, audio=None)
    result, frames = visual_pass(path)
    assert len(result.shots) >= 20
    assert len(frames) <= 4 + 20 / 5 + 1


def test_key_frames_are_upright(tmp_path: Path) -> None:
    _, frames = visual_pass(make_video(tmp_path / "phone.mp4", rotation=-90))
    image = frames[0].image
    assert image.shape == (160, 120, 3)
    assert image[10, -10].mean() > 200


@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_short_video_gives_one_key_frame(tmp_path: Path, count: int) -> None:
    result, frames = visual_pass(make_video(tmp_path / "short.mp4", seconds=count / 12, audio=None))
    assert result.frame_count == count
    assert len(frames) == 1
    assert len(result.shots) == 1


def test_variable_rate_keeps_frame_times(tmp_path: Path) -> None:
    stamps = [0, 0.1, 0.2, 0.5, 0.6, 1.0, 1.1, 1.2, 1.6, 1.7]
    result, _ = visual_pass(make_video(tmp_path / "vfr.mp4", stamps=stamps, audio=None))
    assert [shot.start for shot in result.shots] == pytest.approx([0.0, 1.0], abs=0.01)


def test_damaged_packets_are_skipped(tmp_path: Path) -> None:
    path = make_video(tmp_path / "damaged.mkv", seconds=8.0, audio=None)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 400] = np.random.default_rng(3).bytes(400)
    path.write_bytes(content)
    result, frames = visual_pass(path)
    assert result.frame_count > 48
    assert frames[-1].timestamp > 6.0


def test_image_is_one_shot_and_audio_has_none(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.fromarray(scene(0, 0, 1600, 900)).save(path)
    result, frames = visual_pass(path)
    assert [(shot.start, shot.end) for shot in result.shots] == [(0.0, 0.0)]
    assert frames[0].image.shape == (720, 1280, 3)
    result, frames = visual_pass(make_audio(tmp_path / "tone.mp3", "libmp3lame"))
    assert (result.shots, frames) == ((), [])
