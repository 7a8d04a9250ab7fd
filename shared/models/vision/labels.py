"""What the classes of ImageNet and COCO are called in everyday words, and the categories they make.

ImageNet names are WordNet synsets ("tabby, tabby cat", "crane" twice), so ``data/imagenet-labels.txt``
says what one would say: one line a class, in the order of ILSVRC-2012. Categories ("cat" for the five
breeds, "animal" for all beasts) add up the probabilities of their members: a picture that three breeds
share is plainly a cat. A class may belong to several.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def imagenet_labels() -> tuple[str, ...]:
    """Everyday names of the thousand classes, by index."""
    return tuple(_lines("imagenet-labels.txt"))


@lru_cache(maxsize=1)
def coco_labels() -> dict[int, str]:
    """Names by the class numbers of the COCO detection task; ten of its ninety numbers are not in use."""
    pairs = (line.split("\t") for line in _lines("coco-labels.txt"))
    return {int(number): name for number, name in pairs}


@lru_cache(maxsize=1)
def categories() -> dict[str, tuple[int, ...]]:
    """Members of each category as indices of ImageNet classes."""
    pairs = (line.split("\t") for line in _lines("imagenet-categories.txt"))
    return {name: _indices(ranges) for name, ranges in pairs}


def category_probabilities(probabilities: Sequence[float]) -> dict[str, float]:
    """The summed probability of each category, from those of the thousand classes."""
    return {name: float(sum(probabilities[i] for i in members)) for name, members in categories().items()}


def _lines(name: str) -> list[str]:
    return (files("shared.models") / "data" / name).read_text("utf-8").splitlines()


def _indices(ranges: str) -> tuple[int, ...]:
    """``"4 7-9"`` is 4, 7, 8 and 9."""
    indices: set[int] = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        indices.update(range(int(first), int(last or first) + 1))
    return tuple(sorted(indices))
