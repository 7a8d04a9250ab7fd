"""Prompt definitions written by a language model, with the built-in writer as fallback.

An editable draft is more useful than an error, so a failure of the model is not raised. The description of
the fallback draft names the failure.
"""

from __future__ import annotations

import json
import logging
from typing import Any, Final

from pydantic import ValidationError

from shared.domain.errors import InvalidRequest
from shared.domain.prompts.prompt import PromptDefinition
from shared.domain.prompts.rules import DESCRIPTION_LENGTH, check_definition
from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallPurpose
from shared.models.builtin.prompt_writer import BuiltinPromptWriter
from shared.models.language.chat_endpoint import ChatEndpoint
from shared.models.language.json_answers import ask_for_json
from shared.ports.models import ExtractionFailed

_log = logging.getLogger(__name__)

_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "3 to 100 characters"},
        "description": {"type": "string", "description": "at most 500 characters"},
        "prompt_text": {
            "type": "string",
            "description": "10 to 5000 characters: what to extract",
        },
        "json_schema": {"type": "object", "description": "JSON Schema Draft 2020-12 with root type object"},
    },
    "required": ["name", "description", "prompt_text", "json_schema"],
}

_SYSTEM: Final = (
    "You design prompts that extract structured metadata from each segment of a video, an audio file or a "
    "picture. From the user's wish, write a definition as one JSON object that is valid against the schema. "
    "In json_schema: root type object; snake_case property names with a description each; plain types, "
    "enums, arrays, nested objects; no $ref; never the names transcription or metadata_text at the root; "
    "allow null where an answer may be missing. Answer with the JSON object and nothing else."
)


class EndpointPromptWriter:
    def __init__(self, endpoint: ChatEndpoint) -> None:
        self._endpoint = endpoint
        self._fallback = BuiltinPromptWriter()

    @property
    def model(self) -> str:
        return self._endpoint.model

    def define(self, instruction: str) -> PromptDefinition:
        question = f"Wish:\n{instruction}\n\nJSON schema of the answer:\n{json.dumps(_SCHEMA)}"
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": question}]
        calls: list[ModelCall] = []
        try:
            answer = ask_for_json(
                self._endpoint, messages, _SCHEMA, CallPurpose.PROMPT_DEFINITION, _errors, calls
            )
        except ExtractionFailed as failure:
            _log.warning(
                "prompt writer fell back to the built-in one: %s after %d calls", failure.code, len(calls)
            )
            draft = self._fallback.define(instruction)
            note = f"Drafted without the language model ({failure.code}). {draft.description}"
            return draft.model_copy(update={"description": note[: DESCRIPTION_LENGTH[1]]})
        return _definition(answer)


def _definition(answer: Any) -> PromptDefinition:
    return PromptDefinition.model_validate({name: answer[name] for name in _SCHEMA["properties"]})


def _errors(answer: Any) -> list[tuple[str, str]]:
    try:
        check_definition(_definition(answer))
    except InvalidRequest as error:
        return [(error.field, error.rule)]
    except ValidationError as error:
        return [(".".join(map(str, item["loc"])), item["msg"]) for item in error.errors()]
    except (KeyError, TypeError):
        return [("", f"must be an object with {', '.join(_SCHEMA['required'])}")]
    return []
