"""Media-wide values aggregated from segment results: unions, majorities, sums."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from shared.models.builtin.extraction.fields import Field, Role
from shared.models.builtin.extraction.words import folded, name_stems

MAX_SUMMARY: Final = 1200
"""Maximum number of characters of joined summaries."""

_EXTREMES: Final = {
    "max": max,
    "maximum": max,
    "peak": max,
    "highest": max,
    "min": min,
    "minimum": min,
    "lowest": min,
}
_SUMS: Final = frozenset({"total", "sum", "overall"})
_AVERAGES: Final = frozenset({"average", "mean", "avg"})
_QUALIFIERS: Final = frozenset(
    {*_EXTREMES, *_SUMS, *_AVERAGES, "all", "main", "video", "overall", "dominant"}
)


def values_for(field: Field, results: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the segments' values of a field.

    A segment's field matches if it has the same name or differs only by qualifiers such as ``total``. The
    server adds names in brackets, which are no fields.
    """
    wanted = {tuple(field.words), tuple(word for word in field.words if word not in _QUALIFIERS)}
    return [
        value
        for result in results
        for name, value in result.items()
        if value is not None and not name.startswith("[") and tuple(name_stems(name)) in wanted
    ]


def joined_text(field: Field, values: Sequence[Any]) -> str:
    """Join distinct texts; for fields other than summary, speech and screen text return the most frequent."""
    texts = [value.strip() for value in values if isinstance(value, str) and value.strip()]
    if not texts:
        return ""
    if field.role not in (Role.SUMMARY, Role.SPEECH, Role.SCREEN_TEXT):
        return str(most_frequent(texts))
    distinct = list({folded(text): text for text in texts}.values())
    joined: list[str] = []
    for text in distinct:
        if sum(map(len, joined)) + len(text) > MAX_SUMMARY and joined:
            break
        joined.append(text)
    return ("\n" if field.role is Role.SCREEN_TEXT else " ").join(joined)


def union(values: Sequence[Any]) -> list[Any]:
    """Return the elements of all lists, each once, the most frequent first."""
    elements = [item for value in values for item in (value if isinstance(value, list) else [value])]
    keys = [folded(item) if isinstance(item, str) else repr(item) for item in elements]
    counted = Counter(keys)
    first = dict(reversed(list(zip(keys, elements, strict=True))))
    return [first[key] for key, _ in counted.most_common()]


def combined_number(field: Field, values: Sequence[Any]) -> float | None:
    """Combine numbers by the field's name: extremes, sums, averages; by default the largest."""
    numbers = [float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]
    if not numbers:
        return None
    words = set(field.words)
    for word, pick in _EXTREMES.items():
        if word in words:
            return float(pick(numbers))
    if words & _SUMS:
        return sum(numbers)
    if words & _AVERAGES or field.role is Role.CONFIDENCE:
        return sum(numbers) / len(numbers)
    return max(numbers)


def any_true(values: Sequence[Any]) -> bool | None:
    flags = [value for value in values if isinstance(value, bool)]
    return any(flags) if flags else None


def most_frequent(values: Sequence[Any]) -> Any | None:
    """Return the most frequent value. Of equally frequent values, return the first."""
    counted = Counter(repr(value) for value in values)
    return max(values, key=lambda value: counted[repr(value)]) if values else None
