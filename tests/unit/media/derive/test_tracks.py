"""Copied and encoded tracks of a part of a medium, read back from the written file."""

import wave
from collections.abc import Callable
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.stream import VideoStream

from shared.media.decode.container import (
    Stream,
    audio_stream,
    open_container,
    origin,
    packet_span,
    packets,
    video_stream,
)
from shared.media.decode.frames import Geometry
from shared.media.derive.tracks import CopiedTrack, EncodedAudio, EncodedVideo, Track
from tests.unit.media.samples import RATE, make_audio, make_video

MakeTrack = Callable[[OutputContainer, Stream, float, float], Track]

FRAME: Final = 1 / RATE
AAC_FRAME: Final = 1024 / 48_000


def encoded_video(geometry: Geometry) -> MakeTrack:
    def make(out: OutputContainer, source: Stream, start: float, end: float) -> Track:
        assert isinstance(source, VideoStream)
        return EncodedVideo(out, source, geometry, start, end)

    return make


def encoded_audio(out: OutputContainer, source: Stream, start: float, end: float) -> Track:
    assert isinstance(source, AudioStream)
    return EncodedAudio(out, (source,), start, end)


def write(
    source: Path,
    make: MakeTrack,
    start: float,
    end: float,
    *,
    audio: bool = False,
    skipped: int = 0,
    seek: bool = True,
) -> tuple[Path, int]:
    """Write one track of the part. Return the file, and how many packets the track took before it ended."""
    result = source.with_name("result.mp4")
    taken = 0
    with open_container(source) as container, av.open(str(result), "w") as out:
        stream = audio_stream(container) if audio else video_stream(container)
        assert stream is not None
        begin = origin(container)
        if start > 0 and seek:
            container.seek(int((begin + start) * av.time_base))
        track = make(out, stream, begin + start, begin + end)
        for packet in islice(packets(container, stream), skipped, None):
            if not track.feed(packet):
                break
            taken += 1
        track.finish()
    return result, taken


def shown_times(path: Path) -> list[float]:
    with open_container(path) as container:
        return [frame.time for frame in container.decode() if frame.time is not None]


def packet_times(path: Path) -> list[tuple[int, int]]:
    """Return (decoding time, presentation time) of each packet."""
    with open_container(path) as container:
        found = [(packet.dts, packet.pts) for packet in container.demux()]
    return [(dts, pts) for dts, pts in found if dts is not None and pts is not None]


@pytest.mark.parametrize(("start", "end"), [(0.0, 2.0), (1.5, 3.0)])
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_copied_video_shows_exactly_its_part(tmp_path: Path, suffix: str, start: float, end: float) -> None:
    """The source has a key frame each second and reorders frames. Matroska has no decoding times."""
    source = make_video(tmp_path / f"source.{suffix}", seconds=4.0)
    result, taken = write(source, CopiedTrack, start, end)
    shown = round((end - start) * RATE)
    assert shown_times(result) == pytest.approx([number * FRAME for number in range(shown)], abs=0.001)
    assert taken == round((end - int(start)) * RATE), "from the key frame before the start"
    stored = packet_times(result)
    assert all(dts <= pts for dts, pts in stored)
    assert all(a < b for (a, _), (b, _) in pairwise(stored))


