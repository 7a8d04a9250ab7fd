"""Prompt definitions from plain-language instructions, without a language model.

The instruction is split into phrases. Each phrase becomes a property whose type its words suggest: ``number
of people`` an integer, ``whether it rains`` a boolean, ``sentiment`` and ``day or night`` enums, ``products``
and ``which animals appear`` lists. Each definition has a summary. An instruction that the rules do not
understand, such as one in another language, gets a summary and a list of items.
"""

from __future__ import annotations

import re
from typing import Any, Final

from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.prompts.rules import TEXT_LENGTH
from shared.models.builtin.prompt_words import (
    AFTER_NOUN,
    ANSWERS,
    BOOLEAN,
    CHOICE,
    COMMAS_OF_CHOICE,
    COUNT,
    ENGLISH,
    ENUMS,
    LEADING,
    NUMBERS,
    OPENING,
    PLURAL,
    PRONOUN,
    QUESTION,
    RENAMED_PROPERTIES,
    SEPARATOR,
    SINGULAR,
    SMALL_WORDS,
    TIMES,
    TRAILING,
)

MODEL: Final = "builtin-prompt-writer@1"
MAX_PROPERTIES: Final = 20
_MAX_NAME_WORDS: Final = 5
_MAX_MEMBER_WORDS: Final = 3
_MAX_CHOICE: Final = 200
"""Characters of the longest phrase that can be a choice."""

_MAX_PROMPT_NAME: Final = 60
_UNKNOWN: Final = "unknown"

JsonObject = dict[str, Any]


class BuiltinPromptWriter:
    @property
    def model(self) -> str:
        return MODEL

    def define(self, instruction: str) -> PromptDefinition:
        """Build a definition that is always valid for saving."""
        request = " ".join(instruction.split())
        properties: JsonObject = {
            "summary": {"type": "string", "description": "One or two sentences on what happens."}
        }
        for phrase in _phrases(request):
            name, schema = _property(phrase)
            if name and len(properties) < MAX_PROPERTIES:
                properties.setdefault(name, schema)
        if len(properties) == 1:
            properties["items"] = _string_array(f"What was asked for: {request}"[:300])
        return PromptDefinition(
            name=_name(request),
            description="Drafted by rules from a plain instruction; edit it as you like."[:500],
            prompt_text=_prompt_text(request),
            json_schema={
                "type": "object",
                "properties": properties,
                "required": list(properties),
                "additionalProperties": False,
            },
        )


def _phrases(request: str) -> list[str]:
    """Split a request into phrases without leading verbs and articles. Unknown languages give no phrase."""
    words = set(re.findall(r"[a-z']+", request.lower()))
    if not words & ENGLISH:
        return []
    found = []
    request = COMMAS_OF_CHOICE.sub(lambda choice: choice[0].replace(", ", " or "), request)
    for part in SEPARATOR.split(request):
        phrase = part.strip(" .!?")
        while (shorter := TRAILING.sub("", LEADING.sub("", OPENING.sub("", phrase))).strip()) != phrase:
            phrase = shorter
        if phrase:
            found.append(phrase)
    return found


def _property(phrase: str) -> tuple[str, JsonObject]:
    """Return a property name ("" if the phrase has no letters) and the schema that its words suggest."""
    description = f"{phrase[0].upper()}{phrase[1:]}"[:300]
    phrase = re.sub(r"(?i)\s+or not$", "", phrase)
    if chosen := _choice(phrase):
        name, members = chosen
        return name, {"type": "string", "enum": members, "description": description}
    if asked := BOOLEAN.match(phrase):
        return _boolean_name(asked["rest"]), {"type": ["boolean", "null"], "description": description}
    if counted := COUNT.match(phrase):
        name = _identifier(f"{_head_noun(counted['rest'])} count")
        return name, {"type": ["integer", "null"], "minimum": 0, "description": description}
    name = next((answer for question, answer in ANSWERS if question.match(phrase)), "") or _noun(phrase)
    return name, {**_type_schema(name.split("_")), "description": description}


