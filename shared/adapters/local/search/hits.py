"""Conversion of scored rows to search hits, with the passages that matched."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared.adapters.local.search.arrays.snapshot import Selection, Snapshot, ranges
from shared.adapters.local.search.arrays.vectors import Scores, Slots, score
from shared.adapters.local.search.lexical import WordMatches
from shared.adapters.local.search.store import StoredContents
from shared.domain.query.fusion import LEXICAL_SHARE, MAX_MATCHES, MIN_MATCH_SHARE
from shared.ports.search_index import PassageMatch, PictureHit, TextHit


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
    fused = (found.dense + (1 - found.dense) * np.float32(LEXICAL_SHARE) * found.lexical).tolist()
    dense, lexical = found.dense.tolist(), found.lexical.tolist()
    starts = np.flatnonzero(np.diff(found.documents, prepend=-1))
    documents = found.documents[starts]
    bounds = zip(documents.tolist(), snapshot.rows[documents].tolist(), *_bounds(starts, dense), strict=True)
    places = (found.slots - snapshot.first_passages[found.documents]).tolist()
    hits = []
    for document, row, first, end in bounds:
        result_id, texts = stored[row]
        chosen = _chosen(fused, lexical, first, end)
        hits.append(
            TextHit(
                result_id=result_id,
                dense_score=max(dense[first:end]) if snapshot.has_text_space[document] else None,
                lexical_score=float(words.scores[document]) or None,
                matches=[_match(texts[places[i]], fused[i]) for i in chosen],
            )
        )
    return sorted(hits, key=_rank)


def _bounds(starts: Slots, scores: list[float]) -> tuple[list[int], list[int]]:
    return starts.tolist(), [*starts.tolist(), len(scores)][1:]


def _match(text: list[str], value: float) -> PassageMatch:
    field_path, instance_path, content = text
    return PassageMatch(field_path, instance_path, content, value)


def _rank(hit: TextHit) -> tuple[float, str]:
    dense, lexical = hit.dense_score or 0.0, hit.lexical_score or 0.0
    return -(dense + (1 - dense) * LEXICAL_SHARE * lexical), hit.result_id


def _chosen(fused: list[float], lexical: list[float], first: int, end: int) -> list[int]:
    """Return the positions in ``first``..``end`` of the passages to show, best first."""
    least = MIN_MATCH_SHARE * max(fused[first:end])
    worth = [i for i in range(first, end) if fused[i] >= least or lexical[i] > 0]
    return sorted(worth, key=lambda i: -fused[i])[:MAX_MATCHES]


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
