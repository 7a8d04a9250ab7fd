"""What the search engines cost is reckoned from the sizes, and the guide shows it."""

import pytest

from infra.search_cost import ASSUMED_SEARCH_PRICES, search_cost, table
from infra.sizes import SIZINGS, Size
from layers.locked import REPOSITORY


def test_a_domain_is_paid_by_the_hour_whether_it_is_used_or_not() -> None:
    assert search_cost(Size.IDLE_ZERO).domain_a_month == pytest.approx(0.036 * 730 + 20 * 0.122)
    assert search_cost(Size.STANDARD).domain_a_month == pytest.approx(2 * (0.178 * 730 + 100 * 0.122))
    assert {each.search_instance for each in SIZINGS.values()} == set(ASSUMED_SEARCH_PRICES.instance_hour)


def test_a_collection_is_paid_while_it_is_awake() -> None:
    cost = search_cost(Size.IDLE_ZERO, stored_gb=10)
    assert cost.collection_a_month == pytest.approx(0.24)
    awake = cost.collection_a_month + cost.break_even_hours * cost.collection_hour_awake
    assert awake == pytest.approx(cost.domain_a_month)


def test_the_guide_shows_what_is_reckoned() -> None:
    assert table() in (REPOSITORY / "docs" / "aws-guide.md").read_text(encoding="utf-8")
