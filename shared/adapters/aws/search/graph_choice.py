"""The choice between scoring every vector of a scope and following the graph (HNSW).

Following the graph takes time for each candidate in each Lucene segment, and scoring takes time for each
vector. Many vectors are equal, as those of short values are ("car", "outdoor"), and a search in the graph
misses results among them unless it collects candidates in proportion to the segment. docs/adr/0009 has the
measurements.
"""

import math
import time
from collections.abc import Callable, Sequence
from typing import Final

EXACT_UP_TO: Final = 600_000
"""The largest number of vectors in a scope that are all scored where the graph would take longer."""

LEAST_CANDIDATES: Final = 1_000
MOST_CANDIDATES: Final = 5_000
"""In a segment that needs more, the graph found less than 99 % of the ten best, also with more."""

_DOCUMENTS_PER_CANDIDATE: Final = 150
"""With a candidate for each so many documents of a segment, the graph found at least 99 % of the ten best."""

_VECTORS_PER_CANDIDATE: Final = 40
"""So many vectors are scored in the time that a candidate takes."""

_SECONDS: Final = 60.0


class GraphChoice:
    """Chooses for scopes of one index; safe to share between threads."""

    def __init__(self, exact_up_to: int, segments: Callable[[], Sequence[int] | None]) -> None:
        """``segments`` returns the number of documents of each Lucene segment, nested ones included.

        It returns None if that is unknown. The answer is remembered for a minute.
        """
        self._exact_up_to = exact_up_to
        self._ask = segments
        self._expiry = 0.0
        self._segments: Sequence[int] = ()

    def candidates(self, vectors: int, *, in_all_fields: bool = True) -> int | None:
        """Return how many candidates to collect in each segment for a scope of so many vectors.

        None: score every vector. ``in_all_fields`` is False if only those of some fields are searched, which
        may be few: these are scored within the limit.
        """
        is_beyond = vectors > self._exact_up_to
        is_small = vectors < LEAST_CANDIDATES * _VECTORS_PER_CANDIDATE
        if not is_beyond and (is_small or not in_all_fields):
            return None
        segments = self._known_segments()
        needed = math.ceil(max(segments, default=0) / _DOCUMENTS_PER_CANDIDATE)
        candidates = min(max(needed, LEAST_CANDIDATES), MOST_CANDIDATES)
        if is_beyond:
            return candidates
        cost = sum(min(candidates * _VECTORS_PER_CANDIDATE, size) for size in segments)
        is_better = segments and needed <= MOST_CANDIDATES and cost <= vectors
        return candidates if is_better else None

    def _known_segments(self) -> Sequence[int]:
        now = time.monotonic()
        if self._expiry <= now:
            self._segments = self._ask() or ()
            self._expiry = now + _SECONDS
        return self._segments
