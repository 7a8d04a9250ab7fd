"""Selection of the findings that the objects of an array represent."""

from typing import Any, Final

from shared.domain.schema.shape import alternatives, members, types_of
from shared.models.builtin.extraction import names
from shared.models.builtin.extraction.fields import Field, Role, field_of
from shared.models.builtin.extraction.findings import Findings, Row
from shared.models.builtin.extraction.lexicon import CATEGORIES, UNITS
from shared.models.builtin.extraction.numbers import numbers_in
from shared.models.builtin.extraction.texts import thing_rows
from shared.models.builtin.extraction.words import stems_of, word_set

_SPEECH_WORDS: Final = word_set("speaker quote utterance transcript speech said word dialogue")
_LINE_WORDS: Final = word_set("line text ocr caption")
_THING_WORDS: Final = word_set("label object item product tag thing entity")


def rows_for(field: Field, element: Any, findings: Findings) -> list[Row]:
    """Return one row per object; none if neither the field's name nor the members identify the objects."""
    words = set(field.words)
    if field.role is Role.SPEECH or words & _SPEECH_WORDS:
        return list(findings.speech)
    if field.role is Role.SCREEN_TEXT:
        return list(findings.lines)
    if field.role is Role.NAMES and not words & {"person", "people"}:
        return _name_rows(findings)
    if field.role is Role.THINGS or words & CATEGORIES.keys():
        return thing_rows(field, findings)
    return _by_members(field, element, findings)


def _by_members(field: Field, element: Any, findings: Findings) -> list[Row]:
    member_words = {word for name, _ in members(element) for word in field_of(name, "", {}, "").words}
    table = _table_rows(field, member_words, findings) if _has_number(element) else []
    if table:
        return table
    kinds = ((_SPEECH_WORDS, findings.speech), (_LINE_WORDS, findings.lines), (_THING_WORDS, findings.tags))
    return next((list(rows) for known, rows in kinds if member_words & known), [])


def _name_rows(findings: Findings) -> list[Row]:
    """Return each name with the place where it first appears."""
    rows = []
    for name in names.names_in(findings):
        source = next((row for row in findings.texts if name in row.text), None)
        if source:
            rows.append(Row(name, source.kind, source.start, source.end, source.confidence, box=source.box))
    return rows


def _has_number(element: Any) -> bool:
    return any(
        {"number", "integer"} & set(types_of(branch)) and "object" not in types_of(branch)
        for _, member in members(element)
        for branch in alternatives(member)
    )


def _table_rows(field: Field, member_words: set[str], findings: Findings) -> list[Row]:
    """Return lines with words and a number, if a unit or a heading shows that they match the field."""
    lines = [row for row in findings.lines if numbers_in(row.text) and any(c.isalpha() for c in row.text)]
    units = {unit for word in {*member_words, *field.words} for unit in UNITS.get(word, ())}
    with_unit = [row for row in lines if any(number.unit in units for number in numbers_in(row.text))]
    if with_unit:
        return with_unit
    topic_words = (member_words | field.topics) - {"value", "number", "label", "name", "count", "amount"}
    has_heading = any(topic_words & set(stems_of(row.text)) for row in findings.lines)
    return lines if has_heading else []
