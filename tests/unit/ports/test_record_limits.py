"""DynamoDB's limits of keys, records and transactions."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import RecordTooLarge
from shared.domain.keys import Key
from shared.ports.record_limits import (
    MAX_PARTITION_BYTES,
    MAX_RECORD_BYTES,
    MAX_SORT_BYTES,
    MAX_TRANSACTION_BYTES,
    OVERHEAD_BYTES,
    check_writes,
    decode_body,
    encode_bodies,
)
from shared.ports.records import MAX_WRITES, Delete, Put

KEY: Final = Key("p", "s")


def puts(count: int, body: dict[str, Any] | None = None) -> list[Put]:
    return [Put(Key("p", f"{number:04d}"), body or {}) for number in range(count)]


def body_for(key: Key, record_bytes: int, character: str = "x") -> dict[str, str]:
    """Return the body that makes a record of exactly ``record_bytes``."""
    frame = len('{"t":""}') + len(key.partition) + len(key.sort) + OVERHEAD_BYTES
    count, rest = divmod(record_bytes - frame, len(character.encode()))
    return {"t": character * count + "x" * rest}


def test_writes_within_limits_pass() -> None:
    check_writes([])
    check_writes(puts(MAX_WRITES))
    check_writes([Put(Key("p" * MAX_PARTITION_BYTES, "s" * MAX_SORT_BYTES), {}), Delete(Key("p", "s"))])
    check_writes([Put(KEY, {}, expires_at=datetime.now(UTC))])


@pytest.mark.parametrize(
    ("writes", "rule"),
    [
        (puts(MAX_WRITES + 1), "at most 100 writes, not 101"),
        ([Put(KEY, {}), Delete(KEY)], "two writes"),
        ([Put(Key("", "s"), {})], "empty partition"),
        ([Delete(Key("p", ""))], "empty sort"),
        ([Put(Key("p" * (MAX_PARTITION_BYTES + 1), "s"), {})], "partition key .* longer than 2048"),
        ([Put(Key("p", "s" * (MAX_SORT_BYTES + 1)), {})], "sort key .* longer than 1024"),
        ([Put(Key("p", "é" * (MAX_SORT_BYTES // 2 + 1)), {})], "sort key .* longer than 1024"),
        ([Put(KEY, {}, expires_at=datetime(2030, 1, 1))], "no time zone"),  # noqa: DTZ001 (the case)
    ],
)
def test_writes_beyond_limits_are_refused(writes: list[Put | Delete], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        check_writes(writes)


@pytest.mark.parametrize("character", ["x", "é", "猫"])
def test_size_of_record_is_limited(character: str) -> None:
    """Keys, body and overhead count, in bytes of UTF-8."""
    key = Key("partition", "sort")
    [text] = encode_bodies([Put(key, body_for(key, MAX_RECORD_BYTES, character))])
    assert text is not None
    assert len(text.encode()) + len("partitionsort") + OVERHEAD_BYTES == MAX_RECORD_BYTES
    with pytest.raises(RecordTooLarge) as refused:
        encode_bodies([Put(KEY, {}), Put(key, body_for(key, MAX_RECORD_BYTES + 1, character))])
    assert (refused.value.key, refused.value.size) == (key, MAX_RECORD_BYTES + 1)


def test_size_of_transaction_is_limited() -> None:
    keys = [Key("p", f"{number:02d}") for number in range(11)]
    full = [Put(key, body_for(key, MAX_RECORD_BYTES)) for key in keys[:10]]
    rest = MAX_TRANSACTION_BYTES - 10 * MAX_RECORD_BYTES
    last = Put(keys[10], body_for(keys[10], rest))
    assert len(encode_bodies([*full, last])) == 11
    with pytest.raises(ValueError, match="transaction takes at most"):
        encode_bodies([*full, Put(keys[10], body_for(keys[10], rest + 1))])
    with pytest.raises(ValueError, match="transaction takes at most"):  # a deletion counts by its key
        encode_bodies([*full, last, Delete(Key("p", "d"))])


def test_deletion_has_no_body() -> None:
    assert encode_bodies([Delete(KEY), Put(KEY, {"a": "é"})]) == [None, '{"a":"é"}']


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1}, b"x", datetime.now(UTC)])
def test_value_that_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        encode_bodies([Put(KEY, {"a": value})])


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # Half a surrogate pair is possible in JSON, but not in UTF-8.
    | st.text(st.characters(categories=["L", "Cc", "Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=3), JSON, max_size=3))
def test_body_is_encodable_text_that_is_read_back(body: dict[str, Any]) -> None:
    [text] = encode_bodies([Put(KEY, body)])
    assert text is not None
    assert json.loads(text.encode()) == body
    assert repr(decode_body(text)) == repr(json.loads(text))  # 1, 1.0 and -0.0 stay apart


@pytest.mark.parametrize("levels", [199, 201, 900])
def test_deep_body_is_read_back(levels: int) -> None:
    text = '{"a":' * levels + "1" + "}" * levels
    assert decode_body(text) == json.loads(text)


def test_damaged_body_is_refused() -> None:
    with pytest.raises(ValueError, match="delimiter"):
        decode_body('{"a":1')
