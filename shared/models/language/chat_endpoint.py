"""One OpenAI-compatible chat endpoint: requests, retries, and what the server turns out to accept.

The key is only ever put into the request header: records, messages and logs never hold it.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

import httpx
from pydantic import SecretStr

from shared.domain import ids
from shared.domain.clock import now, timestamp
from shared.domain.runs.prompt_run import ModelCall
from shared.domain.runs.statuses import CallPurpose, CallStatus
from shared.models.language.chat_messages import Message, readable, without_pictures
from shared.models.language.constraint_support import Constraint, ConstraintSupport
from shared.models.language.interruptible import attended
from shared.models.language.plain_schema import plain_schema
from shared.models.language.strict_schema import is_strict
from shared.ports.models import CheckStop, ExtractionFailed, KeySource, never_stop

_log = logging.getLogger(__name__)

MAX_PAUSE: Final = 30.0
CONTEXT_EXCEEDED: Final = "model_context_exceeded"
_TOO_LONG: Final = ("maximum model length", "max_model_len", "context length", "context size")
_RETRIED: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """``cut_off``: it was longer than it may be."""

    text: str
    call: ModelCall
    cut_off: bool = False


def no_key() -> SecretStr | None:
    """For an endpoint that asks for none."""
    return None


@dataclass
class ChatEndpoint:
    """``api_key`` is asked before every request; ``sleep`` is time.sleep outside tests. ``answer_tokens``
    is the longest answer; None: whatever the server allows. Safe to share between threads."""

    base_url: str
    model: str
    api_key: KeySource = no_key
    timeout_seconds: float = 120.0
    attempts: int = 4
    answer_tokens: int | None = None
    sleep: Callable[[float], None] = time.sleep
    accepted: ConstraintSupport = field(default_factory=ConstraintSupport)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        patience = httpx.Timeout(self.timeout_seconds, connect=min(10.0, self.timeout_seconds / 4))
        self._client = httpx.Client(base_url=self.base_url.rstrip("/"), timeout=patience)

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        purpose: CallPurpose,
        calls: list[ModelCall],
        check_stop: CheckStop = never_stop,
    ) -> ChatAnswer:
        """One answer; every request made for it is appended to ``calls``.

        Raises:
            ExtractionFailed: the endpoint cannot be reached or refuses; ``calls`` holds why. Or there is
                no key for it, and no call was made.
            what ``check_stop`` raises, also while an answer is waited for.
        """
        attempt = 0
        while True:
            check_stop()
            asked = self.accepted.constraint(schema)
            response, call = attended(partial(self._send, messages, schema, purpose), check_stop)
            calls.append(call)
            if response is not None and response.is_success and call.status is CallStatus.SUCCESS:
                return ChatAnswer(call.response_text or "", call, _is_cut_off(response))
            if response is not None and self._adapt(response, schema, asked):
                continue
            attempt += 1
            retryable = response is None or response.is_success or response.status_code in _RETRIED
            if attempt >= self.attempts or not retryable:
                message = call.error_message or "no answer"
                raise ExtractionFailed(message, code=_code(response), retryable=retryable, calls=tuple(calls))
            attended(partial(self.sleep, _pause(response, attempt)), check_stop)

    def _send(
        self, messages: Sequence[Message], schema: Mapping[str, Any], purpose: CallPurpose
    ) -> tuple[httpx.Response | None, ModelCall]:
        key = self.api_key()
        began, invoked_at = time.monotonic(), timestamp()
        response: httpx.Response | None = None
        text: str | None = None
        error: str | None = None
        usage: dict[str, Any] = {}
        try:
            response = self._client.post(
                "/chat/completions", json=self._body(messages, schema), headers=_authorization(key)
            )
            if response.is_success:
                said, usage = _content(response)
                text = _without(key, said)
            else:
                said = _without(key, response.text)[:500]  # in this order: half a key is one too
                error = f"The model endpoint answered {response.status_code}: {said}"
        except httpx.TimeoutException:
            error = f"The model endpoint did not answer within {self.timeout_seconds:g} s."
        except httpx.HTTPError as failure:
            error = f"The model endpoint cannot be reached: {type(failure).__name__}"
        except (ValueError, KeyError, IndexError, TypeError):
            error = "The model endpoint did not answer as a chat endpoint does."
        call = ModelCall(
            call_id=ids.new_id(ids.MODEL_CALL),
            model=self.model,
            purpose=purpose,
            status=CallStatus.FAILED if error else CallStatus.SUCCESS,
            input_tokens=usage.get("prompt_tokens") or 0,
            output_tokens=usage.get("completion_tokens") or 0,
            prompt_text=readable(messages),
            response_text=text,
            schema_used=json.dumps(schema, ensure_ascii=False),
            invoked_at=invoked_at,
            completed_at=timestamp(),
            duration_ms=round(1000 * (time.monotonic() - began)),
            error_message=error,
        )
        return response, call

    def _body(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        sent = messages if self.accepted.pictures else without_pictures(messages)
        body: dict[str, Any] = {"model": self.model, "messages": list(sent)}
        if self.accepted.temperature:
            body["temperature"] = 0
        if self.answer_tokens is not None:
            body["max_completion_tokens"] = self.answer_tokens
        match self.accepted.constraint(schema):
            case Constraint.JSON_SCHEMA:
                body["response_format"] = _json_schema(schema)
            case Constraint.PLAIN_SCHEMA:
                body["response_format"] = _json_schema(plain_schema(schema))
            case Constraint.STRUCTURED_OUTPUTS:
                body["structured_outputs"] = {"json": schema}
            case Constraint.JSON_OBJECT:
                body["response_format"] = {"type": "json_object"}
        return body

    def _adapt(self, response: httpx.Response, schema: Mapping[str, Any], asked: Constraint) -> bool:
        """Whether the refusal named something that can be left out; leaves it out from now on."""
        if response.status_code not in (400, 404, 415, 422, 501):
            return False
        said = response.text.lower()
        if _is_too_long(response):
            return False  # vLLM then speaks of pictures too: fewer would fit
        with self._lock:
            if self.accepted.temperature and "temperature" in said:
                self.accepted.temperature = False
            elif self.accepted.pictures and any(word in said for word in ("image", "vision", "multimodal")):
                self.accepted.pictures = False
            elif self.accepted.constraint(schema) is not asked:
                return True  # another thread has learnt the same meanwhile
            elif asked is not Constraint.NONE and _names_constraint(said):
                self.accepted.refuse(schema, asked)
            else:
                return False
        _log.info("the model endpoint refused a request, which is changed: %s", said[:300])
        return True


def _authorization(key: SecretStr | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}


def _without(key: SecretStr | None, text: str) -> str:
    secret = key.get_secret_value() if key else ""
    return text.replace(secret, "***") if secret else text


def _json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    described = {"name": "extraction", "schema": schema, "strict": is_strict(schema)}
    return {"type": "json_schema", "json_schema": described}


def _is_too_long(response: httpx.Response) -> bool:
    said = response.text.lower()
    return response.status_code in (400, 413, 422) and any(words in said for words in _TOO_LONG)


def _is_cut_off(response: httpx.Response) -> bool:
    return bool(response.json()["choices"][0].get("finish_reason") == "length")


def _names_constraint(said: str) -> bool:
    words = ("response_format", "json_schema", "json_object", "structured", "guided", "grammar", "schema")
    return any(word in said for word in words)


def _content(response: httpx.Response) -> tuple[str, dict[str, Any]]:
    body = response.json()
    message = body["choices"][0]["message"]
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content)
    if not isinstance(content, str):
        raise ValueError(message.get("refusal") or "no content")
    usage = body.get("usage")
    return content, usage if isinstance(usage, dict) else {}


def _code(response: httpx.Response | None) -> str:
    if response is None:
        return "model_unreachable"
    if response.is_success:
        return "model_answer_unusable"
    if _is_too_long(response):
        return CONTEXT_EXCEEDED
    return "model_rate_limited" if response.status_code == 429 else f"model_http_{response.status_code}"


def _pause(response: httpx.Response | None, attempt: int) -> float:
    """Retry-After (seconds or a date) where given, else 1, 2, 4 s."""
    given = response.headers.get("retry-after") if response is not None else None
    if given is None:
        return min(2.0 ** (attempt - 1), MAX_PAUSE)
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(given) - now()).total_seconds()
        except (ValueError, TypeError):
            seconds = 2.0 ** (attempt - 1)
    return min(max(seconds, 0.0), MAX_PAUSE)
