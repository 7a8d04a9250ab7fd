"""Equal vectors are told apart, so that a graph of neighbours finds its way among them.

Tags and short phrases give thousands of passages the same vector. In a graph (HNSW) all neighbours of
such a passage are its equals: nothing leads from "car" to "lorry", and a search that meets one such cluster
never leaves it (Lucene issue 13611). So a stored vector has some components more, in a direction of the
passage's own. They move equals apart, and a passage's neighbours are then passages of other values too.
A query has zeros there: every inner product, and so every score, is what it was.
"""

import hashlib
import math
import re
import struct
from collections.abc import Sequence
from typing import Final

SPREAD: Final = 16
"""Components that are added."""

_SQUARE: Final = 0.5
"""Of their length, where vectors have 1. Less does not move equals far enough apart, and more makes
neighbours of passages that have nothing in common: measured in docs/adr/0009."""

_DECIMALS: Final = 7
_MARK: Final = re.compile(r"-spread(\d+)$")


def spread(vector: list[float], passage: str, components: int) -> list[float]:
    """``vector`` with ``components`` (16 at most) that tell ``passage`` from its equals: always the same."""
    if not components:
        return vector
    random = hashlib.blake2b(passage.encode(), digest_size=4 * components).digest()
    direction = struct.unpack(f"<{components}i", random)
    factor = math.sqrt(_SQUARE) / math.hypot(*direction)
    return vector + [round(component * factor, _DECIMALS) for component in direction]


def marked(name: str) -> str:
    """The name of an index whose vectors are spread."""
    return f"{name}-spread{SPREAD}"


def spread_of(names: Sequence[str]) -> int:
    """How many components the vectors of these indexes have more than their space; 0 for those that were
    made before vectors were spread, which only a reindex changes."""
    found = [_MARK.search(name) for name in names]
    return min((int(mark[1]) if mark else 0 for mark in found), default=SPREAD)