def test_copied_video_starts_with_key_frame(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mp4", seconds=2.0)
    result, _ = write(source, CopiedTrack, 0.0, 2.0, skipped=1)
    assert len(packet_times(result)) == RATE
    assert shown_times(result)[0] == pytest.approx(1.0)


@pytest.mark.parametrize("seek", [True, False])
@pytest.mark.parametrize("suffix", ["m4a", "mkv"])
def test_copied_audio_is_the_packets_that_sound_in_the_part(tmp_path: Path, suffix: str, seek: bool) -> None:
    source = make_audio(tmp_path / f"source.{suffix}", "aac")
    result, _ = write(source, CopiedTrack, 0.5, 1.5, audio=True, seek=seek)
    with open_container(result) as container:
        spans = [packet_span(packet) for packet in container.demux()]
    times = [span[0] for span in spans if span is not None]
    assert -AAC_FRAME < times[0] <= 0.0
    assert 1.0 - AAC_FRAME <= times[-1] < 1.0
    assert np.diff(times) == pytest.approx(AAC_FRAME, abs=0.002)


def test_encoded_video_keeps_times_of_its_part(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mkv", seconds=2.0, audio=None)
    result, _ = write(source, encoded_video(Geometry()), 0.5, 1.5)
    assert shown_times(result) == pytest.approx([number * FRAME for number in range(RATE)], abs=0.002)


def test_encoded_video_keeps_variable_rate(tmp_path: Path) -> None:
    stamps = [0.0, 0.1, 0.15, 0.6, 0.7, 1.3]
    source = make_video(tmp_path / "source.mkv", stamps=stamps, audio=None)
    result, _ = write(source, encoded_video(Geometry()), 0.0, 1.3)
    assert shown_times(result) == pytest.approx(stamps[:-1], abs=0.002), "the end does not belong to the part"


@pytest.mark.parametrize(
    ("size", "geometry", "encoded"),
    [
        ((160, 120), Geometry(), (160, 120)),
        ((161, 121), Geometry(), (162, 122)),
        ((160, 120), Geometry(pixel_aspect=2.0), (320, 120)),
        ((160, 120), Geometry(pixel_aspect=0.5), (80, 120)),
        ((2400, 100), Geometry(), (1920, 80)),
        ((100, 2400), Geometry(), (80, 1920)),
        ((1, 1), Geometry(), (2, 2)),
    ],
)
def test_encoded_video_has_even_sides_and_square_pixels(
    tmp_path: Path, size: tuple[int, int], geometry: Geometry, encoded: tuple[int, int]
) -> None:
    source = make_video(
        tmp_path / "source.mkv", seconds=0.2, size=size, codec="ffv1", pixel_format="yuv444p", audio=None
    )
    result, _ = write(source, encoded_video(geometry), 0.0, 0.2)
    with open_container(result) as container:
        video = video_stream(container)
        assert video is not None
        frame = next(container.decode(video))
        assert (frame.width, frame.height) == encoded
        assert (frame.format.name, video.codec_context.codec.canonical_name) == ("yuv420p", "h264")
        assert video.sample_aspect_ratio in (None, 1)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_encoded_video_is_stored_unrotated(tmp_path: Path, rotation: int) -> None:
    source = make_video(tmp_path / "source.mkv", seconds=0.5, audio=None)
    result, _ = write(source, encoded_video(Geometry(rotation)), 0.0, 0.5)
    with open_container(result) as container:
        frame = next(container.decode(video=0))
    assert frame.rotation % 360 == rotation
    assert (frame.width, frame.height) == (160, 120)


def audio_of(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    with open_container(path) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


def test_encoded_audio_has_length_of_its_part(tmp_path: Path) -> None:
    source = make_audio(tmp_path / "source.flac", "flac", rate=44_100)
    result, _ = write(source, encoded_audio, 0.0, 1.25, audio=True)
    samples = audio_of(result)
    assert samples.shape[1] / 48_000 == pytest.approx(1.25, abs=2 * AAC_FRAME)
    assert np.abs(samples[:, 24_000:48_000]).max() == pytest.approx(0.5, abs=0.1)


def test_late_audio_is_encoded_after_silence(tmp_path: Path) -> None:
    source = make_video(tmp_path / "source.mkv", audio="flac", audio_offset=1.0)
    result, _ = write(source, encoded_audio, 0.0, 2.0, audio=True)
    samples = np.abs(audio_of(result)[0])
    assert samples[:45_000].max() < 0.01
    assert samples[51_000:].max() > 0.3


@pytest.mark.parametrize(("channels", "encoded"), [(1, 1), (2, 2), (6, 2)])
def test_encoded_audio_has_at_most_two_channels(tmp_path: Path, channels: int, encoded: int) -> None:
    source = tmp_path / "source.wav"
    with wave.open(str(source), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\x10" * channels * 4000)
    result, _ = write(source, encoded_audio, 0.0, 0.5, audio=True)
    assert audio_of(result).shape[0] == encoded
