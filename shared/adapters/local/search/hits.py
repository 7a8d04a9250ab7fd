"""Conversion of scored rows to search hits, with the passages that matched."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.snapshot import Selection, Snapshot, ranges
from shared.adapters.local.search.arrays.vectors import Scores, Slots, score
from shared.adapters.local.search.lexical import WordMatches
from shared.adapters.local.search.store import StoredContents
from shared.domain.query.fusion import LEXICAL_SHARE, MAX_MATCHES, MIN_MATCH_SHARE
from shared.domain.query.hits import MatchedPassage
from shared.ports.search_index import PictureHit, TextHit


@dataclass(frozen=True, slots=True)
class PassageScores:
    """Scores of those passages of the found documents that pass the filter, in ascending order.

    So the passages of a document are adjacent.
    """

    documents: NDArray[np.int32]
    slots: Slots
    dense: Scores
    lexical: Scores


def passage_scores(
    snapshot: Snapshot, documents: NDArray[np.int32], passages: Selection, query: Scores, words: WordMatches
) -> PassageScores:
    """Score every passage of ``documents`` (ascending) that is in ``passages`` exactly."""
    slots = ranges(snapshot.first_passages, documents)
    slots = slots[passages.keeps(slots)]
    dense = np.maximum(score(snapshot.texts, query, slots), np.float32(0))
    return PassageScores(snapshot.texts.documents[slots], slots, dense, words.passage_scores(slots))


def text_hits(
    snapshot: Snapshot, found: PassageScores, words: WordMatches, stored: StoredContents
) -> list[TextHit]:
    """Build one hit per document, best first."""
    starts = np.flatnonzero(np.diff(found.documents, prepend=-1))
    if not len(starts):
        return []
    fused = found.dense + (1 - found.dense) * np.float32(LEXICAL_SHARE) * found.lexical
    shown, firsts = _shown(found, fused, starts)
    documents = found.documents[starts]
    places = (found.slots - snapshot.first_passages[found.documents])[shown].tolist()
    values = fused[shown].tolist()
    hits = []
    for row, dense, has_space, lexical, (first, end) in zip(
        snapshot.rows[documents].tolist(),
        np.maximum.reduceat(found.dense, starts).tolist(),
        snapshot.has_text_space[documents].tolist(),
        words.scores[documents].tolist(),
        pairwise(firsts.tolist()),
        strict=True,
    ):
        result_id, texts = stored[row]
        matches = [_match(texts[places[i]], values[i]) for i in range(first, end)]
        hits.append(TextHit(result_id, dense if has_space else None, lexical or None, matches))
    return sorted(hits, key=_rank)


def _shown(found: PassageScores, fused: Scores, starts: Slots) -> tuple[Slots, Slots]:
    """Return the passages to show, by document, best first, and where those of each document start.

    ``starts`` is where the passages of each document start; the result is longer by one, as it has the end.
    """
    sizes = np.diff(starts, append=len(fused))
    owner = np.repeat(np.arange(len(starts)), sizes)
    least = MIN_MATCH_SHARE * np.maximum.reduceat(fused, starts).astype(np.float64)
    worth = np.flatnonzero((fused >= least[owner]) | (found.lexical > 0))
    worth = worth[np.lexsort((-fused[worth], owner[worth]))]
    counts = np.bincount(owner[worth], minlength=len(starts))
    place = np.arange(len(worth)) - np.repeat(np.cumsum(counts) - counts, counts)
    firsts = np.concatenate(([0], np.cumsum(np.minimum(counts, MAX_MATCHES))))
    return worth[place < MAX_MATCHES], firsts


def _match(text: tuple[str, ...], value: float) -> MatchedPassage:
    field_path, instance_path, content = text
    return MatchedPassage(field_path, instance_path, content, value)


def _rank(hit: TextHit) -> tuple[float, str]:
    dense, lexical = hit.dense_score or 0.0, hit.lexical_score or 0.0
    return -(dense + (1 - dense) * LEXICAL_SHARE * lexical), hit.result_id


def picture_hits(
    snapshot: Snapshot, documents: Sequence[int], query: Scores, stored: StoredContents
) -> list[PictureHit]:
    """Build one hit per document, best first. Ties are ordered by id, so a rebuilt index keeps the order."""
    hits = []
    for document in documents:
        first, end = snapshot.first_pictures[document : document + 2]
        scores = score(snapshot.pictures, query, np.arange(first, end))
        best = int(scores.argmax())
        result_id, pictures = stored[int(snapshot.rows[document])]
        timestamp, key = pictures[best]
        hits.append(PictureHit(result_id, float(scores[best]), timestamp, key))
    return sorted(hits, key=lambda hit: (-hit.score, hit.result_id))
