"""Single frames of a video, found by seeking to key frames and by decoding a bounded number of frames."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise
from pathlib import Path
from typing import Final

import av

from shared.media.decode.container import open_container, origin, packets, video_stream
from shared.media.decode.frames import Scaler, decode_video, frame_seconds
from shared.media.decode.still_image import RgbImage
from shared.media.derive.picture_quality import is_blank
from shared.media.inspect.properties import Probe

_TRIAL_PACKETS: Final = 100
_MAX_PIXELS: Final = 600_000_000
_DEFAULT_RATE: Final = 25.0
_TIME_TOLERANCE: Final = 1e-3


def shown_frames(
    path: Path, probe: Probe, times: Sequence[float], width: int, *, min_key_frames: int, step: float
) -> list[RgbImage]:
    """Return the key frames at or before ``times``. If there are fewer than ``min_key_frames``, or all are
    blank, return the frames of ``frames_after`` from these key frames on."""
    key_frames = list(nearest_key_frames(path, probe, times, width))
    found = [image for _, image in key_frames]
    if len(found) >= min_key_frames and not all(is_blank(image) for image in found):
        return found
    starts = sorted({time for time, _ in key_frames}) or [0.0]
    return [image for _, image in frames_after(path, probe, starts, step, width)] or found


def nearest_key_frames(
    path: Path, probe: Probe, times: Sequence[float], width: int
) -> Iterator[tuple[float, RgbImage]]:
    """Yield, for each time, the key frame at or before it, with that frame's time.

    A key frame is not repeated directly after itself. Times without a decodable frame are skipped.
    """
    with open_container(path) as container:
        stream = video_stream(container)
        if stream is None:
            return
        start = origin(container)
        scaler = Scaler(probe.pixel_aspect, width)
        last: float | None = None
        for time in times:
            try:
                container.seek(int((start + time) * av.time_base))
            except av.FFmpegError:
                continue
            frame = next(decode_video(stream, islice(packets(container, stream), _TRIAL_PACKETS)), None)
            if frame is None:
                continue
            shown = frame_seconds(frame, start)
            if last is None or shown is None or shown != last:
                yield (time if shown is None else shown), scaler.scale(frame)
            last = shown


def frames_after(
    path: Path, probe: Probe, starts: Sequence[float], step: float, width: int
) -> Iterator[tuple[float, RgbImage]]:
    """Yield, from each start to the next, the first frame and then one frame every ``step`` seconds.

    ``starts`` are times of key frames in ascending order. Decoding stops early once a start's share of 600
    million pixels (about 290 frames in 1080p) is spent, so the work does not depend on the video's length.
    """
    with open_container(path) as container:
        stream = video_stream(container)
        if stream is None:
            return
        stream.thread_type = "AUTO"
        origin_seconds = origin(container)
        scaler = Scaler(probe.pixel_aspect, width)
        for start, stop in pairwise([*starts, math.inf]):
            try:
                container.seek(int((origin_seconds + start + _TIME_TOLERANCE) * av.time_base))
            except av.FFmpegError:
                continue
            budget = _MAX_PIXELS // len(starts)
            next_time = 0.0
            for number, frame in enumerate(decode_video(stream, packets(container, stream))):
                shown = frame_seconds(frame, origin_seconds)
                time = start + number / (probe.frame_rate or _DEFAULT_RATE) if shown is None else shown
                budget -= frame.width * frame.height
                if budget < 0 or time >= stop:
                    break
                if time >= next_time - _TIME_TOLERANCE:
                    next_time = max(next_time, time) + step
                    yield max(0.0, time), scaler.scale(frame)
