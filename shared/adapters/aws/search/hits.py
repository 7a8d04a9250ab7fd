"""Conversion of OpenSearch's hits to search hits, with the passages that matched.

Words are scored here, with the formula of the embedded index. For every word of the query a document's
best passage counts:

    sum(idf * saturation) / sum(idf) over the query's words,  saturation = tf / (tf + norm)

with ``norm = k1 * (1 - b + b * length / typical length)`` (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009) and the frequencies of the scope. The typical length is a
constant, so that scores are the same on every instance and for every tenant.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shared.adapters.aws.search.queries import similarity
from shared.domain.query.fusion import MAX_MATCHES, MIN_MATCH_SHARE, text_score
from shared.ports.search_index import PassageMatch, PictureHit, TextHit

_K1: Final = 0.9
_B: Final = 0.4
_TYPICAL_LENGTH: Final = 12.0

Hit = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    match: PassageMatch
    dense: float
    saturations: Sequence[float]


@dataclass(frozen=True, slots=True)
class WordWeights:
    """The words of the query and the weight (idf) of each in the scope."""

    words: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def counted(cls, words: Sequence[str], containing: Sequence[int], documents: int) -> "WordWeights":
        """Compute the weights. ``containing`` is the number of the scope's ``documents`` with each word."""
        return cls(words, [math.log1p((max(documents - n, 0) + 0.5) / (n + 0.5)) for n in containing])

    def saturations(self, text: str) -> list[float]:
        """Return the saturation of each word in ``text``, whose words are separated by spaces."""
        inside = text.split(" ") if text else []
        counts = Counter(inside)
        norm = _K1 * (1 - _B + _B * len(inside) / _TYPICAL_LENGTH)
        return [counts[word] / (counts[word] + norm) if word in counts else 0.0 for word in self.words]

    def share(self, saturations: Sequence[float]) -> float:
        """Return the weighted share of the query's words that were found, in 0..1."""
        if not self.weights:
            return 0.0
        found = sum(weight * value for weight, value in zip(self.weights, saturations, strict=True))
        return found / sum(self.weights)


def text_hit(hit: Hit, words: WordWeights) -> TextHit:
    """Build a text hit. OpenSearch has scored the passages of the requested fields only."""
    stored = hit["_source"]["passages"]
    passages = [
        _scored(stored[inner["_nested"]["offset"]], inner, words) for inner in _inner(hit, "passages")
    ]
    best = [max(values) for values in zip(*(p.saturations for p in passages), strict=True)]
    return TextHit(
        result_id=hit["_source"]["result_id"],
        dense_score=max(passage.dense for passage in passages),
        lexical_score=words.share(best) or None,
        matches=_worth_showing(passages),
    )


def best_hits(hits: Sequence[TextHit], nearest: Sequence[str], limit: int) -> list[TextHit]:
    """Return the hits with ids in ``nearest`` and the ``limit`` best hits by words, best first."""
    by_words = sorted((h for h in hits if h.lexical_score), key=lambda h: -(h.lexical_score or 0))[:limit]
    kept = {*nearest, *(hit.result_id for hit in by_words)}
    return sorted((hit for hit in hits if hit.result_id in kept), key=_rank)


def picture_hit(hit: Hit) -> PictureHit:
    """Build a picture hit from the document's best frame."""
    (best,) = _inner(hit, "pictures")
    frame = hit["_source"]["pictures"][best["_nested"]["offset"]]
    score = similarity(best["_score"])
    return PictureHit(hit["_source"]["result_id"], score, frame["timestamp"], frame["picture_key"])


def _inner(hit: Hit, kind: str) -> Sequence[Hit]:
    hits: Sequence[Hit] = hit["inner_hits"][kind]["hits"]["hits"]
    return hits


def _scored(stored: Mapping[str, str], inner: Hit, words: WordWeights) -> ScoredPassage:
    dense = max(similarity(inner["_score"]), 0.0)
    saturations = words.saturations(stored["words"])
    score = text_score(dense, words.share(saturations))
    match = PassageMatch(stored["field_path"], stored["instance_path"], stored["text"], score)
    return ScoredPassage(match, dense, saturations)


def _worth_showing(passages: Sequence[ScoredPassage]) -> list[PassageMatch]:
    least = MIN_MATCH_SHARE * max(passage.match.score for passage in passages)
    worth = [p.match for p in passages if p.match.score >= least or any(p.saturations)]
    return sorted(worth, key=lambda match: -match.score)[:MAX_MATCHES]


def _rank(hit: TextHit) -> tuple[float, str]:
    return -text_score(hit.dense_score, hit.lexical_score), hit.result_id
