"""Ranking: converts hits of the search index into ranked results, and fuses rankings."""

from collections.abc import Iterable, Sequence

from shared.domain.query.fusion import fuse_dense_and_lexical, reciprocal_rank_fusion
from shared.domain.query.hits import RankedResult, parse_result_id
from shared.ports.search_index import PictureHit, TextHit


def rank_texts(hits: Sequence[TextHit]) -> list[RankedResult]:
    """Rank text hits by their fused dense and lexical scores, best first."""
    scores = fuse_dense_and_lexical({h.result_id: (h.dense_score, h.lexical_score) for h in hits})
    ordered = sorted(hits, key=lambda hit: (-scores[hit.result_id], hit.result_id))
    return [
        RankedResult(
            result_id=hit.result_id,
            score=scores[hit.result_id],
            similarity=hit.dense_score,
            text_score=scores[hit.result_id],
            text_rank=rank,
            matches=tuple(hit.matches),
        )
        for rank, hit in enumerate(ordered, start=1)
    ]


def rank_pictures(hits: Sequence[PictureHit]) -> list[RankedResult]:
    """Convert picture hits, which are in the order of their scores."""
    return [
        RankedResult(
            result_id=hit.result_id,
            score=max(hit.score, 0.0),
            similarity=hit.score,
            image_score=hit.score,
            image_rank=rank,
            match_type="image_only",
            picture_key=hit.picture_key,
            picture_timestamp=hit.timestamp,
            picture_score=hit.score,
        )
        for rank, hit in enumerate(hits, start=1)
    ]


def one_per_subject(ranked: Iterable[RankedResult]) -> list[RankedResult]:
    """Keep the first (best) result of each segment and of each medium as a whole."""
    kept: dict[tuple[str, str], RankedResult] = {}
    for result in ranked:
        identity = parse_result_id(result.result_id)
        if identity is not None:
            kept.setdefault((identity.media_id, identity.segment_id), result)
    return list(kept.values())


def fuse_modalities(
    texts: Sequence[RankedResult],
    pictures: Sequence[RankedResult],
    *,
    text_weight: float,
    image_weight: float,
) -> list[RankedResult]:
    """Fuse a text ranking and a picture ranking by weighted reciprocal rank fusion.

    A segment in both rankings becomes one result, even if the rankings contain results of different runs
    of it. The result of the text ranking is then shown.
    """
    by_text = {_subject(r): r for r in texts}
    by_picture = {_subject(r): r for r in pictures}
    fused = reciprocal_rank_fusion([(list(by_text), text_weight), (list(by_picture), image_weight)])
    return [_join(by_text.get(subject), by_picture.get(subject), score) for subject, score in fused]


def _subject(result: RankedResult) -> str:
    identity = parse_result_id(result.result_id)
    return result.result_id if identity is None else f"{identity.media_id}:{identity.segment_id}"


def _join(text: RankedResult | None, picture: RankedResult | None, score: float) -> RankedResult:
    if text is None or picture is None:
        alone = text or picture
        assert alone is not None  # noqa: S101 - each fused subject is in one of the rankings
        return alone.model_copy(update={"score": score})
    seen = picture.model_dump(
        include={"image_score", "image_rank", "picture_key", "picture_timestamp", "picture_score"}
    )
    return text.model_copy(update={**seen, "score": score, "match_type": "both"})
