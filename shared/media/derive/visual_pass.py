"""One decoding pass over a medium, from which everything visual is taken.

Pictures that no other picture is predicted from are not decoded where the frame rate allows it,
and small pictures are made of at most 16 frames a second; only chosen frames are made large.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from shared.domain.evidence import Shot
from shared.domain.media import MediaType
from shared.media.decode.container import opened, origin, packets, video_stream
from shared.media.decode.frames import Damage, Geometry, Scaler, decode, seconds
from shared.media.decode.still_image import decoded, shrunk, to_jpeg, upright
from shared.media.derive.key_frames import Candidate, KeyFrame, KeyFrameChooser
from shared.media.derive.shots import LAG, CutDetector, shots
from shared.media.inspect.probe import Probe

KEY_FRAME_WIDTH: Final = 1280
PREVIEW_WIDTH: Final = 192

_ANALYSED_RATE: Final = 16.0
_SPARSE_FROM: Final = 20.0
_PREVIEW_SECONDS: Final = 1.0
_MOST_PREVIEWS: Final = 1200
_PREVIEW_QUALITY: Final = 70
_PROGRESS_SECONDS: Final = 2.0
_USUAL_RATE: Final = 25.0


@dataclass(frozen=True, slots=True)
class Watched:
    """``shots`` tile [0, ``duration``]. ``preview_frames`` are (time, JPEG 192 wide), about one a
    second and at most 1200. ``frame_count`` counts decoded frames, ``damaged_packets`` what could
    not be decoded."""

    shots: tuple[Shot, ...]
    frame_count: int
    preview_frames: list[tuple[float, bytes]]
    duration: float
    damaged_packets: int = 0


def watch(
    path: Path,
    probe: Probe,
    on_frame: Callable[[KeyFrame], None],
    progress: Callable[[float], None] | None = None,
) -> Watched:
    """Find shots, key frames and preview frames. ``on_frame`` is called with each key frame, in
    order of time, while decoding goes on; ``progress`` with seconds done. A picture is one shot of
    no length with one frame; sound has neither.

    Raises:
        UnsupportedMedia: the file cannot be opened.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return _look_at(path, on_frame)
        case MediaType.AUDIO:
            return Watched((), 0, [], duration)
        case MediaType.VIDEO:
            return _watch_video(path, probe, duration, on_frame, progress)
        case other:
            assert_never(other)


def _watch_video(
    path: Path,
    probe: Probe,
    duration: float,
    on_frame: Callable[[KeyFrame], None],
    progress: Callable[[float], None] | None,
) -> Watched:
    with opened(path) as container:
        stream = video_stream(container)
        if stream is None:
            return Watched((), 0, [], duration)
        _decode_quickly(stream, probe)
        viewer = _Viewer(probe, duration, on_frame)
        damage = Damage()
        told = 0.0
        frames = decode(stream, packets(container, stream), damage)
        for time, frame in _timed(frames, origin(container), probe):
            viewer.see(time, frame)
            if progress is not None and time - told >= _PROGRESS_SECONDS:
                told = time
                progress(time)
        viewer.finish()
    found = shots(viewer.cuts, max(duration, viewer.last))
    return Watched(found, viewer.seen, viewer.previews, max(duration, viewer.last), damage.packets)


def _look_at(path: Path, on_frame: Callable[[KeyFrame], None]) -> Watched:
    image = upright(decoded(path, for_width=KEY_FRAME_WIDTH))
    large = shrunk(image, KEY_FRAME_WIDTH)
    on_frame(KeyFrame(0.0, 0, np.array(large, dtype=np.uint8), to_jpeg(large)))
    preview = to_jpeg(shrunk(large, PREVIEW_WIDTH), _PREVIEW_QUALITY)
    return Watched((Shot(start=0.0, end=0.0),), 1, [(0.0, preview)], 0.0)


def _decode_quickly(stream: VideoStream, probe: Probe) -> None:
    stream.thread_type = "AUTO"
    if (probe.frame_rate or 0.0) >= _SPARSE_FROM and not probe.variable_frame_rate:
        stream.codec_context.skip_frame = "NONREF"


def _timed(frames: Iterator[VideoFrame], start: float, probe: Probe) -> Iterator[tuple[float, VideoFrame]]:
    """Frames with rising times; where the container gives none they are counted."""
    step = 1.0 / (probe.frame_rate or _USUAL_RATE)
    last = -step
    for frame in frames:
        stamped = seconds(frame, start)
        time = last + step if stamped is None else max(0.0, stamped)
        if time > last:
            last = time
            yield time, frame


class _Viewer:
    """Sees frames in order and hands small pictures to whoever needs them."""

    def __init__(self, probe: Probe, duration: float, on_frame: Callable[[KeyFrame], None]) -> None:
        geometry = Geometry(probe.rotation, probe.pixel_aspect)
        self._small = Scaler(geometry, PREVIEW_WIDTH)
        self._detector = CutDetector(min(probe.frame_rate or _USUAL_RATE, _ANALYSED_RATE))
        self._chooser = KeyFrameChooser(Scaler(geometry, KEY_FRAME_WIDTH), on_frame)
        self._waiting: deque[Candidate] = deque()
        self._preview_step = max(_PREVIEW_SECONDS, duration / _MOST_PREVIEWS)
        self._preview_due = 0.0
        self._analysis_due = 0.0
        self.previews: list[tuple[float, bytes]] = []
        self.seen = 0
        self.last = 0.0

    @property
    def cuts(self) -> list[float]:
        return self._detector.cuts

    def see(self, time: float, frame: VideoFrame) -> None:
        self.seen += 1
        self.last = time
        if time < self._analysis_due and not frame.key_frame:  # cuts are mostly coded as key frames
            return
        self._analysis_due = time + 0.9 / _ANALYSED_RATE
        candidate = Candidate(time, frame, self._small.picture(frame))
        if time >= self._preview_due - 1e-3 and len(self.previews) < _MOST_PREVIEWS:
            self._preview_due = time + self._preview_step
            self.previews.append((time, to_jpeg(candidate.small, _PREVIEW_QUALITY)))
        self._waiting.append(candidate)
        self._after(self._detector.take(time, candidate.small))
        while len(self._waiting) > LAG:
            self._chooser.take(self._waiting.popleft())

    def finish(self) -> None:
        self._after(self._detector.finish())
        while self._waiting:
            self._chooser.take(self._waiting.popleft())
        self._chooser.finish()

    def _after(self, cut: float | None) -> None:
        """Frames before ``cut`` belong to the shot that ends there."""
        if cut is None:
            return
        while self._waiting and self._waiting[0].time < cut - 1e-3:
            self._chooser.take(self._waiting.popleft())
        self._chooser.next_shot(cut)
