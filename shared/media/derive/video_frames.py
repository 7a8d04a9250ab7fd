"""Single frames of a video, found by seeking to key frames."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import av

from shared.media.decode.container import open_container, origin, packets, video_stream
from shared.media.decode.frames import Scaler, decode_video, frame_seconds
from shared.media.decode.still_image import RgbImage
from shared.media.inspect.properties import Probe

_TRIAL_PACKETS: Final = 100


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


def frames_every(path: Path, probe: Probe, step: float, width: int) -> Iterator[tuple[float, RgbImage]]:
    """Yield the first frame, then one frame every ``step`` seconds.

    Decodes the whole video, so it is for short videos only.
    """
    with open_container(path) as container:
        stream = video_stream(container)
        if stream is None:
            return
        start = origin(container)
        scaler = Scaler(probe.pixel_aspect, width)
        next_time = 0.0
        for number, frame in enumerate(decode_video(stream, packets(container, stream))):
            shown = frame_seconds(frame, start)
            time = number / (probe.frame_rate or 25.0) if shown is None else shown
            if time >= next_time - 1e-3:
                next_time = max(next_time, time) + step
                yield max(0.0, time), scaler.scale(frame)
