"""Filtered nearest-neighbour search by cosine.

The distinct vectors are first compared by the signs of their components, one bit each. Those that differ
least from the query are scored, and the rows that have them are found, best first. If few rows are selected,
only their vectors are compared, or all of them scored. So the recall does not depend on the filter.
``docs/adr/0004-embedded-search-index.md`` has the measurements for these numbers.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.merging import joined
from shared.adapters.local.search.arrays.signs import Distances, DistinctSigns, sign_codes, sign_distances
from shared.adapters.local.search.arrays.snapshot import Selection
from shared.adapters.local.search.arrays.vectors import Mask, Scores, Slots, Vectors, best_per_document, score

LISTED_SHARE: Final = 8
"""If fewer than one row of so many is selected, only the vectors of selected rows are compared."""

CANDIDATES: Final = 1_024
"""So many vectors are scored if they have ``_USUAL_DIMENSION`` components. Fewer signs tell less."""

CANDIDATE_SHARE: Final = 64
"""At least one vector of so many is scored: in a larger set, more vectors agree with the query by sign."""

_USUAL_DIMENSION: Final = 384
_WIDENING: Final = 4
_MANY_ROWS: Final = 8
_COUNTED_ROWS: Final = 64
_VECTORS_PER_THREAD: Final = 50_000
_SAMPLED_DISTANCES: Final = 65_536

_UNSCORED: Final = np.float32(-np.inf)

_threads = ThreadPoolExecutor(2, thread_name_prefix="search")
"""Shared by all indexes of the process. They remain when an index is closed."""


class _Candidates(NamedTuple):
    """Vectors of one part, with their distances from the query: ``part`` is None for recent rows, ``vectors``
    for all of the part."""

    part: DistinctSigns | None
    vectors: Slots | None
    distances: Distances

    def within(self, is_near: Mask) -> Slots:
        """Return the vectors where ``is_near``."""
        return np.flatnonzero(is_near) if self.vectors is None else self.vectors[is_near]


class _Near(NamedTuple):
    """Vectors of one part, or recent rows, that differ little from the query by sign."""

    part: DistinctSigns | None
    groups: Slots


class _Scored(NamedTuple):
    """Vectors of one part, or recent rows, with their scores."""

    part: DistinctSigns | None
    groups: Slots
    scores: Scores


def nearest(selection: Selection, query: Scores, limit: int) -> tuple[NDArray[np.int32], Scores]:
    """Return the best ``limit`` documents by their best selected row, with its score, best first."""
    rows = len(selection.vectors.documents)
    if limit <= 0 or selection.document_count == 0 or rows == 0:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    is_few = selection.estimate * LISTED_SHARE < rows
    slots = selection.slots() if is_few else np.empty(0, np.intp)
    candidates = _listed(selection.vectors, slots, query) if is_few else _compared(selection.vectors, query)
    count = sum(len(each.distances) for each in candidates)
    wanted = int(CANDIDATES * max(1.0, _USUAL_DIMENSION / len(query)) ** 2)
    wanted = max(wanted, count // CANDIDATE_SHARE, _WIDENING * limit)
    while True:
        is_counted = not is_few and not selection.is_everything
        near = _selected_around(selection, candidates, wanted) if is_counted else _around(candidates, wanted)
        scored = [_score(selection.vectors, query, each) for each in near]
        documents, scores = (
            _among(selection, scored, slots) if is_few else _expanded(selection, scored, limit)
        )
        if len(documents) >= limit or wanted >= count:
            order = np.lexsort((documents, -scores))[:limit]
            return documents[order], scores[order]
        wanted *= _WIDENING


def _compared(vectors: Vectors, query: Scores) -> list[_Candidates]:
    """Compare the vectors of all parts with the query."""
    code = sign_codes(query[None, :])
    found = [_Candidates(part, None, _all_distances(part.codes, code)) for part in vectors.parts]
    recent = np.arange(vectors.first_recent, len(vectors.documents))
    found.append(_Candidates(None, recent, sign_distances(vectors.recent, code)))
    return [_weighted(vectors, query, each) for each in found]


def _listed(vectors: Vectors, slots: Slots, query: Scores) -> list[_Candidates]:
    """Compare the vectors of the rows ``slots`` (ascending) with the query."""
    code = sign_codes(query[None, :])
    found = []
    for part in vectors.parts:
        used = np.zeros(part.codes.shape[1], np.bool_)
        used[part.places[part.own(slots) - part.first]] = True
        chosen = np.flatnonzero(used)
        found.append(_Candidates(part, chosen, sign_distances(part.codes[:, chosen], code)))
    recent = slots[np.searchsorted(slots, vectors.first_recent) :]
    distances = sign_distances(vectors.recent[:, recent - vectors.first_recent], code)
    found.append(_Candidates(None, recent, distances))
    return [_weighted(vectors, query, each) for each in found]


def _all_distances(codes: NDArray[np.uint64], code: NDArray[np.uint64]) -> Distances:
    """Compare all vectors, on two threads if they are many. NumPy's threads do not spin while they wait."""
    count = codes.shape[1]
    if count < 2 * _VECTORS_PER_THREAD:
        return sign_distances(codes, code)
    half = _threads.submit(sign_distances, codes[:, : count // 2], code)
    other = sign_distances(codes[:, count // 2 :], code)
    return np.concatenate((half.result(), other))


def _around(candidates: list[_Candidates], wanted: float) -> list[_Near]:
    """Return about ``wanted`` vectors in all, those that differ least from the query by sign."""
    distances = [each.distances for each in candidates]
    is_all = wanted >= sum(map(len, distances))
    border = np.iinfo(np.uint16).max if is_all else _border(distances, wanted)
    return [_Near(each.part, each.within(each.distances <= border)) for each in candidates]


def _selected_around(selection: Selection, candidates: list[_Candidates], wanted: int) -> list[_Near]:
    """Return ``wanted`` or more vectors that have a selected row, those that differ least by sign.

    Fewer vectors are enough if very many selected rows have them. How many vectors have to be compared for
    this is not known before: the vectors around a query may be those of rows that the filter excludes.
    """
    count = sum(len(each.distances) for each in candidates)
    reach = wanted * len(selection.vectors.documents) / selection.estimate
    while True:
        near = _around(candidates, reach)
        counted = [_selected_rows(selection, each) for each in near]
        found = sum(int(np.count_nonzero(rows)) for rows in counted)
        if found >= wanted or sum(map(np.sum, counted)) >= _MANY_ROWS * wanted or reach >= count:
            return [
                _Near(each.part, each.groups[(rows > 0) | (_sizes(each.part, each.groups) > _COUNTED_ROWS)])
                for each, rows in zip(near, counted, strict=True)
            ]
        reach *= _WIDENING


def _selected_rows(selection: Selection, near: _Near) -> NDArray[np.float32]:
    """Return about how many selected rows have each vector, by its first ``_COUNTED_ROWS``."""
    sizes = _sizes(near.part, near.groups)
    counted = np.minimum(sizes, _COUNTED_ROWS)
    ends = np.cumsum(counted)
    kept = np.concatenate(([0], np.cumsum(selection.keeps(_rows_of(near.part, near.groups, counted)))))
    return np.asarray((kept[ends] - kept[ends - counted]) * (sizes / counted), np.float32)


def _score(vectors: Vectors, query: Scores, near: _Near) -> _Scored:
    return _Scored(*near, score(vectors, query, _first_rows(*near)))


def _among(selection: Selection, scored: list[_Scored], slots: Slots) -> tuple[NDArray[np.int32], Scores]:
    """Return the documents of those of the rows ``slots`` (ascending) whose vectors are scored."""
    values = []
    for each in scored:
        if each.part is None:
            recent = slots[np.searchsorted(slots, selection.vectors.first_recent) :]
            values.append(np.full(len(recent), _UNSCORED))
            values[-1][np.searchsorted(recent, each.groups)] = each.scores
        else:
            table = np.full(each.part.codes.shape[1], _UNSCORED)
            table[each.groups] = each.scores
            values.append(table[each.part.places[each.part.own(slots) - each.part.first]])
    value = np.concatenate(values)
    found = value > _UNSCORED
    return best_per_document(selection.vectors.documents[slots[found]], value[found])


def _border(distances: list[Distances], wanted: float) -> int:
    """Return the distance that about ``wanted`` of the ``distances`` do not exceed, if there are so many."""
    longest = max(int(each.max(initial=0)) for each in distances)
    counts = np.zeros(longest + 1, np.intp)
    for each in distances:
        step = max(1, len(each) // _SAMPLED_DISTANCES)
        counts += np.bincount(each[::step], minlength=longest + 1) * step
    return int(np.searchsorted(np.cumsum(counts), wanted))


def _expanded(selection: Selection, scored: list[_Scored], limit: int) -> tuple[NDArray[np.int32], Scores]:
    """Return the documents of the best vectors with their best scores: ``limit`` or more, if there are."""
    parts, groups = [each.part for each in scored], [each.groups for each in scored]
    origin = np.repeat(np.arange(len(parts)), [len(each) for each in groups])
    flat, value = np.concatenate(groups), np.concatenate([each.scores for each in scored])
    order = np.argsort(-value, kind="stable")
    sizes = [_sizes(part, each) for part, each in zip(parts, groups, strict=True)]
    rows = np.cumsum(np.concatenate(sizes)[order])
    documents, best = np.empty(0, np.int32), np.empty(0, np.float32)
    first, wanted = 0, limit
    while first < len(order) and len(documents) < limit:
        end = int(np.searchsorted(rows, wanted)) + 1
        chosen = order[first:end]
        found_rows, found_scores = [], []
        for number, part in enumerate(parts):
            own = chosen[origin[chosen] == number]
            slots = _rows_of(part, flat[own])
            kept = selection.keeps(slots)
            found_rows.append(slots[kept])
            found_scores.append(np.repeat(value[own], _sizes(part, flat[own]))[kept])
        slots, found = np.concatenate(found_rows), np.concatenate(found_scores)
        by_document = selection.vectors.documents[slots]
        ranked = np.lexsort((-found, by_document))
        ranked = ranked[np.flatnonzero(np.diff(by_document[ranked], prepend=-1))]
        added = ranked[~np.isin(by_document[ranked], documents)]
        documents = np.concatenate((documents, by_document[added]))
        best = np.concatenate((best, found[added]))
        first, wanted = max(first, end), max(wanted, int(rows[min(end, len(rows)) - 1])) + limit
    return documents, best


def _sizes(part: DistinctSigns | None, groups: Slots) -> Slots:
    """Return the number of rows that have each of the vectors ``groups``."""
    return (
        np.ones(len(groups), np.intp)
        if part is None
        else np.asarray(part.offsets[groups + 1] - part.offsets[groups], np.intp)
    )


def _first_rows(part: DistinctSigns | None, groups: Slots) -> Slots:
    """Return a row that has each of the vectors ``groups``."""
    if part is None:
        return groups
    return part.slots[part.offsets[groups]].astype(np.intp) + part.first


def _rows_of(part: DistinctSigns | None, groups: Slots, counts: Slots | None = None) -> Slots:
    """Return the rows that have the vectors ``groups``: the first ``counts`` of each, or all."""
    if part is None:
        return groups
    firsts = part.offsets[groups]
    ends = part.offsets[groups + 1] if counts is None else firsts + counts
    return part.slots[joined(firsts, ends)].astype(np.intp) + part.first


def _weighted(vectors: Vectors, query: Scores, candidates: _Candidates) -> _Candidates:
    """Convert the distances to distances of the weighted cosines that they estimate, if rows have weights.

    Two vectors differ in ``angle / pi`` of their signs (Charikar, "Similarity estimation techniques from
    rounding algorithms", STOC 2002).
    """
    if not vectors.is_weighted:
        return candidates
    every = candidates.within(np.ones(len(candidates.distances), np.bool_))
    slots = _first_rows(candidates.part, every)
    steps, dimension = np.float32(16_383), len(query)
    angles = np.arange(dimension + 1, dtype=np.float32) * np.float32(np.pi / dimension)
    cosines = np.cos(angles)[candidates.distances] * vectors.weights[slots]
    return candidates._replace(distances=np.asarray((1 - cosines) * steps, np.uint16))
