"""Additional vector components that distinguish equal vectors in the graph of neighbours (HNSW).

Tags and short phrases give thousands of passages the same vector. In the graph all neighbours of such a
passage are equal to it: no edge leads from "car" to "lorry", and a search that reaches such a cluster never
leaves it (Lucene issue 13611). So each stored vector has additional components, in a direction that
depends on the passage. They separate equal vectors, so that a passage also has neighbours of other values.
A query has zeros in these components, so every inner product, and every score, is unchanged.
"""

import hashlib
import math
import re
import struct
from collections.abc import Sequence
from typing import Final

SPREAD: Final = 16
"""The number of added components."""

_SQUARE: Final = 0.5
"""The squared length of the added components, relative to vectors of length 1. A smaller value does not
separate equal vectors enough, and a larger one makes unrelated passages neighbours: measured in
docs/adr/0009."""

_DECIMALS: Final = 7
_MARK: Final = re.compile(r"-spread(\d+)$")


def spread(vector: list[float], passage: str, components: int) -> list[float]:
    """Append ``components`` (16 at most) to ``vector``, derived from the name of the ``passage``."""
    if not components:
        return vector
    random = hashlib.blake2b(passage.encode(), digest_size=4 * components).digest()
    direction = struct.unpack(f"<{components}i", random)
    factor = math.sqrt(_SQUARE) / math.hypot(*direction)
    return vector + [round(component * factor, _DECIMALS) for component in direction]


def marked(name: str) -> str:
    """Return the name of an index whose vectors have tie-breaking components."""
    return f"{name}-spread{SPREAD}"


def spread_of(names: Sequence[str]) -> int:
    """Return the number of tie-breaking components in these indexes.

    It is 0 for indexes of earlier releases, which have none; a reindex adds them.
    """
    found = [_MARK.search(name) for name in names]
    return min((int(mark[1]) if mark else 0 for mark in found), default=SPREAD)
