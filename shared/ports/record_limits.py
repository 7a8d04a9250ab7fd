"""DynamoDB's limits. Every adapter enforces them, so that code that works on a laptop works on AWS.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic_core import from_json

from shared.domain.errors import RecordTooLarge
from shared.domain.keys import Key
from shared.ports.records import MAX_WRITES, Put, Write

MAX_RECORD_BYTES: Final = 400 * 1024
"""Includes keys, encoded body, and ``OVERHEAD_BYTES`` for an adapter's own attributes."""

OVERHEAD_BYTES: Final = 128

MAX_TRANSACTION_BYTES: Final = 4 * 1024**2

MAX_PARTITION_BYTES: Final = 2048
MAX_SORT_BYTES: Final = 1024


def check_writes(writes: Sequence[Write]) -> None:
    """Check the limits of one transaction before anything is written.

    Raises:
        ValueError: too many writes, two for one key, a key that is empty or too long, or an expiry
            without a time zone.
    """
    if len(writes) > MAX_WRITES:
        raise ValueError(f"a transaction takes at most {MAX_WRITES} writes, not {len(writes)}")
    seen: set[Key] = set()
    for write in writes:
        _check_key(write.key)
        if write.key in seen:
            raise ValueError(f"two writes for {write.key} in one transaction")
        seen.add(write.key)
        if isinstance(write, Put) and write.expires_at is not None and write.expires_at.tzinfo is None:
            raise ValueError(f"expires_at of {write.key} has no time zone")


def encode_bodies(writes: Sequence[Write]) -> list[str | None]:
    """Encode the body of each write as JSON text; None for a deletion.

    Raises:
        RecordTooLarge: a record has more than ``MAX_RECORD_BYTES``.
        ValueError: the records together have more than ``MAX_TRANSACTION_BYTES``.
        ValueError, TypeError: a body is not JSON (NaN and infinity are not).
    """
    bodies: list[str | None] = []
    total = 0
    for write in writes:
        text = _encode(write.body) if isinstance(write, Put) else None
        size = sum(map(_size, write.key)) + _size(text or "") + OVERHEAD_BYTES
        if size > MAX_RECORD_BYTES:
            raise RecordTooLarge(write.key, size, MAX_RECORD_BYTES)
        total += size
        bodies.append(text)
    if total > MAX_TRANSACTION_BYTES:
        raise ValueError(f"a transaction takes at most {MAX_TRANSACTION_BYTES} bytes, not {total}")
    return bodies


def decode_body(text: str) -> dict[str, Any]:
    """Decode a stored body. Python's decoder takes 1.5 times as long.

    Raises: ValueError: the text is not JSON.
    """
    try:
        body: dict[str, Any] = from_json(text)
    except ValueError:  # a lone surrogate, or more than 200 levels
        body = json.loads(text)
    return body


def _encode(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which JSON can express and UTF-8 cannot
        return json.dumps(body, allow_nan=False, separators=(",", ":"))
    return text


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _check_key(key: Key) -> None:
    for name, text, limit in (
        ("partition", key.partition, MAX_PARTITION_BYTES),
        ("sort", key.sort, MAX_SORT_BYTES),
    ):
        if not text:
            raise ValueError(f"{key} has an empty {name} key")
        if len(text.encode()) > limit:
            raise ValueError(f"the {name} key {text[:40]!r}... is longer than {limit} bytes")
