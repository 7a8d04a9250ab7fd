"""The search engines' costs follow from the sizes, and the guide shows them."""

import pytest

from infra.cost.search_cost import ASSUMED_SEARCH_PRICES, search_cost, table
from infra.sizes import SIZINGS, Size
from layers.lock_files import REPOSITORY


def test_domain_costs_per_hour_regardless_of_use() -> None:
    assert search_cost(Size.IDLE_ZERO).domain_a_month == pytest.approx(0.036 * 730 + 20 * 0.122)
    assert search_cost(Size.STANDARD).domain_a_month == pytest.approx(2 * (0.178 * 730 + 100 * 0.122))
    assert {each.search_instance for each in SIZINGS.values()} == set(ASSUMED_SEARCH_PRICES.instance_hour)


def test_collection_costs_per_active_hour() -> None:
    cost = search_cost(Size.IDLE_ZERO, stored_gb=10)
    assert cost.collection_a_month == pytest.approx(0.24)
    awake = cost.collection_a_month + cost.break_even_hours * cost.collection_hour_awake
    assert awake == pytest.approx(cost.domain_a_month)


def test_guide_shows_search_costs() -> None:
    assert table() in (REPOSITORY / "docs" / "aws-guide.md").read_text(encoding="utf-8")
