"""The cost of deliveries follows from counted requests, and the guide shows it."""

from dataclasses import replace
from pathlib import Path

import pytest

from infra.cost.cost_model import ASSUMED_PRICES
from infra.cost.delivery_cost import ASSUMED_MESSAGE_PRICES, million_deliveries

_GUIDE = Path(__file__).parents[3] / "docs" / "aws-guide.md"


def test_million_deliveries_is_sum_of_its_parts() -> None:
    by_hand = 18 * 0.625 + 8 * 0.125 + 6 * 0.40 + 0.50 + 3.00 + 3 * 0.20 + 0.3 * 13.3334
    assert million_deliveries() == pytest.approx(by_hand)
    dearer = replace(ASSUMED_MESSAGE_PRICES, key_requests=6.00)
    assert million_deliveries(ASSUMED_PRICES, dearer) == pytest.approx(by_hand + 3)


def test_guide_shows_cost_of_million_deliveries() -> None:
    text = " ".join(_GUIDE.read_text(encoding="utf-8").split())
    assert f"A million deliveries cost about {million_deliveries():.0f} USD" in text
