"""The order of search results, one per segment, and the fusion of text and picture results."""

import pytest

from shared.domain.query.hits import MatchedPassage, RankedResult, segment_result_id, video_result_id
from shared.ports.search_index import PictureHit, TextHit
from shared.services.search.ranking import fuse_modalities, one_per_subject, rank_pictures, rank_texts

MEDIA = "vid_01J9Z3W6000000000000000000"
SEGMENTS = [f"seg_01J9Z3W6000000000000000000_0123abcd_{number:06d}" for number in range(4)]


def result_id(segment: int, run: str = "run_1") -> str:
    return segment_result_id(SEGMENTS[segment], run)


def texts(*ids: str) -> list[RankedResult]:
    return [RankedResult(result_id=each, score=1.0, text_rank=rank) for rank, each in enumerate(ids, 1)]


def pictures(*ids: str) -> list[RankedResult]:
    return rank_pictures([PictureHit(each, 0.5, 3.0, f"{each}.jpg") for each in ids])


def test_texts_are_ordered_by_fused_score_then_id() -> None:
    ranked = rank_texts(
        [
            TextHit("d", None, None),
            TextHit("c", 0.5, None),
            TextHit("b", 0.5, None),
            TextHit("a", 0.4, 1.0, [MatchedPassage("title", "title", "A film", 0.9)]),
        ]
    )
    assert [(each.result_id, each.text_rank) for each in ranked] == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]
    best = ranked[0]
    assert best.score == best.text_score == pytest.approx(0.7)
    assert (best.similarity, best.match_type) == (0.4, "text_only")
    assert [(match.field_path, match.score) for match in best.matches] == [("title", 0.9)]


def test_score_of_picture_is_not_negative() -> None:
    first, second = rank_pictures([PictureHit("a", 0.3, 1.5, "a.jpg"), PictureHit("b", -0.2, 0.0, "b.jpg")])
    assert (first.score, first.image_rank, first.match_type) == (0.3, 1, "image_only")
    assert (first.picture_key, first.picture_timestamp) == ("a.jpg", 1.5)
    assert (second.score, second.similarity, second.image_score, second.image_rank) == (0.0, -0.2, -0.2, 2)


def test_first_result_of_each_segment_and_medium_is_kept() -> None:
    """Media-wide results are a subject of their own. Ids of other forms are dropped."""
    ids = [
        result_id(1, "run_2"),
        result_id(0),
        result_id(1, "run_1"),
        video_result_id(MEDIA, "run_1"),
        video_result_id(MEDIA, "run_2"),
        "unknown",
    ]
    kept = [each.result_id for each in one_per_subject(texts(*ids))]
    assert kept == [ids[0], ids[1], ids[3]]


def test_segment_found_by_text_and_picture_is_joined() -> None:
    text, picture = result_id(0, "run_2"), result_id(0, "run_1")
    [joined] = fuse_modalities(texts(text), pictures(picture), text_weight=1.0, image_weight=1.0)
    assert (joined.result_id, joined.match_type, joined.score) == (text, "both", 1.0)
    assert (joined.text_rank, joined.image_rank, joined.image_score) == (1, 1, 0.5)
    assert (joined.picture_key, joined.picture_score) == (f"{picture}.jpg", 0.5)


def test_result_of_one_modality_keeps_its_type_and_gets_fused_score() -> None:
    fused = fuse_modalities(texts(result_id(0)), pictures(result_id(1)), text_weight=3.0, image_weight=1.0)
    assert [(each.result_id, each.match_type) for each in fused] == [
        (result_id(0), "text_only"),
        (result_id(1), "image_only"),
    ]
    assert [each.score for each in fused] == [0.75, 0.25]


@pytest.mark.parametrize(
    ("text_weight", "image_weight", "expected"),
    [(1.0, 0.0, [0, 1]), (0.0, 1.0, [1, 2]), (1.0, 1.0, [1, 0, 2]), (1.0, 9.0, [1, 2, 0])],
)
def test_weights_decide_order_of_fused_results(
    text_weight: float, image_weight: float, expected: list[int]
) -> None:
    fused = fuse_modalities(
        texts(result_id(0), result_id(1)),
        pictures(result_id(1), result_id(2)),
        text_weight=text_weight,
        image_weight=image_weight,
    )
    assert [each.result_id for each in fused] == [result_id(number) for number in expected]


def test_results_without_parsable_id_are_joined_by_whole_id() -> None:
    fused = fuse_modalities(texts("x", "y"), pictures("y"), text_weight=1.0, image_weight=1.0)
    assert [(each.result_id, each.match_type) for each in fused] == [("y", "both"), ("x", "text_only")]
