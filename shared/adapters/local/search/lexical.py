"""Word search: BM25 over passages, with inverted lists in arrays.

For every word of the query a document's best passage counts. The score of a document is:

    sum(idf * saturation) / sum(idf) over the query's words,  saturation = tf / (tf + norm)

with ``norm = k1 * (1 - b + b * length / mean length)`` (Robertson and Zaragoza, "The Probabilistic
Relevance Framework: BM25 and Beyond", 2009). The sum over *all* words of the query in the denominator
makes the score the share of the query that was found, in 0..1. Document frequencies are counted within the
filter, so the documents of other tenants do not affect a ranking.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.postings import Postings
from shared.adapters.local.search.arrays.snapshot import Selection
from shared.adapters.local.search.arrays.vectors import Scores, Slots, best_per_document

_K1: Final = 0.9
_B: Final = 0.4


@dataclass(frozen=True, slots=True)
class WordMatches:
    """Document scores; per word of the query its weight (idf), its passages and its saturation in each."""

    scores: Scores
    weights: list[float]
    passages: list[Slots]
    saturations: list[Scores]

    def best(self, limit: int) -> NDArray[np.int32]:
        """Return the documents with the highest scores above 0; of equal scores, the oldest."""
        found = np.flatnonzero(self.scores)
        if len(found) > limit:
            values = self.scores[found]
            border = np.partition(values, len(values) - limit)[len(values) - limit]
            above, level = found[values > border], found[values == border]
            found = np.concatenate((above, level[: limit - len(above)]))
        return found.astype(np.int32)

    def passage_scores(self, slots: Slots) -> Scores:
        """Return the share of the query that each of these passages contains."""
        scores = np.zeros(len(slots), np.float32)
        total = sum(self.weights)
        for weight, passages, saturations in zip(self.weights, self.passages, self.saturations, strict=True):
            if len(passages):
                places = np.minimum(np.searchsorted(passages, slots), len(passages) - 1)
                scores += np.where(passages[places] == slots, saturations[places], 0) * np.float32(
                    weight / total
                )
        return scores


def match_words(postings: Postings, words: list[int], selection: Selection) -> WordMatches:
    """Score every document. ``selection`` are the passages that are searched."""
    scores = np.zeros(len(selection.documents), np.float32)
    documents, in_scope = selection.vectors.documents, selection.document_count
    weights: list[float] = []
    passages: list[Slots] = []
    saturations: list[Scores] = []
    for word in words:
        slots, frequencies = postings.of_word(word)
        kept = selection.keeps(slots)
        slots, frequencies = slots[kept], frequencies[kept].astype(np.float32)
        lengths = postings.lengths[slots].astype(np.float32)
        norms = lengths * np.float32(_K1 * _B / postings.mean_length) + np.float32(_K1 * (1 - _B))
        saturation = np.asarray(frequencies / (frequencies + norms), np.float32)
        found, best = best_per_document(documents[slots], saturation)
        weight = float(np.log1p((in_scope - len(found) + 0.5) / (len(found) + 0.5)))
        scores[found] += best * np.float32(weight)
        weights.append(weight)
        passages.append(slots)
        saturations.append(saturation)
    if weights:
        scores /= np.float32(sum(weights))
    return WordMatches(scores, weights, passages, saturations)
