"""Texts in the evidence that have the form a schema asks for: codes, dates, addresses."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.models.builtin.extraction.empties import NOTHING
from shared.models.builtin.extraction.findings import Findings

MAX_TRIED: Final = 3_000
MAX_WORDS: Final = 4

_ORDINARY: Final = ("word", "Word", "WORD", "Two words", "text 1")


def matches(schema: dict[str, Any], findings: Findings) -> Any:
    """The first run of words that fits ``pattern`` or ``format``.

    A form that ordinary words have too says nothing about what was meant: ``NOTHING`` then.
    """
    if not {"pattern", "format"} & schema.keys() or any(is_valid(schema, text) for text in _ORDINARY):
        return NOTHING
    return next((run for run in islice(_runs(findings), MAX_TRIED) if is_valid(schema, run)), NOTHING)


def _runs(findings: Findings) -> Iterator[str]:
    for row in findings.texts:
        words = [word.strip(".,;:!?()\"'“”") for word in row.text.split()]
        for length in range(1, MAX_WORDS + 1):
            for start in range(len(words) - length + 1):
                yield " ".join(words[start : start + length])
