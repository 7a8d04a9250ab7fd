"""The choice between scoring every vector and following the graph."""

from collections.abc import Sequence

import pytest

from shared.adapters.aws.search.graph_choice import LEAST_CANDIDATES, MOST_CANDIDATES, GraphChoice

LIMIT = 600_000
IN_TWO_SHARDS = [613_000, 617_000]
"""100,000 segments of media, which have 450,000 vectors, after a merge."""

NOT_MERGED = [45_000] * 29


@pytest.mark.parametrize(
    ("segments", "vectors", "candidates"),
    [
        (IN_TWO_SHARDS, 45_000, None),
        (IN_TWO_SHARDS, 225_000, None),
        (IN_TWO_SHARDS, 450_000, 4_114),
        ([*IN_TWO_SHARDS, 900, 300], 450_000, 4_114),
        ([1_230_000], 450_000, None),
        ([1_230_000], 700_000, MOST_CANDIDATES),
        ([150_000], 40_000, LEAST_CANDIDATES),
        ([150_000], 39_999, None),
        (NOT_MERGED, 450_000, None),
        (NOT_MERGED, 700_000, LEAST_CANDIDATES),
        (None, 450_000, None),
        (None, 700_000, LEAST_CANDIDATES),
    ],
)
def test_graph_is_followed_where_it_is_as_good_and_faster(
    segments: list[int] | None, vectors: int, candidates: int | None
) -> None:
    assert GraphChoice(LIMIT, lambda: segments).candidates(vectors) == candidates


def test_vectors_of_some_fields_are_scored_within_the_limit() -> None:
    choice = GraphChoice(LIMIT, lambda: IN_TWO_SHARDS)
    assert choice.candidates(450_000, in_all_fields=False) is None
    assert choice.candidates(700_000, in_all_fields=False) == 4_114


class Asked:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Sequence[int]:
        self.times += 1
        return IN_TWO_SHARDS


def test_segments_are_asked_for_once_a_minute_and_not_for_small_scopes() -> None:
    asked = Asked()
    choice = GraphChoice(LIMIT, asked)
    assert choice.candidates(30_000) is None
    assert asked.times == 0
    assert [choice.candidates(450_000) for _ in range(3)] == [4_114] * 3
    assert asked.times == 1
