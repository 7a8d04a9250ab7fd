"""The role of a schema field, derived from its name, its description and the instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from shared.models.builtin.extraction.words import name_stems, stems_of, topics


class Role(StrEnum):
    """The kind of content that a field asks for."""

    SUMMARY = "summary"
    TITLE = "title"
    LANGUAGE = "language"
    MEDIA_TYPE = "media_type"
    SENTIMENT = "sentiment"
    SPEECH = "speech"
    SCREEN_TEXT = "screen_text"
    NAMES = "names"
    THINGS = "things"
    START = "start"
    END = "end"
    DURATION = "duration"
    CONFIDENCE = "confidence"
    COUNT = "count"
    KIND = "kind"
    ROW_TEXT = "row_text"
    """The text of the finding that an object of an array represents."""
    ROW_NAME = "row_name"
    """The same text without its number, which has a field of its own."""
    OTHER = "other"


_THING_WORDS: Final = (
    "object item product thing tag label keyword topic subject element animal pet vehicle food "
    "furniture electronic tool"
)

_NAME_WORDS: Final[tuple[tuple[Role, frozenset[str]], ...]] = tuple(
    (role, frozenset(words.split()))
    for role, words in (
        (Role.COUNT, "count many quantity"),
        (Role.CONFIDENCE, "confidence probability certainty"),
        (Role.DURATION, "duration"),
        (Role.START, "start begin timestamp timecode time first"),
        (Role.END, "end finish last"),
        (Role.LANGUAGE, "language"),
        (Role.SENTIMENT, "sentiment mood tone emotion feeling"),
        (Role.SCREEN_TEXT, "text ocr caption subtitle line written headline heading"),
        (
            Role.SPEECH,
            "transcript transcription speech quote said spoken dialogue dialog narration utterance word",
        ),
        (
            Role.NAMES,
            "brand logo company organisation organization person people actor celebrity trademark",
        ),
        (Role.TITLE, "title"),
        (Role.SUMMARY, "summary description scene overview synopsis content caption abstract depiction"),
        (Role.THINGS, _THING_WORDS),
        (Role.KIND, "kind category class"),
    )
)

TIME_ROLES: Final = (Role.START, Role.END, Role.DURATION)
_TIME_WORDS: Final = frozenset(
    {
        *("start", "begin", "first", "end", "finish", "last", "duration", "time", "timestamp", "timecode"),
        *("second", "sec", "s", "at", "in", "of", "seen"),
        *("segment", "scene", "shot", "clip", "video", "audio", "media"),
    }
)
"""The words of a name that means a time of the segment, in seconds. A name with any other word, such as
``last_price`` or ``departure_time``, means something else."""

_PHRASES: Final[tuple[tuple[Role, re.Pattern[str]], ...]] = tuple(
    (role, re.compile(pattern, re.IGNORECASE))
    for role, pattern in (
        (
            Role.SCREEN_TEXT,
            r"on[- ]screen|text (that|which|in|shown|seen|visible)|can be read|written|lines? of text",
        ),
        (Role.SPEECH, r"\b(said|says|spoken|speech|speaks|heard|transcript)\b"),
        (Role.NAMES, r"\b(brands?|brand names?|compan(y|ies)|names? of (people|persons|brands))\b"),
        (Role.THINGS, r"\b(objects?|things|items|products)\b"),
        (Role.SUMMARY, r"\b(summar(y|ise|ize)|what happens|describe|sentences? (on|about|describing))\b"),
    )
)


@dataclass(frozen=True, slots=True)
class Field:
    """A schema field. ``path`` is the canonical path for messages; ``words`` are the stems of the name."""

    name: str
    path: str
    description: str
    words: tuple[str, ...]
    role: Role
    topics: frozenset[str]
    """Stems that the field is about, from the name, or from the description if the name has none."""


def field_of(name: str, parent: str, schema: dict[str, Any], instructions: str) -> Field:
    description = " ".join(str(schema.get(key, "")) for key in ("title", "description")).strip()
    words = tuple(name_stems(name))
    role = _role(words, description, _clause_about(name, instructions))
    about = topics(words) or topics(stems_of(description))
    return Field(name, f"{parent}.{name}" if parent else name, description, words, role, about)


def _role(words: tuple[str, ...], description: str, clause: str) -> Role:
    """Derive the role from the name, else from a text about the field."""
    named = _named_role(words)
    if named is not None:
        return named
    for text in (description, clause):
        for role, pattern in _PHRASES:
            if text and pattern.search(text):
                return role
    return Role.OTHER


def _named_role(words: tuple[str, ...]) -> Role | None:
    """Return the role that a name states. The last word counts first: ``product_count`` is a count."""
    for part in (words[-1:], words[:-1]):
        for role, known in _NAME_WORDS:
            if known & set(part):
                return _time_role(words) if role in TIME_ROLES else role
    return None


def _time_role(words: tuple[str, ...]) -> Role | None:
    """Return which time of the segment a name means. None: it means something else."""
    if not _TIME_WORDS.issuperset(words):
        return None
    for role, known in _NAME_WORDS:
        if role in (Role.DURATION, Role.END) and known & set(words):
            return role
    return Role.START


def _clause_about(name: str, instructions: str) -> str:
    """Return the clause that explains a field: ``lines: what can be read`` explains ``lines``."""
    found = re.search(rf"\b{re.escape(name)}\b\s*[:=(-]\s*([^.;\n]{{3,200}})", instructions)
    return found[1] if found else ""
