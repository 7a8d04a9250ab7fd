"""Prompt definitions from plain-language instructions, without a language model.

The instruction is split into phrases. Each phrase becomes a property whose type its words suggest: ``number
of people`` an integer, ``whether it rains`` a boolean, ``sentiment`` an enum, ``products`` a list. Each
definition has a summary. An instruction that the rules do not understand, such as one in another language,
gets a summary and a list of items.
"""

from __future__ import annotations

import re
from typing import Any, Final

from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.prompts.rules import TEXT_LENGTH
from shared.models.builtin.prompt_words import (
    BOOLEAN,
    COUNT,
    ENGLISH,
    ENUMS,
    LEADING,
    NUMBERS,
    OPENING,
    RENAMED_PROPERTIES,
    SEPARATOR,
    SINGULAR,
    TIMES,
    TRAILING,
)

MODEL: Final = "builtin-prompt-writer@1"
MAX_PROPERTIES: Final = 20
_MAX_NAME_WORDS: Final = 5

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
    if asked := BOOLEAN.match(phrase):
        return _boolean_name(asked["rest"]), {"type": ["boolean", "null"], "description": description}
    if counted := COUNT.match(phrase):
        name = _identifier(f"{_head_noun(counted['rest'])} count")
        return name, {"type": ["integer", "null"], "minimum": 0, "description": description}
    name = _identifier(phrase)
    return name, {**_type_schema(name.split("_")), "description": description}


def _type_schema(words: list[str]) -> JsonObject:
    for known, members in ENUMS.items():
        if known in words:
            return {"type": "string", "enum": [*members]}
    if set(words) & NUMBERS:
        return {"type": ["number", "null"]}
    if set(words) & TIMES:
        return {"type": ["number", "null"], "minimum": 0}
    last = words[-1]
    if last in ("people", "text") or (last.endswith("s") and last not in SINGULAR):
        return {"type": "array", "items": {"type": "string"}}
    return {"type": ["string", "null"]}


def _string_array(description: str) -> JsonObject:
    return {"type": "array", "items": {"type": "string"}, "description": description}


def _boolean_name(rest: str) -> str:
    name = _identifier(rest)
    is_statement = name.startswith(("is_", "has_", "contains_")) or re.match(r"(?i)(it|they|he|she)\b", rest)
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
    name = "_".join(words[:_MAX_NAME_WORDS])[:60]
    if not re.search(r"[a-z]", name):
        return ""
    return RENAMED_PROPERTIES.get(name, name)


def _name(request: str) -> str:
    cut = request[:60]
    name = (cut.rsplit(" ", 1)[0] if len(request) > 60 and " " in cut else cut).strip(" .,;:")
    return name[:1].upper() + name[1:] if len(name) >= 3 else f"Prompt {name}".strip()


def _prompt_text(request: str) -> str:
    text = request if len(request) >= TEXT_LENGTH[0] else f"Extract: {request}"
    return text[: TEXT_LENGTH[1]]
