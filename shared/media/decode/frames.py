"""Video frames: decoding despite damage, rotation to upright, scaling."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from shared.media.decode.container import MediaPacket
from shared.media.decode.still_image import RgbImage


@dataclass(slots=True)
class Damage:
    """Counts the packets that could not be decoded."""

    packets: int = 0


def decode_video(
    stream: VideoStream, packets: Iterable[MediaPacket], damage: Damage | None = None
) -> Iterator[VideoFrame]:
    """Decode the video frames of ``packets``. A packet that cannot be decoded is counted and skipped."""
    for packet in packets:
        if packet.stream_index != stream.index:
            continue
        try:
            frames: list[object] = list(packet.decode())
        except av.FFmpegError:
            if damage is not None:
                damage.packets += 1
            continue
        yield from (frame for frame in frames if isinstance(frame, VideoFrame))


def frame_seconds(frame: VideoFrame, start: float) -> float | None:
    """Return the frame's time in seconds from the medium's start; None if the container has no times."""
    timestamp = frame.pts if frame.pts is not None else frame.dts
    if timestamp is None or frame.time_base is None:
        return None
    return float(timestamp * frame.time_base) - start


@dataclass(frozen=True, slots=True)
class Geometry:
    """Display geometry of a stream's frames.

    ``rotation`` is counter-clockwise in degrees: 0, 90, 180 or 270. ``pixel_aspect`` is the ratio of a
    pixel's width to its height.
    """

    rotation: int = 0
    pixel_aspect: float = 1.0

    @staticmethod
    def of(frame: VideoFrame, stream: VideoStream) -> "Geometry":
        ratio = stream.sample_aspect_ratio
        aspect = float(ratio) if ratio else 1.0
        rotation = round(frame.rotation / 90) * 90 % 360
        return Geometry(rotation, aspect if 0.1 < aspect < 10 else 1.0)

    @property
    def is_sideways(self) -> bool:
        return self.rotation in (90, 270)

    def shown_size(self, width: int, height: int) -> tuple[int, int]:
        wide = max(1, round(width * self.pixel_aspect))
        return (height, wide) if self.is_sideways else (wide, height)


@dataclass(slots=True)
class Scaler:
    """Converts frames to upright RGB images that are at most ``max_width`` wide.

    It keeps its conversion context, whose creation is most of the cost of a small image.
    """

    geometry: Geometry
    max_width: int
    _reformatter: VideoReformatter = field(default_factory=VideoReformatter)

    def scale(self, frame: VideoFrame) -> RgbImage:
        width, height = self.geometry.shown_size(frame.width, frame.height)
        if width > self.max_width:
            height = max(1, round(height * self.max_width / width))
            width = self.max_width
        stored = (height, width) if self.geometry.is_sideways else (width, height)
        scaled = self._reformatter.reformat(frame, *stored, "rgb24", interpolation="AREA")
        turned = np.rot90(scaled.to_ndarray(), self.geometry.rotation // 90)
        return np.ascontiguousarray(turned, dtype=np.uint8)
