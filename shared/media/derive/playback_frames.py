"""Frames of the playable video: of one size, upright, in the colours of SDR video.

Size, pixel format, colours and orientation of a source's frames may change at any frame. Each is converted by
its own with FFmpeg's filters.
"""

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from av.filter import Graph
from av.video.frame import VideoFrame

from shared.media.decode.colour import Colour
from shared.media.decode.display_matrix import Orientation
from shared.media.decode.frames import Geometry
from shared.media.decode.tone_mapping import cube_file

_UNSPECIFIED: Final = 2
_OUTPUT: Final = "out_color_matrix=bt709:out_range=tv"
_FLAGS: Final = "flags=bicubic+accurate_rnd"  # the faster default darkens by one step
_CUBE: Final = "conversion.cube"


@dataclass(frozen=True, slots=True)
class _Input:
    """The properties of a frame on which its conversion depends."""

    width: int
    height: int
    pixel_format: str
    colour: Colour
    orientation: Orientation


class PlaybackFrames:
    """Converts frames to 8-bit YUV 4:2:0 with the BT.709 matrix and limited range.

    A frame keeps its shape; bars fill the rest of ``width`` x ``height``, which must be even. The filters of
    the latest input are kept, because their creation takes longer than a frame.
    """

    def __init__(self, width: int, height: int, pixel_aspect: float) -> None:
        self._width, self._height, self._pixel_aspect = width, height, pixel_aspect
        self._input: _Input | None = None
        self._graph = Graph()

    def convert(self, frame: VideoFrame, orientation: Orientation) -> VideoFrame:
        """Return the converted frame, mirrored and rotated by ``orientation``. Times are not kept."""
        colour = Colour.of(frame)
        colour.state(frame)
        given = _Input(frame.width, frame.height, frame.format.name, colour, orientation)
        if given != self._input:
            self._graph, self._input = self._new_graph(given), given
        # Tags of the result: the encoder's context states them, and the filters must not act on them.
        frame.color_primaries = frame.color_trc = _UNSPECIFIED
        frame.pts = 0
        self._graph.vpush(frame)
        return self._graph.vpull()

    def _new_graph(self, given: _Input) -> Graph:
        graph = Graph()
        with TemporaryDirectory() as folder:
            last = graph.add("buffer", _buffer(given))
            for step in self._steps(given, Path(folder)):
                name, _, arguments = step.partition("=")
                following = graph.add(name, arguments or None)
                last.link_to(following)
                last = following
            sink = graph.add("buffersink")
            last.link_to(sink)
            graph.configure()
        return graph

    def _steps(self, given: _Input, folder: Path) -> list[str]:
        wide, high = self._fitted(given)
        stored = (high, wide) if given.orientation.is_sideways else (wide, high)
        source = f"in_color_matrix={given.colour.matrix_name}:in_range={_range(given)}"
        scale = f"scale=w={stored[0]}:h={stored[1]}:{_FLAGS}:{source}"
        bars = f"pad=w={self._width}:h={self._height}:x=(ow-iw)/2:y=(oh-ih)/2"
        shape = [*given.orientation.filters, bars]
        if not given.colour.needs_mapping:
            return [f"{scale}:{_OUTPUT}", "format=yuv420p", *shape]
        cube = folder / _CUBE
        cube.write_text(cube_file(given.colour.transfer, given.colour.gamut))
        return [
            f"{scale}:out_range=pc",
            "format=gbrpf32le",
            f"lut3d=file={cube}:interp=tetrahedral",
            f"scale={_FLAGS}:in_range=pc:{_OUTPUT}",
            "format=yuv420p",
            *shape,
        ]

    def _fitted(self, given: _Input) -> tuple[int, int]:
        """Return the displayed size that fits the output. Even sides keep chroma and luma together."""
        geometry = Geometry(given.orientation.rotation, self._pixel_aspect)
        wide, high = geometry.shown_size(given.width, given.height)
        factor = min(self._width / wide, self._height / high)
        return min(self._width, even(wide * factor)), min(self._height, even(high * factor))


def even(length: float) -> int:
    """Round up to an even number: H.264 in 4:2:0 has no odd sides."""
    return max(2, -(-round(length) // 2) * 2)


def _buffer(given: _Input) -> str:
    return (
        f"video_size={given.width}x{given.height}:pix_fmt={given.pixel_format}:time_base=1/90000"
        f":pixel_aspect=1/1:colorspace={given.colour.matrix}:range={_range(given)}"
    )


def _range(given: _Input) -> str:
    return "pc" if given.colour.full_range else "tv"
