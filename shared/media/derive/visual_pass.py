"""One decoding pass over a medium that finds shots, key frames and preview frames.

Frames that no other frame references are not decoded if the frame rate is high enough. At most 16 small
images per second are made for analysis, and only chosen frames are scaled to full size.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, assert_never

from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image

from shared.domain.evidence import Shot
from shared.domain.media import MediaType
from shared.media.decode.container import open_container, origin, packets, video_stream
from shared.media.decode.frames import Damage, Scaler, decode_video, frame_seconds
from shared.media.decode.still_image import KEY_FRAME, READING, decode_image, shrunk, to_jpeg
from shared.media.derive.key_frames import Candidate, KeyFrame, KeyFrameChooser
from shared.media.derive.preview_frames import PreviewFrames
from shared.media.derive.shots import LAG, CutDetector, shots_between
from shared.media.inspect.properties import Probe

KEY_FRAME_WIDTH: Final = 1280
PREVIEW_WIDTH: Final = 192

_MAX_ANALYSIS_RATE: Final = 16.0
_MIN_RATE_TO_SKIP: Final = 20.0
_PREVIEW_QUALITY: Final = 70
_PROGRESS_SECONDS: Final = 2.0
_DEFAULT_RATE: Final = 25.0


@dataclass(frozen=True, slots=True)
class VisualPass:
    """Result of the pass.

    ``shots`` tile [0, ``duration``]. ``preview_frames`` are (time, JPEG 192 wide), about one per second and
    at most 1200. ``frame_count`` counts decoded frames, ``damaged_packets`` the packets that could not be
    decoded.
    """

    shots: tuple[Shot, ...]
    frame_count: int
    preview_frames: list[tuple[float, bytes]]
    duration: float
    damaged_packets: int = 0


def run_visual_pass(
    path: Path,
    probe: Probe,
    on_frame: Callable[[KeyFrame], None],
    progress: Callable[[float], None] | None = None,
) -> VisualPass:
    """Find shots, key frames and preview frames.

    ``on_frame`` is called with each key frame, in order of time, while decoding continues; ``progress`` with
    the seconds done. An image gives one shot of zero length with one frame; audio gives neither.

    Raises:
        UnsupportedMedia: the file cannot be opened.
    """
    duration = probe.duration_seconds or 0.0
    match probe.media_type:
        case MediaType.IMAGE:
            return _image_pass(path, on_frame)
        case MediaType.AUDIO:
            return VisualPass((), 0, [], duration)
        case MediaType.VIDEO:
            return _video_pass(path, probe, duration, on_frame, progress)
        case other:
            assert_never(other)


def _video_pass(
    path: Path,
    probe: Probe,
    duration: float,
    on_frame: Callable[[KeyFrame], None],
    progress: Callable[[float], None] | None,
) -> VisualPass:
    with open_container(path) as container:
        stream = video_stream(container)
        if stream is None:
            return VisualPass((), 0, [], duration)
        _skip_unreferenced_frames(stream, probe)
        analyser = _FrameAnalyser(probe, duration, on_frame)
        damage = Damage()
        reported = 0.0
        frames = decode_video(stream, packets(container, stream), damage)
        for time, frame in _with_times(frames, origin(container), probe):
            analyser.feed(time, frame)
            if progress is not None and time - reported >= _PROGRESS_SECONDS:
                reported = time
                progress(time)
        analyser.finish()
    found = shots_between(analyser.cuts, max(duration, analyser.last))
    return VisualPass(
        found, analyser.frame_count, analyser.previews, max(duration, analyser.last), damage.packets
    )


def _image_pass(path: Path, on_frame: Callable[[KeyFrame], None]) -> VisualPass:
    image = decode_image(path, KEY_FRAME)
    on_frame(KeyFrame(0.0, 0, image, to_jpeg(image), reading=decode_image(path, READING)))
    preview = to_jpeg(shrunk(Image.fromarray(image), PREVIEW_WIDTH), _PREVIEW_QUALITY)
    return VisualPass((Shot(start=0.0, end=0.0),), 1, [(0.0, preview)], 0.0)


def _skip_unreferenced_frames(stream: VideoStream, probe: Probe) -> None:
    stream.thread_type = "AUTO"
    if (probe.frame_rate or 0.0) >= _MIN_RATE_TO_SKIP and not probe.variable_frame_rate:
        stream.codec_context.skip_frame = "NONREF"


def _with_times(
    frames: Iterator[VideoFrame], start: float, probe: Probe
) -> Iterator[tuple[float, VideoFrame]]:
    """Yield frames with increasing times. Frames without a time are counted."""
    step = 1.0 / (probe.frame_rate or _DEFAULT_RATE)
    last = -step
    for frame in frames:
        time_or_none = frame_seconds(frame, start)
        time = last + step if time_or_none is None else max(0.0, time_or_none)
        if time > last:
            last = time
            yield time, frame


class _FrameAnalyser:
    """Receives frames in order and passes small images to the detector, the chooser and the previews."""

    def __init__(self, probe: Probe, duration: float, on_frame: Callable[[KeyFrame], None]) -> None:
        self._small = Scaler(probe.pixel_aspect, PREVIEW_WIDTH)
        self._detector = CutDetector(min(probe.frame_rate or _DEFAULT_RATE, _MAX_ANALYSIS_RATE))
        self._chooser = KeyFrameChooser(Scaler(probe.pixel_aspect, KEY_FRAME_WIDTH), on_frame)
        self._waiting: deque[Candidate] = deque()
        self._previews = PreviewFrames(duration)
        self._analysis_due = 0.0
        self.frame_count = 0
        self.last = 0.0

    @property
    def previews(self) -> list[tuple[float, bytes]]:
        return self._previews.frames

    @property
    def cuts(self) -> list[float]:
        return self._detector.cuts

    def feed(self, time: float, frame: VideoFrame) -> None:
        self.frame_count += 1
        self.last = time
        if time < self._analysis_due and not frame.key_frame:  # encoders place key frames at most cuts
            return
        self._analysis_due = time + 0.9 / _MAX_ANALYSIS_RATE
        candidate = Candidate(time, frame, self._small.scale(frame))
        self._previews.feed(time, candidate.small)
        self._waiting.append(candidate)
        self._start_shot_at(self._detector.feed(time, candidate.small))
        while len(self._waiting) > LAG:
            self._chooser.feed(self._waiting.popleft())

    def finish(self) -> None:
        self._start_shot_at(self._detector.finish())
        while self._waiting:
            self._chooser.feed(self._waiting.popleft())
        self._chooser.finish()
        self._previews.finish()

    def _start_shot_at(self, cut: float | None) -> None:
        """Start a shot at ``cut``. Waiting frames before it belong to the previous shot."""
        if cut is None:
            return
        while self._waiting and self._waiting[0].time < cut - 1e-3:
            self._chooser.feed(self._waiting.popleft())
        self._chooser.next_shot(cut)
