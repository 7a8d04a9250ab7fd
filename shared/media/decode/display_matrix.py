"""The display matrix of a video: how a player turns and mirrors its stored frames.

The matrix is the one of an MP4 track header (ISO/IEC 14496-12, 8.3.2). FFmpeg gives the pose of a Matroska
projection and the display orientation of H.264 and HEVC in the same form, and repeats it on each frame.
"""

import math
import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from av.sidedata.sidedata import SideDataContainer, Type
from av.video.frame import VideoFrame

from shared.media.decode.still_image import RgbImage

_MATRIX: Final = struct.Struct("=9i")


@dataclass(frozen=True, slots=True)
class Orientation:
    """One of the eight orientations of a rectangle.

    A stored frame is first mirrored left to right if ``mirrored``, then rotated counter-clockwise by
    ``rotation`` degrees: 0, 90, 180 or 270.
    """

    rotation: int = 0
    mirrored: bool = False

    @property
    def is_sideways(self) -> bool:
        return self.rotation in (90, 270)

    def apply(self, image: RgbImage) -> RgbImage:
        """Return the image as it is displayed."""
        flipped = image[:, ::-1] if self.mirrored else image
        return np.ascontiguousarray(np.rot90(flipped, self.rotation // 90))

    @property
    def filters(self) -> tuple[str, ...]:
        """The FFmpeg filters that display a frame in this orientation."""
        flip = ("hflip",) if self.mirrored else ()
        turns = {90: ("transpose=cclock",), 180: ("hflip", "vflip"), 270: ("transpose=clock",)}
        return flip + turns.get(self.rotation, ())


def frame_orientation(frame: VideoFrame) -> Orientation:
    """Return the orientation in which a player displays the frame."""
    # ``frame.side_data`` would store the container in the frame, which the container refers to: a cycle, so
    # that the memory of frames is freed only at the next run of the garbage collector.
    for entry in SideDataContainer(frame):  # type: ignore[call-arg]  # missing in PyAV's stub
        if entry.type is Type.DISPLAYMATRIX:
            return parse_display_matrix(bytes(entry))
    return Orientation()


def parse_display_matrix(content: bytes) -> Orientation:
    """Reduce a display matrix to the nearest of the eight orientations.

    ``content`` holds nine 32-bit integers in the machine's byte order: ``a b u c d v x y w``. A point (p, q)
    of the stored frame, q downwards, is displayed at (a p + c q + x, b p + d q + y). Scale, translation and
    perspective are ignored. A matrix without extent in both directions gives the stored orientation.
    """
    if len(content) < _MATRIX.size:
        return Orientation()
    a, b, _, c, d, *_ = _MATRIX.unpack_from(content)
    determinant = a * d - b * c
    if determinant == 0:
        return Orientation()
    mirrored = determinant < 0
    if mirrored:
        a, b = -a, -b
    clockwise = math.degrees(math.atan2(b - c, a + d))
    return Orientation(round(-clockwise / 90) * 90 % 360, mirrored)
