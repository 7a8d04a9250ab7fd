"""Numbers in text and speech. A number is used only if an adjacent unit or word matches the field."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from shared.models.builtin.extraction.fields import Field, Role
from shared.models.builtin.extraction.findings import Findings, Row
from shared.models.builtin.extraction.lexicon import CATEGORIES, NUMBER_WORDS, UNITS
from shared.models.builtin.extraction.words import stem, stems_of

_NUMBER: Final = re.compile(
    r"(?P<before>[$€£¥])?\s?(?<![\w.])(?P<sign>[-−])?(?P<digits>\d{1,3}(?:[,\u202f]\d{3})+|\d+)(?:[.,](?P<decimals>\d+))?"  # noqa: RUF001 (the minus sign)
    r"\s?(?P<after>[%°$€£¥](?:[CF]\b)?|[A-Za-z]+(?:/[A-Za-z]+)?)?"
)
_MAX_WORD_DISTANCE: Final = 40
"""Maximum number of characters between a number and the word that says what it counts."""

_LETTERS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    unit: str
    start: int
    end: int


def numbers_in(text: str) -> list[Number]:
    found = [_number(match) for match in _NUMBER.finditer(text)]
    for match in _LETTERS.finditer(text):
        value = NUMBER_WORDS.get(match[0].lower())
        if value is not None:
            after = _LETTERS.match(text, match.end() + 1)
            found.append(Number(float(value), stem(after[0]) if after else "", match.start(), match.end()))
    return sorted(found, key=lambda number: number.start)


def _number(match: re.Match[str]) -> Number:
    digits = re.sub(r"\D", "", match["digits"])
    value = float(f"{'-' if match['sign'] else ''}{digits}.{match['decimals'] or 0}")
    after = (match["after"] or "").strip()
    unit = match["before"] or (after.lower() if not after.isalpha() else stem(after))
    return Number(value, unit, match.start("digits"), match.end())


def candidates(field: Field, findings: Findings) -> Iterator[float]:
    """Yield values for a numeric field, the best supported first."""
    yield from _measured(field, findings)
    units = frozenset(unit for word in field.words for unit in UNITS.get(word, ()))
    topic_words = frozenset(word for word in field.topics if word not in UNITS)
    yield from _numbers_in_text(findings.texts, units, topic_words, counts=is_count(field))


def row_candidates(field: Field, row: Row) -> Iterator[float]:
    """Yield values for a numeric field of one row. The only number of a line needs no unit."""
    if is_count(field) and row.kind in ("object", "scene"):
        yield float(row.count)
    found = numbers_in(row.text)
    units = frozenset(unit for word in field.words for unit in UNITS.get(word, ()))
    with_unit = [number.value for number in found if number.unit in units]
    yield from with_unit or ([found[0].value] if len(found) == 1 and row.kind == "line" else [])


def is_count(field: Field) -> bool:
    """Return whether the field is a count: ``people_count``, ``number_of_people``, ``num_people``."""
    return field.role is Role.COUNT or field.words[:2] == ("number", "of") or field.words[:1] == ("num",)


def _measured(field: Field, findings: Findings) -> Iterator[float]:
    """Yield values that are not parsed from text: times, counts of findings, confidence of the evidence."""
    if field.role is Role.START:
        yield findings.start
    elif field.role is Role.END:
        yield findings.end
    elif field.role is Role.DURATION:
        yield findings.end - findings.start
    elif field.role is Role.CONFIDENCE:
        rows = findings.tags[:1] or findings.lines[:1] or findings.speech[:1]
        yield from (row.confidence for row in rows)
    elif is_count(field):
        yield from _counts(field, findings)


def _counts(field: Field, findings: Findings) -> Iterator[float]:
    topic_words = set(field.words) - {"count", "many", "quantity", "total", "number", "num", "of", "how"}
    wanted = set(topic_words).union(*(CATEGORIES.get(word, ()) for word in topic_words))
    if topic_words & {"segment", "scene"} and findings.results:
        yield float(len(findings.results))
    if topic_words & {"word"} and findings.speech:
        yield float(len(findings.spoken_text.split()))
    if topic_words & {"line", "text"} and findings.has_images:
        yield float(len(findings.lines))
    if topic_words & {"object", "thing", "item", "tag", "label"} and findings.has_images:
        yield float(len(findings.tags))
    seen = [row.count for row in findings.tags if wanted & set(stems_of(row.text))]
    if seen:
        yield float(sum(seen))


def _numbers_in_text(
    rows: Iterable[Row], units: frozenset[str], topic_words: frozenset[str], *, counts: bool
) -> Iterator[float]:
    """Yield numbers with a matching unit and a nearby word, then with a unit only, then with a word only."""
    ranked: list[tuple[int, int, float]] = []
    for order, row in enumerate(rows):
        word_positions = [(stem(m[0]), m.start()) for m in _LETTERS.finditer(row.text)]
        for number in numbers_in(row.text):
            has_unit = number.unit in units
            distances = [
                abs(position - number.start) for word, position in word_positions if word in topic_words
            ]
            has_word = bool(distances) and min(distances) <= _MAX_WORD_DISTANCE
            if counts and number.unit in topic_words:
                has_unit = True
            if has_unit or (has_word and not units):
                ranked.append((-(2 * has_unit + has_word), order, number.value))
    yield from (value for _, _, value in sorted(ranked))
