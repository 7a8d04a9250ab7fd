"""The cost of exports and clips follows from its parts, and the guide shows it."""

from pathlib import Path

import pytest

from infra.cost.cost_model import worker_hour
from infra.cost.export_cost import clip, export, table
from infra.sizes import SIZINGS, Size

_GUIDE = Path(__file__).parents[3] / "docs" / "aws-guide.md"


def test_export_is_sum_of_worker_and_records() -> None:
    second = worker_hour(SIZINGS[Size.IDLE_ZERO]) / 3600
    records = (5_000 * 0.125 + 3_060 * 0.625) / 1_000_000
    assert export(Size.IDLE_ZERO, 10_000, 1_000) == pytest.approx((120 + 5 + 80) * second + records)
    shared = export(Size.IDLE_ZERO, 10_000, 1_000, started=False)
    assert shared == pytest.approx(2.5 * second + records)


def test_running_worker_makes_clip_cheaper() -> None:
    assert clip(Size.STANDARD, started=False) < clip(Size.STANDARD) / 10


def test_guide_shows_cost_of_exports_and_clips() -> None:
    assert table() in _GUIDE.read_text(encoding="utf-8")
