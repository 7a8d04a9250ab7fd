"""Tiles of long pictures, and lines that two tiles show."""

from itertools import pairwise

import numpy as np
import pytest

from shared.models.vision.ocr_tiles import FoundBox, Tile, tiles_of, without_duplicates


def box(tile: Tile, left: float, top: float, right: float, bottom: float) -> FoundBox:
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    return FoundBox(tile, corners)


@pytest.mark.parametrize("size", [(720, 1280), (1920, 1080), (3508, 2480), (700, 100)])
def test_ordinary_picture_is_one_tile(size: tuple[int, int]) -> None:
    assert tiles_of(*size) == [Tile(0, 0, size[1], size[0])]


@pytest.mark.parametrize("size", [(20_000, 1080), (1500, 12_000), (65_500, 10), (65_500, 400)])
def test_tiles_of_long_picture_cover_it_and_overlap(size: tuple[int, int]) -> None:
    tiles = tiles_of(*size)
    is_tall = size[0] > size[1]
    spans = [(tile.top, tile.bottom) if is_tall else (tile.left, tile.right) for tile in tiles]
    assert 1 < len(tiles) <= 48
    assert (spans[0][0], spans[-1][1]) == (0, max(size))
    for (_, end), (start, _) in pairwise(spans):
        assert end - start >= 100
    breadths = {tile.right - tile.left if is_tall else tile.bottom - tile.top for tile in tiles}
    assert breadths == {min(size)}


def test_line_at_seam_is_kept_once_and_whole() -> None:
    upper, lower = Tile(0, 0, 1000, 1000), Tile(0, 850, 1000, 1850)
    cut = box(upper, 10, 980, 500, 1000)
    whole = box(lower, 10, 130, 500, 165)
    first, both = box(upper, 10, 100, 500, 130), box(upper, 10, 900, 500, 930)
    again, last = box(lower, 11, 51, 498, 79), box(lower, 10, 400, 500, 430)
    assert without_duplicates([[first, both, cut], [again, whole, last]]) == [first, both, whole, last]


def test_line_that_passes_several_tiles_becomes_one_box() -> None:
    tiles = [Tile(0, 0, 1000, 600), Tile(850, 0, 1850, 600), Tile(1700, 0, 2700, 600)]
    parts = [
        [box(tiles[0], 700, 300, 1000, 340), box(tiles[0], 100, 100, 400, 130)],
        [box(tiles[1], 0, 302, 1000, 341), box(tiles[1], 100, 100, 400, 130)],
        [box(tiles[2], 0, 301, 200, 339)],
    ]
    long, first, second = without_duplicates(parts)
    assert long.bounds() == (700, 300, 1900, 341)
    assert long.tile == Tile(0, 0, 2700, 600)
    assert (first, second) == (parts[0][1], parts[1][1])


def test_bounds_are_those_of_the_picture() -> None:
    found = box(Tile(0, 850, 1000, 1850), 10, 20, 500, 60)
    assert found.bounds() == (10, 870, 500, 910)
    assert not found.is_at_edge(1850, 1000)
    assert box(Tile(0, 850, 1000, 1850), 10, 970, 500, 1000).is_at_edge(1850, 1000)
