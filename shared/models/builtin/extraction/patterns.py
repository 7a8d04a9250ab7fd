"""Texts in the evidence that match a schema's ``pattern`` or ``format``: codes, dates, addresses."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from shared.domain.schema.json_schema import is_valid
from shared.models.builtin.extraction.empty_values import NO_VALUE
from shared.models.builtin.extraction.findings import Findings

MAX_CANDIDATES: Final = 3_000
MAX_WORDS: Final = 4

_ORDINARY_TEXTS: Final = ("word", "Word", "WORD", "Two words", "text 1")


def matching_text(schema: dict[str, Any], findings: Findings) -> Any:
    """Return the first run of words that matches ``pattern`` or ``format``.

    If ordinary words match too, the pattern does not identify a value and the result is ``NO_VALUE``.
    """
    if not {"pattern", "format"} & schema.keys() or any(is_valid(schema, text) for text in _ORDINARY_TEXTS):
        return NO_VALUE
    return next((run for run in islice(_runs(findings), MAX_CANDIDATES) if is_valid(schema, run)), NO_VALUE)


def _runs(findings: Findings) -> Iterator[str]:
    for row in findings.texts:
        words = [word.strip(".,;:!?()\"'“”") for word in row.text.split()]
        for length in range(1, MAX_WORDS + 1):
            for start in range(len(words) - length + 1):
                yield " ".join(words[start : start + length])
