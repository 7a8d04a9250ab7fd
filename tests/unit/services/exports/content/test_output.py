"""The encoding and the limit of an export's file."""

import io
import json
from typing import Any

import pytest

from shared.domain.errors import ExportTooLarge
from shared.services.exports.content.output import Output, json_line, json_text, plain_text


def nested(depth: int) -> Any:
    value: Any = "deep"
    for _ in range(depth):
        value = {"inner": value}
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"text": 'quote " backslash \\ line\n nul \x00 del \x7f \u2028 東京 🎬'},
        {"numbers": [0, -0.0, 1.0, 5e-324, 1.7976931348623157e308, 2**63, -(10**300), 0.1]},
        {"empty": {}, "none": None, "list": [], "flags": [True, False]},
        {"half": "a \ud83d b", "low": ["\udc00"]},
        nested(400),
    ],
)
def test_encoded_value_is_the_same_when_read(value: Any) -> None:
    line = json_line(value)
    assert b"\n" not in line
    assert json.loads(line) == value
    assert json.loads(json_text(value)) == value


def test_text_beside_latin_is_not_escaped() -> None:
    assert json_line({"città": "東京"}) == '{"città":"東京"}'.encode()


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert plain_text("a\ud83db\udfff 🎬") == "a\ufffdb\ufffd 🎬"


def test_output_takes_its_limit_and_not_a_byte_more() -> None:
    file = io.BytesIO()
    out = Output(file, limit=10)
    assert out.write(b"12345") + out.write(b"67890") == out.bytes == 10
    with pytest.raises(ExportTooLarge) as refused:
        out.write(b"!")
    assert file.getvalue() == b"1234567890"
    assert refused.value.message.startswith("The export is longer than 10 bytes")
    assert refused.value.details == {"limit_bytes": 10}
    with pytest.raises(ExportTooLarge, match="64 MiB"):
        Output(io.BytesIO(), limit=64 * 1024**2).write(bytes(64 * 1024**2 + 1))
