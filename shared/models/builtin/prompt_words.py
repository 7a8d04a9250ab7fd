"""Word lists and patterns for parsing plain-language instructions."""

import re
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _prefix_pattern(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"^(?:{'|'.join(phrases)})\b[\s,:]*", re.IGNORECASE)


SEPARATOR: Final = re.compile(
    r"\s*(?:[,;\n•]|[.!?](?=\s|$)|\band\s+also\b|\bas well as\b|\band\b|\bplus\b|&)\s*", re.IGNORECASE
)
OPENING: Final = _prefix_pattern(
    "please|can you|could you|i want(?: to)?|i need(?: to)?|we need(?: to)?",
    "for each (?:segment|scene|video)|also|then|to",
)
LEADING: Final = _prefix_pattern(
    "extract|find|list|get|identify|detect|return|give me|give|show|capture|note|record|describe",
    "collect|tell me|tell|track|determine|report|know|see|recogni[sz]e|classify|tag|mention|what|which",
    "the|a|an|any|all|every|each|visible|its|their|main|names? of(?: the| all)?|(?:a )?list of",
)
TRAILING: Final = re.compile(
    r"\s+(?:(?:in|from|of|for|within) (?:the|this|each|every|a) "
    r"(?:video|clip|segment|scene|footage|media|picture|image|audio|recording|item)s?|"
    r"(?:that|which|who) (?:is|are|appear|appears|can be) .*|(?:is|are) (?:visible|shown)|"
    r"shown|visible|if any|etc)$",
    re.IGNORECASE,
)
BOOLEAN: Final = re.compile(
    r"^(?:whether(?: or not)?|if|is there|are there|does it|do they|is it|has)\s+"
    r"(?:there (?:is|are)\s+)?(?P<rest>.+)$",
    re.IGNORECASE,
)
COUNT: Final = re.compile(
    r"^(?:number of|count of|count|how many|total number of|amount of)\s+(?:the\s+)?(?P<rest>.+)$",
    re.IGNORECASE,
)

ENGLISH: Final = _words(
    "a an and the of in on is are for to with what which who whether if how many any all each every list "
    "find extract get identify detect describe count show return give number visible tell classify tag "
    "summarize summarise products brands people objects text sentiment topics"
)

ENUMS: Final[dict[str, tuple[str, ...]]] = {
    "sentiment": ("positive", "neutral", "negative", "mixed"),
    "mood": ("calm", "happy", "sad", "tense", "energetic", "neutral"),
    "tone": ("positive", "neutral", "negative", "mixed"),
    "weather": ("sunny", "cloudy", "rainy", "snowy", "foggy", "unknown"),
    "setting": ("indoor", "outdoor", "unknown"),
}
NUMBERS: Final = _words(
    "price prices cost score rating temperature percentage speed weight height width distance age confidence"
)
TIMES: Final = _words("duration timestamp timestamps")
SINGULAR: Final = _words("summary business process news series canvas address status focus class")
RENAMED_PROPERTIES: Final = {
    "transcription": "spoken_words",
    "metadata_text": "details",
    "screen_text": "visible_text",
    "text_on_screen": "visible_text",
    "text": "visible_text",
}
"""Replacements for property names that are reserved or that the product uses for another thing."""
