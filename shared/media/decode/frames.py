"""Video frames: decoding despite damage, conversion to upright RGB images."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import av
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from av.video.stream import VideoStream

from shared.media.decode.colour import to_rgb
from shared.media.decode.container import MediaPacket
from shared.media.decode.display_matrix import Orientation, frame_orientation
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
    """Display geometry of frames.

    ``rotation`` (counter-clockwise, after mirroring) and ``mirrored`` are those of ``Orientation``.
    ``pixel_aspect`` is the ratio of a stored pixel's width to its height.
    """

    rotation: int = 0
    pixel_aspect: float = 1.0
    mirrored: bool = False

    @staticmethod
    def of(frame: VideoFrame, stream: VideoStream) -> "Geometry":
        ratio = stream.sample_aspect_ratio
        aspect = float(ratio) if ratio else 1.0
        orientation = frame_orientation(frame)
        return Geometry(orientation.rotation, aspect if 0.1 < aspect < 10 else 1.0, orientation.mirrored)

    @property
    def orientation(self) -> Orientation:
        return Orientation(self.rotation, self.mirrored)

    def shown_size(self, width: int, height: int) -> tuple[int, int]:
        """Return the displayed width and height of a stored frame."""
        wide = max(1, round(width * self.pixel_aspect))
        return (height, wide) if self.orientation.is_sideways else (wide, height)


@dataclass(slots=True)
class Scaler:
    """Converts frames to upright SDR images that are at most ``max_width`` wide.

    Size, orientation and colours may change from frame to frame; each frame is converted by its own. The
    scaler keeps its conversion context, whose creation is most of the cost of a small image.
    """

    pixel_aspect: float
    max_width: int
    _reformatter: VideoReformatter = field(default_factory=VideoReformatter)

    def scale(self, frame: VideoFrame) -> RgbImage:
        orientation = frame_orientation(frame)
        geometry = Geometry(orientation.rotation, self.pixel_aspect, orientation.mirrored)
        width, height = geometry.shown_size(frame.width, frame.height)
        if width > self.max_width:
            height = max(1, round(height * self.max_width / width))
            width = self.max_width
        stored = (height, width) if orientation.is_sideways else (width, height)
        return orientation.apply(to_rgb(self._reformatter, frame, *stored))
