"""Conversion of records to DynamoDB items, and of writes to DynamoDB expressions.

An item stores the document as JSON text. A map of typed attributes would be a third larger, would take
five times as long to read or write, and would lose the difference between 1 and 1.0.
"""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from shared.domain.keys import Key
from shared.ports.record_limits import MAX_PARTITION_BYTES, MAX_SORT_BYTES, decode_body
from shared.ports.records import ABSENT, Put, Record, Write

PARTITION: Final = "partition"
SORT: Final = "sort"
EXPIRES_AT: Final = "expires_at"
"""The time-to-live attribute: whole seconds since 1970, as DynamoDB requires. Rounded up, so that
DynamoDB never removes a record that is still live."""

WRITE_TOKEN: Final = "write_token"  # noqa: S105 - no secret
"""Identifies the writer of an item, to recognise a conditional write whose response was lost."""

COPIED: Final = "copied"
"""Marks an item that ``move-to-aws`` has copied. Its events have been taken where they were written, so the
dispatcher of the event feed leaves them out."""

_NAMES: Final = {
    "#copied": COPIED,
    "#version": "version",
    "#body": "body",
    "#expires_at": EXPIRES_AT,
    "#live_until": "live_until",
    "#write_token": WRITE_TOKEN,
}
"""Attribute names by placeholder. Some of the names are reserved words of DynamoDB."""

_ITEM_IS_MISSING: Final = "attribute_not_exists(#version)"
_ITEM_HAS_EXPIRED: Final = "#live_until <= :now"
_ITEM_NEVER_EXPIRES: Final = "attribute_not_exists(#live_until)"
_ITEM_EXPIRES_LATER: Final = "#live_until > :now"
_VERSION_MATCHES: Final = "#version = :expected"

IS_LIVE: Final = f"({_ITEM_NEVER_EXPIRES} OR {_ITEM_EXPIRES_LATER})"
"""DynamoDB may take days to remove an expired item, so reads filter expired items."""

_IS_ABSENT: Final = f"{_ITEM_IS_MISSING} OR {_ITEM_HAS_EXPIRED}"
_IS_UNCHANGED: Final = f"{_VERSION_MATCHES} AND {IS_LIVE}"

_SET_NEXT_VERSION: Final = "#version = :next"
_INCREMENT_STORED_VERSION: Final = "#version = if_not_exists(#version, :zero) + :one"

Attributes = dict[str, dict[str, str]]


def key_attributes(key: Key) -> Attributes:
    """Encode a key as the key attributes of an item."""
    return {PARTITION: {"S": key.partition}, SORT: {"S": key.sort}}


def key_of(item: Mapping[str, Mapping[str, str]]) -> Key:
    return Key(item[PARTITION]["S"], item[SORT]["S"])


def is_valid_key(key: Key) -> bool:
    """Return whether DynamoDB accepts the key. No record exists under a key that it rejects."""
    return (
        0 < len(key.partition.encode()) <= MAX_PARTITION_BYTES
        and 0 < len(key.sort.encode()) <= MAX_SORT_BYTES
    )


def is_live(item: Mapping[str, Mapping[str, str]], now: float) -> bool:
    """Return whether an item has not expired. Reads by key need it, because DynamoDB does not filter them."""
    return "live_until" not in item or float(item["live_until"]["N"]) > now


def record_of(item: Mapping[str, Mapping[str, str]]) -> Record:
    return Record(key_of(item), int(item["version"]["N"]), decode_body(item["body"]["S"]))


def names_in(*expressions: str) -> dict[str, str]:
    """Return the placeholders that the expressions use. DynamoDB refuses unused placeholders."""
    text = " ".join(expressions)
    return {placeholder: name for placeholder, name in _NAMES.items() if placeholder in text}


def number(value: float) -> dict[str, str]:
    return {"N": repr(value)}


def write_request(
    table: str, write: Write, body: str | None, now: float, token: str | None, *, copied: bool = False
) -> dict[str, Any]:
    """Build the arguments of UpdateItem (for a Put) or DeleteItem, alone or in a transaction.

    A Put becomes an UpdateItem, because PutItem cannot increment the stored version. ``token`` is stored
    on the item, so that the writer can recognise its own write. ``copied`` marks the item.
    """
    request: dict[str, Any] = {"TableName": table, "Key": key_attributes(write.key)}
    values: Attributes = {}
    expressions: list[str] = []
    if isinstance(write, Put):
        request["UpdateExpression"] = _update(write, body or "", token, values, copied)
        expressions.append(request["UpdateExpression"])
    if write.expected_version is not None:
        request["ConditionExpression"] = _condition(write.expected_version, now, values)
        expressions.append(request["ConditionExpression"])
    if expressions:
        request["ExpressionAttributeNames"] = names_in(*expressions)
    if values:
        request["ExpressionAttributeValues"] = values
    return request


def _update(write: Put, body: str, token: str | None, values: Attributes, copied: bool) -> str:
    changes = ["#body = :body"]
    values[":body"] = {"S": body}
    if write.expected_version is None:
        changes.append(_INCREMENT_STORED_VERSION)
        values |= {":zero": number(0), ":one": number(1)}
    else:
        changes.append(_SET_NEXT_VERSION)
        values[":next"] = number(write.expected_version + 1)
    if token is not None:
        changes.append("#write_token = :write_token")
        values[":write_token"] = {"S": token}
    if copied:
        changes.append("#copied = :copied")
        values[":copied"] = {"S": "yes"}
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
