"""Parsing of JSON objects in a model's answer, with one repair request for an invalid answer."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallPurpose
from shared.models.language.chat_endpoint import ChatAnswer, ChatEndpoint
from shared.models.language.chat_messages import Message, repair_messages
from shared.ports.jobs import CheckStop, never_stop
from shared.ports.models import ExtractionFailed

Errors = list[tuple[str, str]]

_FENCE: Final = re.compile(r"```(?:json)?\s*\n?(.*?)```", re.DOTALL | re.IGNORECASE)
_THOUGHTS: Final = re.compile(r"<think>.*?</think>", re.DOTALL | re.IGNORECASE)


def parse_json_object(text: str) -> Any:
    """Parse the first JSON object in ``text``, fenced or not.

    Strings may contain raw line breaks and tabs, because the grammars of some servers allow them.

    Raises:
        ValueError: there is no valid JSON object.
    """
    plain = _THOUGHTS.sub("", text)
    for candidate in (plain, *_FENCE.findall(plain)):
        try:
            return _load(candidate.strip())
        except ValueError:
            continue
    start = plain.find("{")
    if start < 0:
        raise ValueError("there is no JSON object in the answer")
    return json.JSONDecoder(parse_constant=_refuse_constant, strict=False).raw_decode(plain[start:])[0]


def ask_for_json(
    endpoint: ChatEndpoint,
    messages: Sequence[Message],
    schema: Mapping[str, Any],
    purpose: CallPurpose,
    check: Callable[[Any], Errors],
    calls: list[ModelCall],
    check_stop: CheckStop = never_stop,
) -> Any:
    """Return an answer for which ``check`` finds no errors, after at most one repair request.

    Raises:
        ExtractionFailed: the endpoint failed, or the answer is invalid (``schema_validation_failed``);
            carries ``calls``.
        any exception of ``check_stop``.
    """
    answer = endpoint.complete(messages, schema, purpose, calls, check_stop)
    data, errors = _parse_and_check(answer, check)
    if errors:
        repair = [*messages, *repair_messages(answer.text, errors)]
        answer = endpoint.complete(repair, schema, CallPurpose.REPAIR, calls, check_stop)
        data, errors = _parse_and_check(answer, check)
    if errors:
        error_list = "; ".join(f"{path or 'root'}: {message}" for path, message in errors[:5])
        raise ExtractionFailed(
            f"The model's answer does not fit the schema: {error_list}",
            code="schema_validation_failed",
            retryable=True,
            calls=tuple(calls),
        )
    return data


def _parse_and_check(answer: ChatAnswer, check: Callable[[Any], Errors]) -> tuple[Any, Errors]:
    try:
        data = parse_json_object(answer.text)
    except (ValueError, RecursionError) as error:
        if answer.cut_off:
            return None, [("", "the answer was cut off where it became too long; it has to be shorter")]
        return None, [("", f"the answer is no JSON object: {error}")]
    return data, check(data)


def _load(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_constant, strict=False)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
