"""Tests of enum members chosen by meaning, with the real sentence model."""

from typing import Any

import pytest

from shared.domain.evidence import SegmentEvidence
from shared.models.builtin.extractor import BuiltinExtractor
from shared.models.embedding.text_embedder import MiniLmTextEmbedder
from shared.models.weights.locations import Weights
from shared.ports.models import ExtractionRequest
from tests.unit.models.evidence import CAFE, FLIGHT, NO_EVIDENCE, RAIN, evidence, schema_of

KITCHEN = evidence(
    speech="chop the onions and fry them in a pan with butter", tags=(("frying pan", 0.6, "scene"),)
)

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("field", "members", "seen", "expected"),
    [
        ("topic", ["weather", "aviation", "unknown"], FLIGHT, "aviation"),
        ("weather", ["sunny", "rainy", "snowy", "unknown"], RAIN, "rainy"),
        ("category", ["travel", "finance", "cooking", "other"], KITCHEN, "cooking"),
        ("category", ["travel", "finance", "sports", "other"], CAFE, "other"),
        ("time_of_day", ["morning", "night", "unknown"], CAFE, "unknown"),
        ("topic", ["weather", "aviation", "unknown"], NO_EVIDENCE, "unknown"),
    ],
)
def test_only_clear_lead_selects_member(
    weights: Weights, field: str, members: list[str], seen: SegmentEvidence, expected: str
) -> None:
    properties: dict[str, Any] = {field: {"enum": members}}
    schema = schema_of(**properties)
    extraction = BuiltinExtractor(MiniLmTextEmbedder(weights)).extract(
        ExtractionRequest("Sort.", schema, seen)
    )
    assert extraction.data == {field: expected}
