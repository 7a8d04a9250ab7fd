"""A record as an item of the table, and a write as the expressions that DynamoDB takes.

An item holds the document as JSON text: a map of typed attributes would be a third larger, would
take five times the time to read or write, and would lose the difference of 1 and 1.0.
"""

import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.domain.keys import Key
from shared.ports.record_limits import MAX_PARTITION_BYTES, MAX_SORT_BYTES
from shared.ports.records import ABSENT, Put, Record, Write

PARTITION: Final = "partition"
SORT: Final = "sort"
EXPIRES_AT: Final = "expires_at"
"""Seconds since 1970, whole, as DynamoDB's time to live wants them; rounded up, so that it never
removes what is still alive."""

WRITE_TOKEN: Final = "write_token"  # noqa: S105 - no secret
"""Tells a conditional write whose answer was lost from somebody else's."""

_NAMES: Final = {
    "#version": "version",
    "#body": "body",
    "#expires_at": EXPIRES_AT,
    "#live_until": "live_until",
    "#write_token": WRITE_TOKEN,
}
"""Placeholders, because some of the names are reserved words."""

_NO_SUCH_ITEM: Final = "attribute_not_exists(#version)"
_HAS_EXPIRED: Final = "#live_until <= :now"
_NEVER_EXPIRES: Final = "attribute_not_exists(#live_until)"
_LIVES_ON: Final = "#live_until > :now"
_VERSION_MATCHES: Final = "#version = :expected"

IS_LIVE: Final = f"({_NEVER_EXPIRES} OR {_LIVES_ON})"
"""What has expired is there until DynamoDB removes it, which may take days."""

_IS_ABSENT: Final = f"{_NO_SUCH_ITEM} OR {_HAS_EXPIRED}"
_IS_UNCHANGED: Final = f"{_VERSION_MATCHES} AND {IS_LIVE}"

_NEXT_OF_EXPECTED: Final = "#version = :next"
_NEXT_OF_WHATEVER_IS_THERE: Final = "#version = if_not_exists(#version, :zero) + :one"

Attributes = dict[str, dict[str, str]]


def key_attributes(key: Key) -> Attributes:
    return {PARTITION: {"S": key.partition}, SORT: {"S": key.sort}}


def key_of(item: Mapping[str, Mapping[str, str]]) -> Key:
    return Key(item[PARTITION]["S"], item[SORT]["S"])


def can_exist(key: Key) -> bool:
    """Whether DynamoDB takes the key at all; under any other there is nothing."""
    return (
        0 < len(key.partition.encode()) <= MAX_PARTITION_BYTES
        and 0 < len(key.sort.encode()) <= MAX_SORT_BYTES
    )


def is_live(item: Mapping[str, Mapping[str, str]], now: float) -> bool:
    """``IS_LIVE`` for reads by key, which DynamoDB does not filter."""
    return "live_until" not in item or float(item["live_until"]["N"]) > now


def record_of(item: Mapping[str, Mapping[str, str]]) -> Record:
    return Record(key_of(item), int(item["version"]["N"]), json.loads(item["body"]["S"]))


def names_in(*expressions: str) -> dict[str, str]:
    """The placeholders that the expressions use; DynamoDB refuses others."""
    text = " ".join(expressions)
    return {placeholder: name for placeholder, name in _NAMES.items() if placeholder in text}


def number(value: float) -> dict[str, str]:
    return {"N": repr(value)}


def write_request(
    table: str, write: Write, body: str | None, now: float, token: str | None
) -> dict[str, Any]:
    """The arguments of UpdateItem (a Put) or DeleteItem, alone or in a transaction.

    An update rather than a put of the item, because only an update can add one to the version that
    is there. ``token`` is left on the item, so that the writer can tell its own write.
    """
    request: dict[str, Any] = {"TableName": table, "Key": key_attributes(write.key)}
    values: Attributes = {}
    expressions: list[str] = []
    if isinstance(write, Put):
        request["UpdateExpression"] = _update(write, body or "", token, values)
        expressions.append(request["UpdateExpression"])
    if write.expected_version is not None:
        request["ConditionExpression"] = _condition(write.expected_version, now, values)
        expressions.append(request["ConditionExpression"])
    if expressions:
        request["ExpressionAttributeNames"] = names_in(*expressions)
    if values:
        request["ExpressionAttributeValues"] = values
    return request


def _update(write: Put, body: str, token: str | None, values: Attributes) -> str:
    changes = ["#body = :body"]
    values[":body"] = {"S": body}
    if write.expected_version is None:
        changes.append(_NEXT_OF_WHATEVER_IS_THERE)
        values |= {":zero": number(0), ":one": number(1)}
    else:
        changes.append(_NEXT_OF_EXPECTED)
        values[":next"] = number(write.expected_version + 1)
    if token is not None:
        changes.append("#write_token = :write_token")
        values[":write_token"] = {"S": token}
    if write.expires_at is None:
        return f"SET {', '.join(changes)} REMOVE #expires_at, #live_until"
    changes += ["#expires_at = :expires_at", "#live_until = :live_until"]
    values |= _expiry(write.expires_at)
    return f"SET {', '.join(changes)}"


def _expiry(moment: datetime) -> Attributes:
    seconds = moment.timestamp()
    return {":expires_at": number(math.ceil(seconds)), ":live_until": number(seconds)}


def _condition(expected_version: int, now: float, values: Attributes) -> str:
    values[":now"] = number(now)
    if expected_version == ABSENT:
        return _IS_ABSENT
    values[":expected"] = number(expected_version)
    return _IS_UNCHANGED
