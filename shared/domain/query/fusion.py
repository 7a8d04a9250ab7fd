"""Joining rankings and scores.

Rankings whose scores cannot be compared (a picture's cosine, a text's) are joined by their ranks:
Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank
learning methods", SIGIR 2009.

Dense and lexical evidence for one text can be compared, for both are in 0..1, and are joined by
score: ranks would throw away how well something matched, and the result could not be read as a
degree of relevance (Bruch, Gai and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval",
TOIS 2023, find scores at least as good).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

RANK_CONSTANT: Final = 60
"""``k`` of the 2009 paper: how much the first few ranks count more than the rest."""

LEXICAL_SHARE: Final = 0.5
"""What words alone can be worth: every word of the query found, yet no likeness in meaning."""

MOST_MATCHES: Final = 10
"""Passages that a hit shows."""

WORTH_SHOWING: Final = 0.6
"""A passage is shown as a match from this share of the document's best score on."""


def reciprocal_rank_fusion(rankings: Sequence[tuple[Sequence[str], float]]) -> list[tuple[str, float]]:
    """(id, score) best first, from (ids best first, weight of that ranking).

    An id's score is the sum of ``weight / (k + rank)``, ranks from 1, divided by what first place
    in every ranking would give: it lies in 0..1. A ranking of weight 0 adds nothing, not even ids.
    """
    total = sum(weight for _, weight in rankings if weight > 0)
    scores: defaultdict[str, float] = defaultdict(float)
    for ranking, weight in rankings:
        if weight <= 0:
            continue
        for rank, identifier in enumerate(dict.fromkeys(ranking), start=1):
            scores[identifier] += weight / total * (RANK_CONSTANT + 1) / (RANK_CONSTANT + rank)
    return sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))


def text_score(dense: float | None, lexical: float | None) -> float:
    """``dense + (1 - dense) * LEXICAL_SHARE * lexical``: in 0..1, and it grows with both.

    Without a word in common it is the likeness in meaning itself, so a threshold on it keeps its
    sense for every query; matching words close a part of the distance to 1.
    """
    likeness = min(max(dense or 0.0, 0.0), 1.0)
    words = min(max(lexical or 0.0, 0.0), 1.0)
    return likeness + (1.0 - likeness) * LEXICAL_SHARE * words


def fuse_dense_and_lexical(
    scores: Mapping[str, tuple[float | None, float | None]],
) -> dict[str, float]:
    """``text_score`` of every id, from (dense, lexical) by id."""
    return {identifier: text_score(dense, lexical) for identifier, (dense, lexical) in scores.items()}
