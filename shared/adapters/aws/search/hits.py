"""Conversion of OpenSearch's hits to search hits, with the passages that matched.

Words are scored here, with the formula of the embedded index. For every word of the query a document's
best passage counts:

    sum(idf * saturation) / sum(idf) over the query's words,  saturation = tf / (tf + norm)

with ``norm = k1 * (1 - b + b * length / typical length)`` (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009) and the frequencies of the scope. The typical length is a
constant, so that scores are the same on every instance and for every tenant.
"""

import math
import operator
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.adapters.aws.search.layout.contents import ShownTexts, frames
from shared.adapters.aws.search.layout.mapping import FRAMES, KEY, TEXTS
from shared.adapters.aws.search.layout.outdated import OutdatedLayout
from shared.adapters.aws.search.queries import MANY_PASSAGES, similarity
from shared.domain.query.fusion import MAX_MATCHES, MIN_MATCH_SHARE, text_score
from shared.domain.query.hits import MatchedPassage
from shared.ports.search_index import PictureHit, TextHit

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

    def occur_in(self, text: str) -> bool:
        """Tell whether ``text`` may contain any of the words. Most texts contain none."""
        for word in self._words:  # noqa: SIM110  any() takes twice as long
            if word in text:
                return True
        return False

    def saturations(self, text: str) -> list[float] | None:
        """Return the saturation of each word in ``text``, whose words are separated by spaces.

        None if it contains none of them.
        """
        if not self.occur_in(text):
            return None
        inside = text.split(" ")
        counts = [inside.count(word) for word in self._words]
        if not any(counts):
            return None
        norm = _K1 * (1 - _B + _B * len(inside) / _TYPICAL_LENGTH)
        return [count / (count + norm) for count in counts]

    def share(self, saturations: Sequence[float]) -> float:
        """Return the weighted share of the query's words that were found, in 0..1."""
        found: float = sum(map(operator.mul, self._weights, saturations))
        return found / self._total


class Candidate:
    """A document that was found, with the scores of its passages in the searched fields."""

    def __init__(self, hit: Hit, words: WordWeights) -> None:
        """Raises: OutdatedLayout."""
        self.key, packed = _fields(hit, TEXTS)
        self._texts = ShownTexts(packed)
        self._inner = _inner(hit, "passages")
        # The best passage is the first.
        self.dense = max(similarity(self._inner[0]["_score"]), 0.0)
        self._words = words
        self._saturations: dict[int, list[float]] = {}
        self.lexical = self._lexical() if words.occur_in(self._texts.all_words) else None
        self.score = text_score(self.dense, self.lexical)

    @property
    def result_id(self) -> str:
        return self._texts.result_id

    def hit(self) -> TextHit:
        """Return the hit with its matches."""
        return TextHit(self.result_id, self.dense, self.lexical, self._matches())

    def _lexical(self) -> float | None:
        for inner in self._inner:
            number = inner["_nested"]["offset"]
            if saturations := self._words.saturations(self._texts.words(number)):
                self._saturations[number] = saturations
        found = list(self._saturations.values())
        if not found:
            return None
        best = found[0] if len(found) == 1 else list(map(max, *found))
        return self._words.share(best) or None

    def _matches(self) -> list[MatchedPassage]:
        """Return the passages that are worth showing, best first."""
        shares = {number: self._words.share(values) for number, values in self._saturations.items()}
        scores = {
            (number := inner["_nested"]["offset"]): text_score(
                similarity(inner["_score"]), shares.get(number)
            )
            for inner in self._inner
        }
        least = MIN_MATCH_SHARE * max(scores.values())
        worth = [(score, number) for number, score in scores.items() if score >= least or number in shares]
        worth.sort(key=lambda each: -each[0])
        return [self._match(number, score) for score, number in worth[:MAX_MATCHES]]

    def _match(self, number: int, score: float) -> MatchedPassage:
        text = self._texts[number]
        return MatchedPassage(text.field_path, text.instance_path, text.text, score)


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


def document_identifier(hit: Hit) -> str:
    """Return the document's identifier, which is its key unless OpenSearch generates it.

    Raises: OutdatedLayout.
    """
    return hit["_id"] if "_id" in hit else key(hit)


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


def _rank(candidate: Candidate) -> tuple[float, str]:
    return -candidate.score, candidate.result_id
