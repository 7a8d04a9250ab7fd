"""Values of a JSON body that the stores can hold."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidRequest
from shared.http.bodies.json_values import parse_json


def nested(levels: int) -> bytes:
    return b"[" * levels + b"1" + b"]" * levels


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": 1e308, "b": 1e-999, "c": -1.5}',
        b'{"a": "NaN and 1e999"}',
        b'{"a": "' + b"9" * 2000 + b'"}',
        b"\xef\xbb\xbf{}",
        rb'"\ud83d\ude00"',
        rb'"\\u0000"',
        nested(100),
        b"[[]," + nested(99) + b"]",
        b"[" + b"[]," * 200 + b"1]",
        b"1" * 400,
        '"é"'.encode(),
    ],
)
def test_storable_json_is_parsed(body: bytes) -> None:
    assert parse_json(body) == json.loads(body)


@pytest.mark.parametrize("body", [b"{broken", b"{broken NaN", b'{"a": 1,}', b"[" * 50, b'"' + b"a" * 5000])
def test_other_text_is_no_json(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        parse_json(body)


@pytest.mark.parametrize("body", [b'"\xff"', b'"\xed\xa0\x80"'])
def test_invalid_utf8_and_raw_surrogates_are_refused(body: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        (rb'{"a": [1, {"b": "x\u0000"}]}', "a.1.b", "NUL"),
        (rb'{"a": {"\u0000": 1}}', "a", "NUL"),
        (rb'"\u0000"', "body", "NUL"),
        (rb'{"a": "\ud800"}', "a", "lone surrogates"),
        (rb'{"\uDFFF": 1}', "body", "lone surrogates"),
        (b"[NaN]", "body", "NaN is not a JSON number"),
        (b"-Infinity", "body", "-Infinity is not"),
        (b'{"a": -1e309}', "body", "too large"),
        (b"1" * 400 + b".0", "body", "too large"),
    ],
)
def test_json_that_no_store_holds_is_refused(body: bytes, field: str, rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_json(body)
    assert refused.value.field == field
    assert rule in refused.value.rule


TEXTS = st.text(st.characters(categories=["L", "Cc", "Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_only_values_without_loss_pass(value: Any) -> None:
    """A body passes if it is storable: UTF-8 without NUL, and JSON in the strict sense."""
    body = json.dumps(value).encode()
    try:
        parse_json(body)
    except InvalidRequest:
        passes = False
    else:
        passes = True
    assert passes is _is_storable(json.loads(body))


def _is_storable(value: Any) -> bool:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError:
        return False
    return "\\u0000" not in text.replace("\\\\", "")
