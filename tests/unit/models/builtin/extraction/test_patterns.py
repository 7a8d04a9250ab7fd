"""Texts that match a pattern or a format."""

from typing import Any

import pytest

from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.patterns import MAX_CANDIDATES, matching_text
from tests.unit.models.builtin.extraction.material import findings

SEEN = findings(
    lines=("Order AB-1234 or CD-5678,", "due (2026-03-01)."), speech="Paris has ten gates at noon"
)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"pattern": "^[A-Z]{2}-\\d{4}$"}, "AB-1234"),
        ({"pattern": "^CD-\\d+$"}, "CD-5678"),  # without the comma
        ({"type": "string", "format": "date"}, "2026-03-01"),
        ({"pattern": "^has ten gates at$"}, "has ten gates at"),
        ({"pattern": "^has ten gates at noon$"}, NO_VALUE),  # more than four words
        ({"pattern": "^or CD-5678, due$"}, NO_VALUE),  # over the end of a line
        ({"pattern": "^[A-Z][a-z]+$"}, NO_VALUE),  # any word matches
        ({"pattern": "\\d"}, NO_VALUE),
        ({"pattern": "^[A-Z]{2}-\\d{4}$", "minLength": 8}, NO_VALUE),
        ({"minLength": 7}, NO_VALUE),
        ({"type": "string", "format": "email"}, NO_VALUE),
    ],
)
def test_first_match_of_telling_pattern_is_taken(schema: dict[str, Any], text: Any) -> None:
    assert matching_text(schema, SEEN) == text


@pytest.mark.parametrize(("words_before", "found"), [(1, True), (MAX_CANDIDATES, False)])
def test_number_of_candidates_is_limited(words_before: int, found: bool) -> None:
    seen = findings(speech="a " * words_before + "X-1")
    assert (matching_text({"pattern": "^X-1$"}, seen) == "X-1") is found
