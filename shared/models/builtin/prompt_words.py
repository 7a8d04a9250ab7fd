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
    "please|can you|could you|let me|help me",
    "(?:i|we)(?: would|'d)? (?:want|need|like|love|wish)(?: to)?",
    "i am interested in|i'm interested in|to know|know",
    "for each (?:segment|scene|video)|also|then|to",
)
LEADING: Final = _prefix_pattern(
    "extract|find|list|get|identify|detect|return|give me|give|show|capture|note|record|describe",
    "collect|tell me|tell|track|determine|report|see|recogni[sz]e|classify|tag|mention|what (?:is|are)",
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

COMMAS_OF_CHOICE: Final = re.compile(r"\b(?:is|are) (?P<members>[\w-]+(?:, [\w-]+)+),? or ", re.IGNORECASE)
"""The beginning of an enumeration such as "is red, green or blue"."""

_PRONOUN: Final = "it|this|that|they|he|she|we|you|somebody|someone|anybody|anyone|everybody|everyone"
CHOICE: Final = re.compile(
    rf"^(?:(?:(?:whether|if)\s+)?(?:(?:{_PRONOUN})|(?P<subject>\S+(?:\s+\S+){{0,3}}?))\s+(?:is|are|was|were)\s+"
    rf"|(?:is|are)\s+(?:it|this|that|they)\s+)?(?P<members>\S+(?:\s+\S+)*?(?:\s+or\s+\S+(?:\s+\S+)*?)+)$",
    re.IGNORECASE,
)
"""A choice: "whether the shot is wide or close", "is it day or night", "day or night"."""

PRONOUN: Final = re.compile(rf"^(?:{_PRONOUN})\s+", re.IGNORECASE)
QUESTION: Final = re.compile(r"^(?:what|which|who)\s+", re.IGNORECASE)
AFTER_NOUN: Final = re.compile(
    rf"\s+(?:{_PRONOUN}|appears?|occurs?|happens?|is|are|was|were|can|could|do|does|has|have|which|who|for|during|"
    r"on|in|at|within)\b.*",
    re.IGNORECASE,
)
"""What follows the noun of "animals appear", "sports they play", "score of the match in the first half"."""

_WHO: Final = rf"(?:{_PRONOUN}|people|persons|(?:the )?\w+)"
ANSWERS: Final = (
    (
        re.compile(rf"^what (?:{_WHO} (?:do|does)|{_WHO} (?:is|are) doing|happens?)$", re.IGNORECASE),
        "actions",
    ),
    (
        re.compile(rf"^what (?:{_WHO} (?:say|says)|{_WHO} (?:is|are) saying|is said)$", re.IGNORECASE),
        "spoken_words",
    ),
    (re.compile(r"^who (?:is (?:speaking|talking)|speaks|talks)$", re.IGNORECASE), "speakers"),
    (re.compile(r"^who (?:appears?|is (?:there|visible|seen|shown))$", re.IGNORECASE), "people"),
)
"""Questions without a noun, and the property that holds the answer."""

SMALL_WORDS: Final = _words(
    "a an the and or also of to for from in on at by with within during each every any all is are what which "
    "who whether if how many"
)
"""Words that no name ends with."""

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
SINGULAR: Final = _words(
    "summary business process news series canvas address status focus class indoors outdoors"
)
PLURAL: Final = _words("people text men women children animals")
RENAMED_PROPERTIES: Final = {
    "transcription": "spoken_words",
    "metadata_text": "details",
    "screen_text": "visible_text",
    "text_on_screen": "visible_text",
    "text": "visible_text",
}
"""Replacements for property names that are reserved or that the product uses for another thing."""
