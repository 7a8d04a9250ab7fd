"""Linear checks of the text of a body."""

from collections.abc import Callable
from typing import Final

import pytest

from shared.domain.errors import InvalidRequest, PayloadTooLarge
from shared.http.bodies.json_text import (
    MAX_CONTAINERS,
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_ESCAPES,
    MAX_VALUES,
    check_text,
)
from tests.measures import processor_time, ratio_to_floor

MEBIBYTE: Final = 1024**2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{broken",
        b"[" * MAX_DEPTH + b"]" * MAX_DEPTH,
        b"[" + b"[]," * (MAX_CONTAINERS - 1) + b"1]",
        b"[" + b"1," * (MAX_VALUES - 1) + b"1]",
        b"[" + b'{"a":"b"},' * 20_000 + b"1]",
        b'"' + b"\\n" * MAX_ESCAPES + b'"',
        b"9" * MAX_DIGITS,
        b'{"a": "' + b"[{,9" * 100_000 + b'"}',
        b'{"a": "' + b"9" * (2 * MAX_DIGITS) + b'"}',
        b'"\\"' + b"[" * 300 + b'"',
        b'"unterminated' + b"[" * 300,
        b'"' + b'\\"' * 1000 + b"\\",
    ],
)
def test_body_within_limits_passes(body: bytes) -> None:
    check_text(body)


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"[" + b"[]," * MAX_CONTAINERS + b"1]", "max_json_containers"),
        (b"[" + b"1," * MAX_VALUES + b"1]", "max_json_values"),
        (b"[" + b'"a",' * MAX_VALUES * 3 + b"1]", "max_json_values"),
        (b'{"a": "[,", "b": [' + b"1," * MAX_VALUES + b"1]}", "max_json_values"),
        (b'"' * MEBIBYTE, "max_json_values"),
        (b'"' + b"\\n" * (MAX_ESCAPES + 1) + b'"', "max_json_escapes"),
    ],
)
def test_body_with_too_many_parts_is_refused(body: bytes, rule: str) -> None:
    with pytest.raises(PayloadTooLarge) as refused:
        check_text(body)
    assert refused.value.details["rule"] == rule


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (b"[" * 101 + b"]" * 101, "100 levels"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "100 levels"),
        (b"[" * MEBIBYTE, "100 levels"),
        (b'{"a":' * 50_000, "100 levels"),
        (b'{"[[": ' + b"[" * 100 + b"]" * 100 + b"}", "100 levels"),
        (b"9" * (MAX_DIGITS + 1), "digits"),
        (b'{"a": 0.' + b"1" * MAX_DIGITS + b"}", "digits"),
        (b'["' + b"9" * 50 + b'", ' + b"-" + b"1" * MAX_DIGITS + b"]", "digits"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
        ('{"a": 1}'.encode("utf-32-le"), "UTF-8"),
    ],
)
def test_depth_digits_and_encoding_are_limited(body: bytes, rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_text(body)
    assert rule in refused.value.rule


HOSTILE: Final[dict[str, Callable[[int], bytes]]] = {
    "arrays": lambda size: b"[" * size,
    "objects": lambda size: b'{"a":' * (size // 5),
    "numbers": lambda size: b"[" + b"1," * (size // 2),
    "digits": lambda size: b"9" * size,
    "runs of digits": lambda size: (b"9" * 999 + b" ") * (size // 1000),
    "single digits": lambda size: b"1 " * (size // 2),
    "texts": lambda size: b'"a",' * (size // 4),
    "quotes": lambda size: b'"' * size,
    "escaped quotes": lambda size: b'"' + b'\\"' * (size // 2) + b"\\",
    "escapes": lambda size: b'"' + b"\\u0041" * (size // 6),
    "spaces": lambda size: b" " * size,
    "one text": lambda size: b'"' + b"[" * size + b'"',
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_time_of_check_is_linear(kind: str) -> None:
    """The floor is one pass over base64 of the same size."""
    body = HOSTILE[kind](4 * MEBIBYTE)
    base64 = b"A" * (4 * MEBIBYTE)

    def check() -> None:
        try:
            check_text(body)
        except (InvalidRequest, PayloadTooLarge):
            return

    def floor() -> None:
        base64.translate(None, b"[]")

    assert ratio_to_floor(processor_time(check), processor_time(floor), most=30) <= 30
