"""Tie-breaking components: inner products do not change, and equal vectors are separated."""

import math

import pytest

from shared.adapters.aws.search.layout.tie_breaker import across, spread

ROW = [0.6, 0.0, -0.8]


def product(first: list[float], second: list[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_scores_of_queries_do_not_change() -> None:
    query = [0.1, 0.7, -0.7]

    assert product(spread(ROW, "p"), across(query)) == product(ROW, query)


def test_equal_vectors_are_separated_deterministically() -> None:
    rows = [spread(ROW, f"passage {number}") for number in range(300)]
    similarities = [product(rows[0], row) / product(rows[0], rows[0]) for row in rows[1:]]

    assert max(similarities) < 0.97
    assert sum(similarities) / len(similarities) == pytest.approx(2 / 3, abs=0.05)
    assert all(math.hypot(*row) ** 2 == pytest.approx(1.5, abs=1e-5) for row in rows)
    assert spread(ROW, "passage 7") == rows[7]
