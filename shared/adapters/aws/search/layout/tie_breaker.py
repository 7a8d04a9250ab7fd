"""Additional vector components that distinguish equal vectors in the graph of neighbours (HNSW).

Tags and short phrases give thousands of passages the same vector. In the graph all neighbours of such a
passage are equal to it: no edge leads from "car" to "lorry", and a search that reaches such a cluster never
leaves it (Lucene issue 13611). So each stored vector has additional components, in a direction that
depends on the passage. They separate equal vectors, so that a passage also has neighbours of other values.
A query has zeros in these components, so every inner product, and every score, is unchanged.
"""

import hashlib
import math
import struct
from typing import Final

SPREAD: Final = 16
"""The number of added components."""

_SQUARE: Final = 0.5
"""The squared length of the added components, relative to vectors of length 1. A smaller value does not
separate equal vectors enough, and a larger one makes unrelated passages neighbours: measured in
docs/adr/0009."""

_DECIMALS: Final = 7


def spread(vector: list[float], passage: str) -> list[float]:
    """Add components that depend on ``passage`` alone, so that equal vectors become different."""
    random = hashlib.blake2b(passage.encode(), digest_size=4 * SPREAD).digest()
    direction = struct.unpack(f"<{SPREAD}i", random)
    factor = math.sqrt(_SQUARE) / math.hypot(*direction)
    return vector + [round(component * factor, _DECIMALS) for component in direction]


def across(query: list[float]) -> list[float]:
    """Lengthen a query's vector so that it can be compared with spread vectors."""
    return query + [0.0] * SPREAD
