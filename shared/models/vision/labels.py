"""Everyday names of the ImageNet and COCO classes, and categories that group ImageNet classes.

ImageNet names are WordNet synsets ("tabby, tabby cat"; "crane" twice), so ``data/imagenet-labels.txt`` has
everyday names: one line per class, in the order of ILSVRC-2012. A category ("cat" for the five breeds,
"animal" for all animals) has the summed probability of its members: if three breeds share the probability,
the category is still certain. A class may belong to several categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def imagenet_labels() -> tuple[str, ...]:
    """Return the everyday names of the thousand classes, by index."""
    return tuple(_lines("imagenet-labels.txt"))


@lru_cache(maxsize=1)
def coco_labels() -> dict[int, str]:
    """Return names by class number of the COCO detection task. Ten of its ninety numbers are unused."""
    pairs = (line.split("\t") for line in _lines("coco-labels.txt"))
    return {int(number): name for number, name in pairs}


@lru_cache(maxsize=1)
def categories() -> dict[str, tuple[int, ...]]:
    """Return the members of each category as indices of ImageNet classes."""
    pairs = (line.split("\t") for line in _lines("imagenet-categories.txt"))
    return {name: _indices(ranges) for name, ranges in pairs}


def category_probabilities(probabilities: Sequence[float]) -> dict[str, float]:
    """Sum the probabilities of each category's members."""
    return {name: float(sum(probabilities[i] for i in members)) for name, members in categories().items()}


def _lines(name: str) -> list[str]:
    return (files("shared.models") / "data" / name).read_text("utf-8").splitlines()


def _indices(ranges: str) -> tuple[int, ...]:
    """Parse ranges: ``"4 7-9"`` is 4, 7, 8 and 9."""
    indices: set[int] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        indices.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(indices))
