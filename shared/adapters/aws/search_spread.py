"""Equal vectors are told apart, so that a graph of neighbours finds its way among them.

Tags and short phrases give thousands of passages the same vector. In a graph (HNSW) all neighbours of
such a passage are its equals: nothing leads from "car" to "lorry", and a search that meets one such cluster
never leaves it (Lucene issue 13611). So a stored vector has some components more, in a direction of the
passage's own. They move equals apart, and a passage's neighbours are then passages of other values too.
A query has zeros there: every inner product, and so every score, is what it was.
"""

import hashlib
import math
import struct
from typing import Final

SPREAD: Final = 16
"""Components that are added."""

_SQUARE: Final = 0.5
"""Of their length, where vectors have 1. Less does not move equals far enough apart, and more makes
neighbours of passages that have nothing in common: measured in docs/adr/0009."""

_DECIMALS: Final = 7


def spread(vector: list[float], passage: str) -> list[float]:
    """Add the components that tell ``passage`` from its equals: always the same ones."""
    random = hashlib.blake2b(passage.encode(), digest_size=4 * SPREAD).digest()
    direction = struct.unpack(f"<{SPREAD}i", random)
    factor = math.sqrt(_SQUARE) / math.hypot(*direction)
    return vector + [round(component * factor, _DECIMALS) for component in direction]


def across(query: list[float]) -> list[float]:
    """Lengthen a query's vector so that it can be compared with spread vectors."""
    return query + [0.0] * SPREAD


def marked(name: str) -> str:
    """Return the name of an index whose vectors are spread."""
    return f"{name}-spread{SPREAD}"
