import pytest

from shared.domain.query.fusion import fuse_dense_and_lexical, reciprocal_rank_fusion, text_score


def test_id_first_in_all_rankings_scores_one() -> None:
    fused = reciprocal_rank_fusion([(["a", "b", "c"], 0.5), (["a", "c", "d"], 0.5)])

    assert [identifier for identifier, _ in fused] == ["a", "c", "b", "d"]
    assert fused[0][1] == pytest.approx(1.0)
    assert all(0 < score <= 1 for _, score in fused)


def test_higher_weight_decides_between_rankings() -> None:
    assert reciprocal_rank_fusion([(["a"], 0.9), (["b"], 0.1)])[0][0] == "a"
    assert reciprocal_rank_fusion([(["a"], 1.0), (["b"], 0.0)]) == [("a", 1.0)]
    assert reciprocal_rank_fusion([]) == []


def test_repeated_id_in_ranking_counts_once() -> None:
    assert reciprocal_rank_fusion([(["a", "a", "b"], 1.0)]) == reciprocal_rank_fusion([(["a", "b"], 1.0)])


@pytest.mark.parametrize(
    ("dense", "lexical", "expected"),
    [
        (0.6, None, 0.6),
        (0.6, 0.0, 0.6),
        (None, 1.0, 0.5),
        (0.6, 1.0, 0.8),
        (-0.2, None, 0.0),
        (None, None, 0.0),
    ],
)
def test_lexical_score_raises_dense_score(
    dense: float | None, lexical: float | None, expected: float
) -> None:
    assert text_score(dense, lexical) == pytest.approx(expected)


def test_dense_and_lexical_scores_are_fused_for_each_id() -> None:
    scores = fuse_dense_and_lexical({"a": (0.5, None), "b": (0.5, 0.4)})

    assert scores["b"] > scores["a"] == 0.5
