"""Answers of a chat endpoint: read up to a limit, and parsed without trust in their shape."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

MAX_ANSWER_BYTES: Final = 8 * 2**20
"""The longest answers of models, 128,000 tokens, have about half a megabyte."""

_MAX_COUNT: Final = 2**53


class UnusableAnswer(Exception):
    """The answer is no chat completion, or breaks a limit. The message says why."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The text and the token counts of a completion. ``cut_off``: it reached the token limit."""

    text: str
    input_tokens: int
    output_tokens: int
    cut_off: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and complete body of an answer."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def read_answer(response: httpx.Response, deadline: float) -> Answer:
    """Read a streamed answer. ``deadline`` is a time of ``time.monotonic``.

    Raises:
        UnusableAnswer: the body is compressed, or larger than ``MAX_ANSWER_BYTES``.
        httpx.ReadTimeout: the deadline has passed.
        httpx.HTTPError: the connection failed.
    """
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnusableAnswer("The model endpoint compressed its answer without being asked to.")
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise UnusableAnswer(f"The model endpoint answered with more than {MAX_ANSWER_BYTES:,} bytes.")
        if time.monotonic() > deadline:
            raise httpx.ReadTimeout("the answer is too slow")
    return Answer(response.status_code, response.headers, bytes(body))


def completion_of(answer: Answer) -> Completion:
    """Parse a successful answer.

    Raises:
        UnusableAnswer: it is no chat completion, or the model refused.
    """
    try:
        body = json.loads(answer.body)
        choice = body["choices"][0]
        text = _content(choice["message"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise UnusableAnswer("The model endpoint did not return a valid chat completion.") from error
    usage = body.get("usage")
    counts: Mapping[str, Any] = usage if isinstance(usage, dict) else {}
    return Completion(
        text,
        _count(counts.get("prompt_tokens")),
        _count(counts.get("completion_tokens")),
        cut_off=choice.get("finish_reason") == "length",
    )


def _content(message: Mapping[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(part.get("text", "") for part in content)
    if not isinstance(content, str):
        raise ValueError(message.get("refusal") or "no content")
    return content


def _count(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < _MAX_COUNT else 0
