"""Conversion of OpenSearch's hits to search hits, with the passages that matched.

Words are scored here, with the formula of the embedded index. For every word of the query a document's
best passage counts:

    sum(idf * saturation) / sum(idf) over the query's words,  saturation = tf / (tf + norm)

with ``norm = k1 * (1 - b + b * length / typical length)`` (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009) and the frequencies of the scope. The typical length is a
constant, so that scores are the same on every instance and for every tenant.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.search.layout.contents import ShownText, frames, texts
from shared.adapters.aws.search.layout.mapping import FRAMES, KEY, TEXTS
from shared.adapters.aws.search.layout.outdated import OutdatedLayout
from shared.adapters.aws.search.queries import MANY_PASSAGES, similarity
from shared.domain.query.fusion import MAX_MATCHES, MIN_MATCH_SHARE, text_score
from shared.ports.search_index import PassageMatch, PictureHit, TextHit

_K1: Final = 0.9
_B: Final = 0.4
_TYPICAL_LENGTH: Final = 12.0

Hit = Mapping[str, Any]


class WordWeights:
    """The words of the query and the weight (idf) of each in the scope."""

    def __init__(self, words: Sequence[str], containing: Sequence[int], documents: int) -> None:
        """``containing`` is the number of the scope's ``documents`` with each word."""
        self._words = words
        self._weights = [math.log1p((max(documents - n, 0) + 0.5) / (n + 0.5)) for n in containing]
        self._total = sum(self._weights)
        # A text without any of the words, as most are, is recognised at once.
        self._any = re.compile("|".join(map(re.escape, words)) or "(?!)")

    def saturations(self, text: str) -> list[float] | None:
        """Return the saturation of each word in ``text``, whose words are separated by spaces.

        None if it contains none of them.
        """
        if not self._any.search(text):
            return None
        inside = text.split(" ")
        counts = Counter(inside)
        norm = _K1 * (1 - _B + _B * len(inside) / _TYPICAL_LENGTH)
        found = [counts[word] / (counts[word] + norm) if word in counts else 0.0 for word in self._words]
        return found if any(found) else None

    def share(self, saturations: Sequence[float]) -> float:
        """Return the weighted share of the query's words that were found, in 0..1."""
        found = sum(weight * value for weight, value in zip(self._weights, saturations, strict=True))
        return found / self._total


class Candidate:
    """A document that was found, with the scores of its passages in the searched fields."""

    def __init__(self, hit: Hit, words: WordWeights) -> None:
        """Raises: OutdatedLayout."""
        self.key, packed = _fields(hit, TEXTS)
        self.result_id, self._passages = texts(packed)
        self._words = words
        self._scored = [(inner["_nested"]["offset"], inner["_score"]) for inner in _inner(hit, "passages")]
        self._saturations = {
            offset: found
            for offset, _ in self._scored
            if (found := words.saturations(self._passages[offset].words))
        }
        # The best passage is the first.
        self.dense = max(similarity(self._scored[0][1]), 0.0)
        best = [max(values) for values in zip(*self._saturations.values(), strict=True)]
        self.lexical = (words.share(best) or None) if best else None

    def hit(self) -> TextHit:
        """Return the hit with its matches."""
        return TextHit(self.result_id, self.dense, self.lexical, self._matches())

    def _matches(self) -> list[PassageMatch]:
        """Return the passages that are worth showing, best first."""
        scores = {offset: self._score(offset, score) for offset, score in self._scored}
        least = MIN_MATCH_SHARE * max(scores.values())
        worth = [o for o, score in scores.items() if score >= least or o in self._saturations]
        worth.sort(key=lambda offset: -scores[offset])
        return [_match(self._passages[offset], scores[offset]) for offset in worth[:MAX_MATCHES]]

    def _score(self, offset: int, score: float) -> float:
        dense, found = max(similarity(score), 0.0), self._saturations.get(offset)
        return text_score(dense, self._words.share(found) if found else None)


def best_hits(
    nearest: Sequence[Hit], by_words: Sequence[Hit], words: WordWeights, limit: int
) -> list[TextHit]:
    """Return the hits of ``nearest`` and the ``limit`` best of ``by_words``, best first.

    Raises: OutdatedLayout.
    """
    kept = {(found := Candidate(hit, words)).key: found for hit in nearest}
    others = [kept.get(key(hit)) or Candidate(hit, words) for hit in by_words]
    others.sort(key=lambda candidate: -(candidate.lexical or 0))
    kept |= {candidate.key: candidate for candidate in others[:limit] if candidate.lexical}
    return [candidate.hit() for candidate in sorted(kept.values(), key=_rank)]


def picture_hit(hit: Hit) -> PictureHit:
    """Build a picture hit from the document's best frame."""
    (best,) = _inner(hit, "pictures")
    result_id, stored = frames(_fields(hit, FRAMES)[1])
    frame = stored[best["_nested"]["offset"]]
    return PictureHit(result_id, similarity(best["_score"]), frame.timestamp, frame.picture_key)


def key(hit: Hit) -> str:
    """Return the key of the document. Raises: OutdatedLayout."""
    return _fields(hit, KEY)[0]


def is_cut(hit: Hit) -> bool:
    """Tell whether the document may have more passages than were scored."""
    return len(_inner(hit, "passages")) >= MANY_PASSAGES


def _fields(hit: Hit, name: str) -> tuple[str, str]:
    """Return the values of the key and of the field ``name``. Raises: OutdatedLayout: they are missing."""
    fields = hit.get("fields", {})
    if KEY not in fields or name not in fields:
        raise OutdatedLayout
    return fields[KEY][0], fields[name][0]


def _inner(hit: Hit, kind: str) -> Sequence[Hit]:
    hits: Sequence[Hit] = hit["inner_hits"][kind]["hits"]["hits"]
    return hits


def _match(text: ShownText, score: float) -> PassageMatch:
    return PassageMatch(text.field_path, text.instance_path, text.text, score)


def _rank(candidate: Candidate) -> tuple[float, str]:
    return -text_score(candidate.dense, candidate.lexical), candidate.result_id
