"""The cost of checks follows from counted requests, and the guide shows it."""

from pathlib import Path

import pytest

from infra.cost.alert_cost import thousand_runs

_GUIDE = Path(__file__).parents[3] / "docs" / "aws-guide.md"


def test_thousand_runs_is_sum_of_its_parts() -> None:
    requests = (13 * 0.125 + 3 * 0.40 + 11 * 0.20) / 1000
    assert thousand_runs(10) == pytest.approx(requests + 3.55 * 0.0133334)
    assert thousand_runs(0) < 0.01


def test_guide_shows_cost_of_thousand_runs() -> None:
    text = " ".join(_GUIDE.read_text(encoding="utf-8").split())
    runs = "A thousand finished runs against ten saved searches"
    assert f"{runs} cost about {thousand_runs(10):.2f} USD" in text
