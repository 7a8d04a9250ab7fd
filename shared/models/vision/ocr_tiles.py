"""Tiles of pictures that are too long for text detection at one go.

The detector shrinks the longer side to a fixed length, at which the lines of a screenshot of 1080 x 20,000
pixels are thinner than one pixel. Tiles lie along the longer side, overlap, and are in reading order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LONG: Final = 2.5
"""Ratio of the sides from which a picture is tiled."""

_TILE_RATIO: Final = 4 / 3
_MIN_TILE: Final = 736
_OVERLAP: Final = 0.15
_MAX_TILES: Final = 48
_SAME_SHARE: Final = 0.5
"""Two boxes are of the same line if they share this part of the smaller one."""

_LETTER: Final = 0.5
"""Width of a narrow letter, as a share of a line's height. A box that is longer by less shows no more."""

_EDGE_PIXELS: Final = 3.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture in pixels. It has the full extent of the shorter side."""

    left: int
    top: int
    right: int
    bottom: int

    def together_with(self, other: Tile) -> Tile:
        """Return the smallest part that has both tiles."""
        return Tile(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def tiles_of(height: int, width: int) -> list[Tile]:
    """Return at most 48 tiles that cover the picture; a single one unless a side is 2.5 times the other."""
    length, breadth = max(height, width), min(height, width)
    if length < breadth * _LONG or length <= _MIN_TILE:
        return [Tile(0, 0, width, height)]
    extent = max(_MIN_TILE, round(breadth * _TILE_RATIO), round(length / (_MAX_TILES * (1 - _OVERLAP))))
    step = round(extent * (1 - _OVERLAP))
    count = 1 + max(0, -(-(length - extent) // step))
    spans = [(i * step, min(i * step + extent, length)) for i in range(count)]
    if height >= width:
        return [Tile(0, start, width, end) for start, end in spans]
    return [Tile(start, 0, end, height) for start, end in spans]


@dataclass(frozen=True, slots=True, eq=False)
class FoundBox:
    """A detected line: its four corners in pixels of its tile."""

    tile: Tile
    corners: NDArray[np.float32]

    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom in pixels of the picture."""
        left, top = self.corners.min(axis=0)
        right, bottom = self.corners.max(axis=0)
        tile = self.tile
        return (
            float(left) + tile.left,
            float(top) + tile.top,
            float(right) + tile.left,
            float(bottom) + tile.top,
        )

    def is_at_edge(self, height: int, width: int) -> bool:
        """Return whether the line may be cut off by the edge of the picture."""
        left, top, right, bottom = self.bounds()
        return min(left, top) < _EDGE_PIXELS or right > width - _EDGE_PIXELS or bottom > height - _EDGE_PIXELS


def without_duplicates(found: list[list[FoundBox]]) -> list[FoundBox]:
    """Join the boxes of consecutive tiles. Of a line that two tiles show, the larger box is kept. Parts of a
    line that runs from tile to tile become one box."""
    kept: list[FoundBox] = []
    previous: list[FoundBox] = []
    for boxes in found:
        current: list[FoundBox] = []
        for box in boxes:
            same = next((other for other in previous if _is_same(other, box)), None)
            if same is None:
                kept.append(box)
                current.append(box)
                continue
            whole = _whole(same, box)
            if whole is not same:
                kept[kept.index(same)] = whole
                previous[previous.index(same)] = whole
        previous = current + previous
    return kept


def _is_same(one: FoundBox, other: FoundBox) -> bool:
    """Return whether boxes of two tiles are of one line. Of tiles side by side, the line may pass both."""
    a, b = one.bounds(), other.bounds()
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return False
    if one.tile.left != other.tile.left:
        return height > _SAME_SHARE * min(a[3] - a[1], b[3] - b[1])
    return width * height > _SAME_SHARE * min(_area(one), _area(other))


def _whole(one: FoundBox, other: FoundBox) -> FoundBox:
    """Return the larger of two boxes of a line, or, if each has a part of its own, a box of both."""
    larger = max(one, other, key=_area)
    a, b = one.bounds(), other.bounds()
    both = (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
    left, _, right, _ = larger.bounds()
    further = (both[2] - both[0]) - (right - left)
    if one.tile.left == other.tile.left or further < _LETTER * (both[3] - both[1]):
        return larger
    return _box_in(one.tile.together_with(other.tile), *both)


def _box_in(tile: Tile, left: float, top: float, right: float, bottom: float) -> FoundBox:
    """Return an upright box. The sides are in pixels of the picture."""
    import numpy as np  # noqa: PLC0415 - imported at first use

    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return FoundBox(tile, corners - np.array([tile.left, tile.top], np.float32))


def _area(box: FoundBox) -> float:
    left, top, right, bottom = box.bounds()
    return (right - left) * (bottom - top)
