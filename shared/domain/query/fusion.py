"""Fusion of rankings and of scores.

Rankings whose scores are not comparable, such as the cosine similarities of pictures and of texts, are
fused by rank: Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual
rank learning methods", SIGIR 2009.

Dense and lexical scores of one text are comparable, because both are in 0..1, and are fused by score.
Ranks would discard how well a text matches, and the result would not be a degree of relevance. Bruch, Gai
and Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023, find scores at least as
good as ranks.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

RANK_CONSTANT: Final = 60
"""``k`` of the 2009 paper. A larger value reduces the advantage of the first ranks."""

LEXICAL_SHARE: Final = 0.5
"""Score of a text that contains every word of the query but has a dense similarity of 0."""

MAX_MATCHES: Final = 10
"""Maximum number of matched passages in a hit."""

MIN_MATCH_SHARE: Final = 0.6
"""A passage counts as a match if its score is at least this share of the document's best score."""


def reciprocal_rank_fusion(rankings: Sequence[tuple[Sequence[str], float]]) -> list[tuple[str, float]]:
    """Fuse rankings, given as (ids, weight), into (id, score) pairs. Ids are in order, best first.

    The score of an id is the sum of ``weight / (k + rank)``, with ranks from 1, divided by the score of
    an id that is first in every ranking, so it is in 0..1. A ranking of weight 0 contributes neither
    scores nor ids.
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
    """Return ``dense + (1 - dense) * LEXICAL_SHARE * lexical``. It is in 0..1 and grows with both scores.

    Without common words it is the dense similarity itself, so a threshold means the same for every
    query. Common words close a part of the distance to 1.
    """
    similarity = min(max(dense or 0.0, 0.0), 1.0)
    words = min(max(lexical or 0.0, 0.0), 1.0)
    return similarity + (1.0 - similarity) * LEXICAL_SHARE * words


def fuse_dense_and_lexical(
    scores: Mapping[str, tuple[float | None, float | None]],
) -> dict[str, float]:
    """Return the ``text_score`` of each id, from its (dense, lexical) scores."""
    return {identifier: text_score(dense, lexical) for identifier, (dense, lexical) in scores.items()}
