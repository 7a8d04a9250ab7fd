"""Texts for string fields and lists of strings, quoted or composed from the evidence."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from shared.models.builtin.extraction.fields import Field, Role
from shared.models.builtin.extraction.findings import Findings, Row
from shared.models.builtin.extraction.lexicon import CATEGORIES
from shared.models.builtin.extraction.names import names_in
from shared.models.builtin.extraction.words import folded, stem, stems_of, word_set

CLEAR_TAG_CONFIDENCE: Final = 0.35
"""Minimum confidence of the tags that a summary states without reservation."""

_MAX_QUOTED_WORDS: Final = 40
_CODE_WORDS: Final = word_set("number id code gate no plate identifier reference serial model version")
_PEOPLE: Final = word_set("person people actor celebrity")
_LABELLED: Final = re.compile(r"(?P<label>[^:=]{2,40}?)\s*[:=]\s*(?P<value>\S.*)$")
_TOKEN: Final = re.compile(r"[^\s,;:]+")
_ENDS_OF_QUOTED_SENTENCE: Final = (".”", "!”", "?”", "…”")


def summary(findings: Findings) -> str:
    """Summarise the findings in one sentence, or return "" without evidence.

    Example: ``Shows cup and table; text on screen: “MENU”; somebody says: “Hello”.``
    """
    parts = []
    shown = [row.text for row in findings.tags if row.confidence >= CLEAR_TAG_CONFIDENCE][:5]
    if shown:
        parts.append(f"shows {_joined_with_and(shown)}")
    if findings.lines:
        parts.append(f"text on screen: {', '.join(f'“{row.text}”' for row in findings.lines[:6])}")
    if findings.speech:
        words = findings.spoken_text.split()
        cut = " …" if len(words) > _MAX_QUOTED_WORDS else ""
        parts.append(f"somebody says: “{' '.join(words[:_MAX_QUOTED_WORDS])}{cut}”")
    if not parts and findings.tags:
        parts.append(f"possibly shows {_joined_with_and([row.text for row in findings.tags[:3]])}")
    text = "; ".join(parts)
    end = "" if text.endswith(_ENDS_OF_QUOTED_SENTENCE) else "."
    return f"{text[0].upper()}{text[1:]}{end}" if text else ""


def string_candidates(field: Field, findings: Findings) -> Iterator[str]:
    """Yield texts for a string field, the best supported first."""
    match field.role:
        case Role.SUMMARY:
            yield summary(findings)
        case Role.TITLE:
            yield findings.title
        case Role.LANGUAGE:
            yield findings.language or ""
        case Role.SPEECH:
            yield findings.spoken_text
        case Role.SCREEN_TEXT:
            yield "\n".join(row.text for row in findings.lines)
        case Role.NAMES:
            yield from _names(field, findings)
        case Role.THINGS | Role.KIND:
            yield from thing_names(field, findings)
        case Role.OTHER if {"media", "medium"} & set(field.words):
            yield findings.media_type
        case _:
            yield from _texts_on_topic(field, findings)


def list_candidates(field: Field, findings: Findings) -> list[str]:
    """Return texts for a list field, each once."""
    match field.role:
        case Role.SPEECH:
            found: Iterable[str] = (row.text for row in findings.speech)
        case Role.SCREEN_TEXT:
            found = (row.text for row in findings.lines)
        case Role.NAMES:
            found = _names(field, findings) or _people_tags(field, findings)
        case Role.THINGS | Role.KIND:
            found = thing_names(field, findings)
        case Role.SUMMARY | Role.TITLE | Role.LANGUAGE:
            found = string_candidates(field, findings)
        case _:
            found = (
                thing_names(field, findings)
                if set(field.words) & CATEGORIES.keys()
                else _texts_on_topic(field, findings)
            )
    return list({folded(text): text for text in reversed([t for t in found if t])}.values())[::-1]


def _names(field: Field, findings: Findings) -> list[str]:
    return names_in(findings, of_people=bool(_PEOPLE & set(field.words)))


def _people_tags(field: Field, findings: Findings) -> list[str]:
    return thing_names(field, findings) if _PEOPLE & set(field.words) else []


def thing_names(field: Field, findings: Findings) -> list[str]:
    return [row.text for row in thing_rows(field, findings)]


def thing_rows(field: Field, findings: Findings) -> list[Row]:
    """Return tags that match the field.

    If the name is a category's (``animals``), only its members match. For products, animals and people are
    excluded.
    """
    groups = [CATEGORIES[word] for word in field.words if word in CATEGORIES]
    if groups:
        wanted = frozenset().union(*groups)
        return [row for row in findings.tags if wanted & set(stems_of(row.text))]
    if "product" in field.words:
        living = CATEGORIES["animal"] | CATEGORIES["person"]
        return [row for row in findings.tags if not living & set(stems_of(row.text))]
    return list(findings.tags)


def name_of_row(row: Row, *, without_numbers: bool) -> str:
    """Return the row's text, or only ``Lisbon`` of ``Lisbon 84 mm`` if the number has a field of its own."""
    if not without_numbers:
        return row.text
    label = re.split(r"[-–:=$€£¥]?\s*\d", row.text, maxsplit=1)[0].strip(" -–:=.,")
    return label or row.text


def _texts_on_topic(field: Field, findings: Findings) -> Iterator[str]:
    """Yield texts that share words with the field: the value after a label, else the whole line."""
    topic_words = field.topics - _CODE_WORDS or field.topics
    wants_code = bool(_CODE_WORDS & set(field.words))
    whole_lines = []
    for row in findings.texts:
        if not topic_words & set(stems_of(row.text)):
            continue
        value = _labelled_value(row.text, topic_words, wants_code=wants_code)
        if value:
            yield value
        elif not wants_code:
            whole_lines.append(row.text)
    yield from whole_lines


def _labelled_value(text: str, topic_words: frozenset[str], *, wants_code: bool) -> str:
    """Return the value in ``Gate: B12``, ``GATE B12`` or ``boarding at gate B12``."""
    labelled = _LABELLED.match(text.strip())
    if labelled and topic_words & set(stems_of(labelled["label"])):
        return labelled["value"].strip()
    tokens = list(_TOKEN.finditer(text))
    for i, token in enumerate(tokens[:-1]):
        following = tokens[i + 1][0].strip(".!?")
        if stem(token[0]) in topic_words and any(c.isdigit() for c in following):
            return following if wants_code or i + 2 == len(tokens) else ""
    return ""


def _joined_with_and(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
