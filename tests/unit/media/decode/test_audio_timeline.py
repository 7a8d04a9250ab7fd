"""Samples on the medium's timeline: gaps, overlaps and broken timestamps."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from shared.media.decode.audio_timeline import AudioTimeline, decode_audio
from shared.media.decode.container import audio_stream, open_container, packets, video_stream
from tests.unit.media.samples import make_audio, make_video

RATE: Final = 8000


def frame(
    at: float | None, *, seconds: float = 0.1, level: float = 0.5, rate: int = RATE, layout: str = "mono"
) -> AudioFrame:
    """Make a frame of constant ``level``."""
    channels = 1 if layout == "mono" else 2
    samples = np.full((channels, round(seconds * rate)), level, np.float32)
    made = AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    made.sample_rate, made.time_base = rate, Fraction(1, 1000)
    made.pts = None if at is None else round(at * 1000)
    return made


def timeline_of(
    frames: Sequence[AudioFrame], *, start: float = 0.0, layout: str = "mono", rate: int = RATE
) -> list[NDArray[np.float32]]:
    timeline = AudioTimeline(rate=rate, layout=layout, start=start)
    pieces = [piece for each in frames for piece in timeline.feed(each)]
    return [*pieces, *timeline.finish()]


def levels(pieces: Sequence[NDArray[np.float32]]) -> list[tuple[float, float]]:
    """Return (level, seconds) of each stretch of one level."""
    samples = np.concatenate(pieces, axis=1)[0]
    edges = [0, *(np.flatnonzero(np.diff(samples)) + 1), len(samples)]
    return [(round(float(samples[begin]), 3), (end - begin) / RATE) for begin, end in pairwise(edges)]


def test_consecutive_frames_are_joined() -> None:
    frames = [frame(0.0, level=0.1), frame(0.1, level=0.2), frame(0.2, level=0.3)]
    assert levels(timeline_of(frames)) == [(0.1, 0.1), (0.2, 0.1), (0.3, 0.1)]


def test_gap_becomes_silence() -> None:
    frames = [frame(1.0, level=0.1), frame(1.5, level=0.2), frame(1.6, level=0.2)]
    assert levels(timeline_of(frames)) == [(0.0, 1.0), (0.1, 0.1), (0.0, 0.4), (0.2, 0.2)]
    assert levels(timeline_of([frame(1.0)], start=0.9)) == [(0.0, 0.1), (0.5, 0.1)]


def test_overlap_is_cut_from_later_frame() -> None:
    frames = [frame(0.0, seconds=0.5, level=0.1), frame(0.3, seconds=0.5, level=0.2)]
    assert levels(timeline_of(frames)) == [(0.1, 0.5), (0.2, 0.3)]
    hidden = [frame(0.0, seconds=0.5, level=0.1), frame(0.1, level=0.2), frame(0.5, level=0.3)]
    assert levels(timeline_of(hidden)) == [(0.1, 0.5), (0.3, 0.1)]


@pytest.mark.parametrize("offset", [0.04, -0.04])
def test_coarse_timestamps_are_no_gaps(offset: float) -> None:
    frames = [frame(0.0, level=0.1), frame(0.1 + offset, level=0.2), frame(0.2, level=0.3)]
    assert levels(timeline_of(frames)) == [(0.1, 0.1), (0.2, 0.1), (0.3, 0.1)]


@pytest.mark.parametrize("at", [None, 3600.2, -3600.0])
def test_frame_with_missing_or_broken_time_follows(at: float | None) -> None:
    frames = [frame(0.0, level=0.1), frame(at, level=0.2), frame(0.2, level=0.3)]
    assert levels(timeline_of(frames)) == [(0.1, 0.1), (0.2, 0.1), (0.3, 0.1)]


def test_long_silence_comes_in_bounded_pieces() -> None:
    pieces = timeline_of([frame(25.0)])
    assert [piece.shape[1] / RATE for piece in pieces] == [10.0, 10.0, 5.0, 0.1]


def test_change_of_format_loses_no_samples() -> None:
    frames = [
        frame(0.0, seconds=0.5),
        frame(0.5, seconds=0.5, rate=48_000, layout="stereo"),
        frame(1.0, seconds=0.5),
    ]
    for layout, channels in (("mono", 1), ("stereo", 2)):
        pieces = timeline_of(frames, layout=layout)
        assert {piece.shape[0] for piece in pieces} == {channels}
        assert sum(piece.shape[1] for piece in pieces) == pytest.approx(1.5 * RATE, abs=1)


def test_empty_frame_is_ignored() -> None:
    empty = AudioFrame(format="fltp", layout="mono", samples=0)
    empty.sample_rate, empty.time_base, empty.pts = RATE, Fraction(1, 1000), 5000
    assert levels(timeline_of([frame(0.0), empty, frame(0.1)])) == [(0.5, 0.2)]


def test_only_packets_of_stream_are_decoded(tmp_path: Path) -> None:
    path = make_video(tmp_path / "film.mp4")
    with open_container(path) as container:
        audio, video = audio_stream(container), video_stream(container)
        assert audio is not None
        assert video is not None
        decoded = sum(each.samples for each in decode_audio(audio, packets(container, audio, video)))
    assert decoded / 48_000 == pytest.approx(2.0, abs=0.05)


def test_undecodable_packet_leaves_gap(tmp_path: Path) -> None:
    path = make_audio(tmp_path / "tone.flac", "flac")
    content = bytearray(path.read_bytes())
    for at in range(len(content) // 2, len(content) // 2 + 4000):
        content[at] ^= 0x55
    path.write_bytes(content)
    with open_container(path) as container:
        stream = audio_stream(container)
        assert stream is not None
        times = [each.time for each in decode_audio(stream, packets(container, stream))]
    assert times[0] == 0.0
    assert times[-1] is not None
    assert times[-1] > 1.8
    assert len(times) < 2.0 * 48_000 / 4608 + 1
