"""Parsing of a JSON body into values that the stores can hold."""

import json
import math
import re
from typing import Any, Final, NoReturn

from shared.domain.errors import InvalidRequest
from shared.http.bodies.json_text import check_text

_SUSPICIOUS: Final = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
"""Matches every body with a NUL or a lone surrogate. The values of other bodies are not searched for them."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")

_Path = tuple["_Path", str] | None
"""The path of a value: its parent's path and its own name. Values share the paths of their parents."""


def parse_json(body: bytes) -> Any:
    """Parse ``body``.

    Raises:
        InvalidRequest: it has NUL characters, lone surrogates, infinite numbers, or too deep nesting.
        PayloadTooLarge: it has too many values.
        json.JSONDecodeError: it is not JSON.
        UnicodeDecodeError: it is not UTF-8.
    """
    check_text(body)
    text = body.decode(json.detect_encoding(body))
    value = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    if _SUSPICIOUS.search(body) is not None:
        _check_texts(value)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidRequest("body", f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise InvalidRequest("body", "a number is too large")
    return number


def _check_texts(root: Any) -> None:
    """Check every text and every name. A name is checked before it becomes part of a path."""
    pending: list[tuple[_Path, Any]] = [(None, root)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, dict):
            pending.extend(((path, name), each) for name, each in value.items())
            pending.extend((path, name) for name in value)
        elif isinstance(value, list):
            pending.extend(((path, str(position)), each) for position, each in enumerate(value))
        elif isinstance(value, str):
            _check_text(path, value)


def _check_text(path: _Path, text: str) -> None:
    if "\0" in text:
        raise InvalidRequest(_field(path), "must not contain NUL characters")
    if _SURROGATE.search(text):
        raise InvalidRequest(_field(path), "must not contain lone surrogates")


def _field(path: _Path) -> str:
    names = []
    while path is not None:
        path, name = path
        names.append(name)
    return ".".join(reversed(names)) or "body"
