"""Client of one OpenAI-compatible chat endpoint: requests, retries and capability detection.

The API key is only sent in the request header. Records, messages and logs never contain it.
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
from shared.models.language.chat_completion import (
    Answer,
    Completion,
    UnusableAnswer,
    completion_of,
    read_answer,
)
from shared.models.language.chat_messages import Message, readable_text, without_images
from shared.models.language.constraint_support import Constraint, ConstraintSupport
from shared.models.language.interruptible import run_interruptibly
from shared.models.language.plain_schema import plain_schema
from shared.models.language.strict_schema import is_strict
from shared.ports.jobs import CheckStop, never_stop
from shared.ports.models import ExtractionFailed, KeySource

_log = logging.getLogger(__name__)

MAX_RETRY_DELAY: Final = 30.0
CONTEXT_EXCEEDED: Final = "model_context_exceeded"
_TOO_LONG_PHRASES: Final = ("maximum model length", "max_model_len", "context length", "context size")
_UNREAD: Final = Answer(200, httpx.Headers(), b"")
"""Stands for an answer that arrived and was given up while it was read."""

_RETRYABLE_STATUSES: Final = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class ChatAnswer:
    """The answer of a model. ``cut_off``: the answer reached the token limit."""

    text: str
    call: ModelCall
    cut_off: bool = False


def no_key() -> SecretStr | None:
    """Key source of an endpoint without authentication."""
    return None


@dataclass
class ChatEndpoint:
    """A chat endpoint. Safe to share between threads.

    ``api_key`` is called before every request. ``sleep`` is ``time.sleep``, except in tests.
    ``answer_tokens`` limits the answer; None leaves the limit to the server. ``remedy`` says what an operator
    can do if the endpoint does not answer. Tenants read it, so it names no address.
    """

    base_url: str
    model: str
    api_key: KeySource = no_key
    timeout_seconds: float = 120.0
    attempts: int = 4
    answer_tokens: int | None = None
    remedy: str = ""
    sleep: Callable[[float], None] = time.sleep
    support: ConstraintSupport = field(default_factory=ConstraintSupport)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        timeout = httpx.Timeout(self.timeout_seconds, connect=min(10.0, self.timeout_seconds / 4))
        self._client = httpx.Client(base_url=self.base_url.rstrip("/"), timeout=timeout)

    def complete(
        self,
        messages: Sequence[Message],
        schema: Mapping[str, Any],
        purpose: CallPurpose,
        calls: list[ModelCall],
        check_stop: CheckStop = never_stop,
    ) -> ChatAnswer:
        """Return one answer. Every request made for it is appended to ``calls``.

        Raises:
            ExtractionFailed: the endpoint cannot be reached or refuses the request, and ``calls`` holds the
                reason; or the key is not available, and no call was made.
            any exception of ``check_stop``, also while the request waits for an answer.
        """
        attempt = 0
        while True:
            check_stop()
            constraint = self.support.constraint(schema)
            answer, completion, call = run_interruptibly(
                partial(self._send, messages, schema, purpose), check_stop
            )
            calls.append(call)
            if completion is not None:
                return ChatAnswer(call.response_text or "", call, completion.cut_off)
            if answer is not None and self._adapt(answer, schema, constraint):
                continue
            attempt += 1
            retryable = answer is None or answer.is_success or answer.status in _RETRYABLE_STATUSES
            if attempt >= self.attempts or not retryable:
                message = call.error_message or "no answer"
                raise ExtractionFailed(message, code=_code(answer), retryable=retryable, calls=tuple(calls))
            run_interruptibly(partial(self.sleep, _retry_delay(answer, attempt)), check_stop)

    def _send(
        self, messages: Sequence[Message], schema: Mapping[str, Any], purpose: CallPurpose
    ) -> tuple[Answer | None, Completion | None, ModelCall]:
        key = self.api_key()
        started_at, invoked_at = time.monotonic(), timestamp()
        answer: Answer | None = None
        completion: Completion | None = None
        error: str | None = None
        try:
            answer = self._post(self._body(messages, schema), key, started_at + self.timeout_seconds)
            if answer.is_success:
                completion = completion_of(answer)
            else:
                # Redact before truncating: a part of the key is secret too.
                reason = _redacted(key, answer.text)[:500]
                error = f"The model endpoint answered {answer.status}: {reason}"
        except UnusableAnswer as unusable:
            answer, error = answer or _UNREAD, str(unusable)
        except httpx.TimeoutException:
            error = self._unanswered(f"did not answer within {self.timeout_seconds:g} s.")
        except (httpx.HTTPError, ValueError) as failure:  # ValueError: the host of a redirect is invalid
            error = self._unanswered(f"does not answer ({type(failure).__name__}).")
        call = ModelCall(
            call_id=ids.new_id(ids.MODEL_CALL),
            model=self.model,
            purpose=purpose,
            status=CallStatus.FAILED if error else CallStatus.SUCCESS,
            input_tokens=completion.input_tokens if completion else 0,
            output_tokens=completion.output_tokens if completion else 0,
            prompt_text=readable_text(messages),
            response_text=_redacted(key, completion.text) if completion else None,
            schema_used=json.dumps(schema, ensure_ascii=False),
            invoked_at=invoked_at,
            completed_at=timestamp(),
            duration_ms=round(1000 * (time.monotonic() - started_at)),
            error_message=error,
        )
        return answer, completion, call

    def _unanswered(self, failure: str) -> str:
        return f"The language model {failure} {self.remedy}".rstrip()

    def _post(self, body: Mapping[str, Any], key: SecretStr | None, deadline: float) -> Answer:
        """Send a request. Redirects are not followed: they would send the key and the evidence elsewhere."""
        request = self._client.build_request(
            "POST",
            "/chat/completions",
            json=body,
            headers={"Accept-Encoding": "identity"} | _authorization(key),
        )
        response = self._client.send(request, stream=True, follow_redirects=False)
        try:
            return read_answer(response, deadline)
        finally:
            response.close()

    def _body(self, messages: Sequence[Message], schema: Mapping[str, Any]) -> dict[str, Any]:
        sent_messages = messages if self.support.images else without_images(messages)
        body: dict[str, Any] = {"model": self.model, "messages": list(sent_messages)}
        if self.support.temperature:
            body["temperature"] = 0
        if self.answer_tokens is not None:
            body["max_completion_tokens"] = self.answer_tokens
        match self.support.constraint(schema):
            case Constraint.JSON_SCHEMA:
                body["response_format"] = _json_schema(schema)
            case Constraint.PLAIN_SCHEMA:
                body["response_format"] = _json_schema(plain_schema(schema))
            case Constraint.STRUCTURED_OUTPUTS:
                body["structured_outputs"] = {"json": schema}
            case Constraint.JSON_OBJECT:
                body["response_format"] = {"type": "json_object"}
        return body

    def _adapt(self, answer: Answer, schema: Mapping[str, Any], constraint: Constraint) -> bool:
        """Return whether a refusal names a feature that can be omitted; if so, omit it from now on."""
        if answer.status not in (400, 404, 415, 422, 501):
            return False
        refusal = answer.text.lower()
        if _is_too_long(answer):
            return False  # vLLM's message mentions images too, but it concerns the length
        with self._lock:
            if self.support.temperature and "temperature" in refusal:
                self.support.temperature = False
            elif self.support.images and any(word in refusal for word in ("image", "vision", "multimodal")):
                self.support.images = False
            elif self.support.constraint(schema) is not constraint:
                return True  # another thread has recorded the same refusal
            elif constraint is not Constraint.NONE and _names_constraint(refusal):
                self.support.refuse(schema, constraint)
            else:
                return False
        _log.info("the model endpoint refused a request, retrying without the feature: %s", refusal[:300])
        return True


def _authorization(key: SecretStr | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}


def _redacted(key: SecretStr | None, text: str) -> str:
    secret = key.get_secret_value() if key else ""
    return text.replace(secret, "***") if secret else text


def _json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    definition = {"name": "extraction", "schema": schema, "strict": is_strict(schema)}
    return {"type": "json_schema", "json_schema": definition}


def _is_too_long(answer: Answer) -> bool:
    refusal = answer.text.lower()
    return answer.status in (400, 413, 422) and any(words in refusal for words in _TOO_LONG_PHRASES)


def _names_constraint(refusal: str) -> bool:
    words = ("response_format", "json_schema", "json_object", "structured", "guided", "grammar", "schema")
    return any(word in refusal for word in words)


def _code(answer: Answer | None) -> str:
    if answer is None:
        return "model_unreachable"
    if answer.is_success:
        return "model_answer_unusable"
    if _is_too_long(answer):
        return CONTEXT_EXCEEDED
    return "model_rate_limited" if answer.status == 429 else f"model_http_{answer.status}"


def _retry_delay(answer: Answer | None, attempt: int) -> float:
    """Return Retry-After (seconds or a date) if present, else 1, 2, 4 s."""
    retry_after = answer.headers.get("retry-after") if answer is not None else None
    if retry_after is None:
        return min(2.0 ** (attempt - 1), MAX_RETRY_DELAY)
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(retry_after) - now()).total_seconds()
        except (ValueError, TypeError):
            seconds = 2.0 ** (attempt - 1)
    return min(max(seconds, 0.0), MAX_RETRY_DELAY)
