"""Spread vectors: every inner product stays, and equals come apart."""

import math

import pytest

from shared.adapters.aws.search_spread import across, spread

ROW = [0.6, 0.0, -0.8]


def product(first: list[float], second: list[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_a_query_scores_what_it_scored() -> None:
    query = [0.1, 0.7, -0.7]

    assert product(spread(ROW, "p"), across(query)) == product(ROW, query)


def test_equals_are_as_far_apart_as_unlike_passages_and_always_the_same() -> None:
    rows = [spread(ROW, f"passage {number}") for number in range(300)]
    likeness = [product(rows[0], row) / product(rows[0], rows[0]) for row in rows[1:]]

    assert max(likeness) < 0.97
    assert sum(likeness) / len(likeness) == pytest.approx(2 / 3, abs=0.05)
    assert all(math.hypot(*row) ** 2 == pytest.approx(1.5, abs=1e-5) for row in rows)
    assert spread(ROW, "passage 7") == rows[7]
