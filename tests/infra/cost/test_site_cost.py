"""The cost of the site follows from its files and from the requests of an open console."""

from pathlib import Path

import pytest

from functions.api.processing.answer import RETRY_MILLISECONDS
from infra.cost import site_cost
from infra.cost.site_cost import idle_month, open_hour

_GUIDE = Path(__file__).parents[3] / "docs" / "aws-guide.md"


def test_open_hour_is_sum_of_its_requests() -> None:
    assert site_cost.SECONDS_BETWEEN_REQUESTS * 1000 == RETRY_MILLISECONDS
    by_hand = 1200 * (1.00 + 1.00 + 0.20 + 0.05 * 13.3334 + 4 * 0.125) / 1_000_000
    assert open_hour() == pytest.approx(by_hand)


def test_guide_shows_costs_of_site() -> None:
    text = " ".join(_GUIDE.read_text(encoding="utf-8").split())
    assert idle_month() < 0.001
    assert f"An open console costs about {open_hour():.3f} USD an hour" in text
