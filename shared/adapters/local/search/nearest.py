"""Filtered nearest-neighbour search by cosine.

If few rows are selected, all of them are scored. Otherwise the rows are first compared by the signs of their
components, one bit each, and the selected rows that differ least from the query are scored. Of many selected
rows only those in the nearest lists are compared, as many lists as contain ``PROBED_SHARE`` of the selected
rows: so the recall does not depend on how many rows are selected, nor on where they are.
``docs/adr/0004-embedded-search-index.md`` has the measurements for these numbers.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.signs import SignPartition, sign_codes, sign_distances
from shared.adapters.local.search.arrays.snapshot import Selection
from shared.adapters.local.search.arrays.vectors import Scores, Slots, Vectors, best_per_document, score

EXACT_ROWS: Final = 6_000
"""So many selected rows are all scored."""

LISTED_ROWS: Final = 48_000
"""So many selected rows are all compared by sign."""

CANDIDATES: Final = 4_096
"""So many rows are scored if vectors have ``_USUAL_DIMENSION`` components. Fewer signs tell less."""

_USUAL_DIMENSION: Final = 384
PROBED_SHARE: Final = 0.15
_SAMPLED_ROWS: Final = 32_768
_WIDENING: Final = 4

Distances = NDArray[np.uint16]


class _Query(NamedTuple):
    vector: Scores
    code: NDArray[np.uint64]


class _Scanned(NamedTuple):
    """Rows of which ``share`` is selected, about, and the number of signs in which each differs."""

    slots: NDArray[np.integer]
    distances: Distances
    share: float


def nearest(selection: Selection, vector: Scores, limit: int) -> tuple[NDArray[np.int32], Scores]:
    """Return the best ``limit`` documents by their best selected row, with its score, best first."""
    if limit <= 0 or selection.document_count == 0 or len(selection.vectors.documents) == 0:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    query = _Query(vector, sign_codes(vector[None, :]))
    candidates = CANDIDATES * max(_USUAL_DIMENSION, len(vector)) // len(vector)
    wanted, share = max(candidates, _WIDENING * limit), PROBED_SHARE
    while True:
        slots, complete = _candidates(selection, query, wanted, share)
        scores = score(selection.vectors, vector, slots)
        documents, scores = best_per_document(selection.vectors.documents[slots], scores)
        if complete or len(documents) >= limit:
            return _top(documents, scores, limit)
        # A few documents with many rows can take all places.
        wanted, share = wanted * _WIDENING, min(1.0, share * _WIDENING)


def _candidates(selection: Selection, query: _Query, wanted: int, share: float) -> tuple[Slots, bool]:
    """Return about ``wanted`` selected rows near to the query, ascending, and whether they are all."""
    if selection.estimate > LISTED_ROWS and share < 1:
        scanned = [_scan(selection, part, query, share) for part in selection.vectors.partitions]
        scanned.append(_scan_recent(selection, query))
        if sum(part.share * len(part.slots) for part in scanned) > wanted:
            return _closest(selection, query, scanned, wanted), False
    slots = selection.slots()
    if len(slots) <= max(EXACT_ROWS, wanted):
        return slots, True
    distances = _weighted(selection.vectors, query, slots, _distances(selection.vectors, query, slots))
    border = np.partition(distances, wanted - 1)[wanted - 1]
    closer, level = np.flatnonzero(distances < border), np.flatnonzero(distances == border)
    chosen = np.concatenate((closer, level[: wanted - len(closer)]))
    return slots[np.sort(chosen)], False


def _scan(selection: Selection, part: SignPartition, query: _Query, share: float) -> _Scanned:
    """Compare the rows of the lists of ``part`` that are nearest to the query."""
    lists, selected = _probed(selection, part, query.vector, share)
    bounds = [(int(part.offsets[i]), int(part.offsets[i + 1])) for i in lists]
    slots = np.concatenate([np.empty(0, np.uint32), *(part.order[first:end] for first, end in bounds)])
    distances = [sign_distances(part.codes[:, first:end], query.code) for first, end in bounds]
    slots += np.uint32(part.first)
    return _Scanned(slots, np.concatenate([np.empty(0, np.uint16), *distances]), selected)


def _probed(
    selection: Selection, part: SignPartition, vector: Scores, share: float
) -> tuple[NDArray[np.intp], float]:
    """Return the nearest lists that have ``share`` of the selected rows, and the share of these lists' rows
    that is selected. Both are estimated from a sample of the rows."""
    step = max(1, len(part) // _SAMPLED_ROWS)
    sampled = selection.keeps(part.order[::step].astype(np.intp) + part.first)
    bounds = -(-part.offsets // step)
    counts = np.diff(np.concatenate(([0], np.cumsum(sampled)))[bounds])
    order = np.argsort(-np.vecdot(part.centroids, vector), kind="stable")
    found = np.cumsum(counts[order])
    used = int(np.searchsorted(found, share * found[-1])) + 1
    lists = order[:used]
    rows = int(np.diff(part.offsets)[lists].sum())
    return lists, float(min(1.0, found[min(used, len(found)) - 1] * step / max(rows, 1)))


def _scan_recent(selection: Selection, query: _Query) -> _Scanned:
    vectors = selection.vectors
    slots = np.arange(vectors.first_recent, len(vectors.documents))
    kept = slots[selection.keeps(slots)]
    return _Scanned(kept, sign_distances(vectors.recent[:, kept - vectors.first_recent], query.code), 1.0)


def _closest(selection: Selection, query: _Query, scanned: list[_Scanned], wanted: int) -> Slots:
    """Return about ``wanted`` selected rows of those scanned, the closest ones, ascending."""
    slots = np.concatenate([part.slots for part in scanned]).astype(np.intp)
    distances = np.concatenate([part.distances for part in scanned])
    distances = _weighted(selection.vectors, query, slots, distances)
    selected = sum(part.share * len(part.slots) for part in scanned)
    counts = np.cumsum(np.bincount(distances))
    border = int(np.searchsorted(counts, wanted * len(slots) / selected))
    near = slots[distances <= border]
    return np.sort(near[selection.keeps(near)])


def _distances(vectors: Vectors, query: _Query, slots: Slots) -> Distances:
    """Count the signs in which the rows ``slots`` (ascending) differ from the query."""
    found = []
    for part in vectors.partitions:
        first, end = np.searchsorted(slots, (part.first, part.first + len(part)))
        found.append(part.codes[:, part.places[slots[first:end] - part.first]])
    recent = slots[np.searchsorted(slots, vectors.first_recent) :] - vectors.first_recent
    return sign_distances(np.concatenate([*found, vectors.recent[:, recent]], axis=1), query.code)


def _weighted(vectors: Vectors, query: _Query, slots: NDArray[np.integer], distances: Distances) -> Distances:
    """Convert the distances to distances of the weighted cosines that they estimate, if rows have weights.

    Two vectors differ in ``angle / pi`` of their signs (Charikar, "Similarity estimation techniques from
    rounding algorithms", STOC 2002).
    """
    if not vectors.is_weighted:
        return distances
    steps, dimension = np.float32(16_384), len(query.vector)
    angles = np.arange(dimension + 1, dtype=np.float32) * np.float32(np.pi / dimension)
    cosines = np.cos(angles)[distances] * vectors.weights[slots]
    return np.asarray((1 - cosines) * steps, np.uint16)


def _top(documents: NDArray[np.int32], scores: Scores, limit: int) -> tuple[NDArray[np.int32], Scores]:
    if len(documents) > limit:
        # Of equal scores at the limit the oldest are kept, so that the same query has the same answer.
        border = np.partition(scores, len(scores) - limit)[len(scores) - limit]
        above = np.flatnonzero(scores > border)
        chosen = np.concatenate((above, np.flatnonzero(scores == border)[: limit - len(above)]))
        documents, scores = documents[chosen], scores[chosen]
    order = np.lexsort((documents, -scores))
    return documents[order], scores[order]
