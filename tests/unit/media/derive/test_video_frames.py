"""Frames between key frames, decoded in bounded work."""

from pathlib import Path

import pytest

from shared.media.derive import video_frames
from shared.media.derive.video_frames import frames_after, nearest_key_frames
from shared.media.inspect.probe import probe
from tests.unit.media.samples import RATE, make_video


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A video of 6 s with key frames at 0, 2 and 4 s."""
    return make_video(tmp_path / "video.mp4", seconds=6.0, audio=None, keyframes=2 * RATE, scene_seconds=100)


def times(path: Path, starts: list[float], step: float) -> list[float]:
    return [time for time, _ in frames_after(path, probe(path), starts, step, 64)]


def test_frames_are_a_step_apart(path: Path) -> None:
    assert times(path, [0.0], 1.0) == pytest.approx([0, 1, 2, 3, 4, 5], abs=0.01)


def test_each_start_ends_at_next_one(path: Path) -> None:
    assert times(path, [0.0, 4.0], 1.5) == pytest.approx([0, 1.5, 3.0, 4.0, 5.5], abs=0.05)


def test_starts_share_the_work(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_frames, "_MAX_PIXELS", 2 * 13 * 160 * 120)
    assert times(path, [0.0, 4.0], 1.0) == pytest.approx([0, 1, 4, 5], abs=0.01)


def test_key_frames_are_nearest_ones(path: Path) -> None:
    found = [time for time, _ in nearest_key_frames(path, probe(path), [0.5, 1.0, 3.0, 5.9], 64)]
    assert found == pytest.approx([0, 2, 4], abs=0.01)