def _choice(phrase: str) -> tuple[str, list[str]] | None:
    """Return the name and the members of a choice between singular things, or None."""
    found = CHOICE.match(phrase) if len(phrase) <= _MAX_CHOICE else None
    if not found:
        return None
    named = [
        re.sub(r"^(?:an?|the)\s+", "", member).lower() for member in re.split(r"\s+or\s+", found["members"])
    ]
    members = list(dict.fromkeys(named))
    if len(members) < 2 or not all(map(_is_member, members)):
        return None
    name = _identifier(found["subject"] or "") or _identifier(" or ".join(members))
    return (name, [*members, *([] if _UNKNOWN in members else [_UNKNOWN])]) if name else None


def _is_member(text: str) -> bool:
    """Whether a text can be a member of a choice: not a sentence, and nothing of which there are several."""
    words = text.split()
    is_plural = _is_plural(words[-1])
    return len(words) <= _MAX_MEMBER_WORDS and not set(words) & SMALL_WORDS and not is_plural


def _noun(phrase: str) -> str:
    """Return the name of what a phrase asks for: its noun, without question words and pronouns."""
    text = PRONOUN.sub("", QUESTION.sub("", phrase))
    return _identifier(AFTER_NOUN.sub("", text)) or _identifier(text)


def _type_schema(words: list[str]) -> JsonObject:
    for known, members in ENUMS.items():
        if known in words:
            return {"type": "string", "enum": [*members]}
    if set(words) & NUMBERS:
        return {"type": ["number", "null"]}
    if set(words) & TIMES:
        return {"type": ["number", "null"], "minimum": 0}
    if _is_plural(words[-1]):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": ["string", "null"]}


def _is_plural(word: str) -> bool:
    return word in PLURAL or (word.endswith("s") and not word.endswith("ss") and word not in SINGULAR)


def _string_array(description: str) -> JsonObject:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _boolean_name(rest: str) -> str:
    text = PRONOUN.sub("", rest)
    name = _identifier(text)
    if text != rest and name:  # "it rains", "it is raining", "somebody is laughing"
        is_state = re.match(r"(?i)(?:is|are)\b", text)
        return f"is_{name}" if is_state else name
    is_statement = name.startswith(("is_", "has_", "contains_"))
    return name if not name or is_statement else _identifier(f"has {name}")


def _head_noun(text: str) -> str:
    """Drop what follows the noun: ``people in the room`` is about people."""
    return re.sub(r"\b(?:that|who|which|in|on|at|is|are|visible|shown)\b.*", "", text).strip() or text


def _identifier(text: str) -> str:
    """Return the first words in snake_case, or "" if they have no letter."""
    words = re.findall(r"[a-z0-9]+", text.lower().replace("'", ""))
    words = [
        word for word in words if word not in ("a", "an", "the", "any", "of", "all", "is", "are", "there")
    ]
    name = "_".join(_without_small_end(words[:_MAX_NAME_WORDS]))[:60]
    if not re.search(r"[a-z]", name):
        return ""
    return RENAMED_PROPERTIES.get(name, name)


def _name(request: str) -> str:
    """Return the first word groups of a request, without its opening, as the name of the prompt."""
    text = request
    while (shorter := OPENING.sub("", text)) != text:
        text = shorter
    name = _cut(text or request).strip(" .,;:")
    return name[:1].upper() + name[1:] if len(name) >= 3 else f"Prompt {name}".strip()


def _cut(text: str) -> str:
    """Cut a text that is too long for a name after a word group, else after a word that can end a name."""
    if len(text) <= _MAX_PROMPT_NAME:
        return text
    ends = [found.start() for found in SEPARATOR.finditer(text) if found.end() > found.start()]
    fitting = [end for end in ends if _MAX_PROMPT_NAME // 3 <= end <= _MAX_PROMPT_NAME]
    if fitting:
        return text[: fitting[-1]]
    cut, _, _ = text[: _MAX_PROMPT_NAME + 1].rpartition(" ")
    return " ".join(_without_small_end(cut.split(" "))) or text[:_MAX_PROMPT_NAME]


def _without_small_end(words: list[str]) -> list[str]:
    """Drop words from the end that no name ends with, unless nothing remains."""
    kept = len(words)
    while kept > 1 and words[kept - 1].lower() in SMALL_WORDS:
        kept -= 1
    return words[:kept]


def _prompt_text(request: str) -> str:
    text = request if len(request) >= TEXT_LENGTH[0] else f"Extract: {request}"
    return text[: TEXT_LENGTH[1]]
