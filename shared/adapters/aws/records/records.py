"""Records in one DynamoDB table. See docs/adr/0008 for the key design and the cost of each request."""

import time
from collections.abc import Sequence
from typing import Any, Final

from shared.adapters.aws.backoff import attempts
from shared.adapters.aws.errors import translated_errors
from shared.adapters.aws.records.items import (
    IS_LIVE,
    Attributes,
    is_live,
    is_valid_key,
    key_attributes,
    key_of,
    names_in,
    number,
    record_of,
)
from shared.adapters.aws.records.writes import RecordWrites
from shared.domain.errors import Unavailable
from shared.domain.keys import Key
from shared.ports.record_limits import check_writes, encode_bodies
from shared.ports.records import Record, RecordPage, Write

SERVICE: Final = "DynamoDB"

_KEYS_PER_BATCH: Final = 100
_MIN_ITEMS_PER_FURTHER_PAGE: Final = 100
"""Lower bound of the page size after the first page. A first page with too few live records indicates
more expired records ahead."""


class DynamoRecords:
    """Implements ``shared.ports.records.Records``.

    Every read is strongly consistent: a request sees all earlier writes, of any process.
    """

    def __init__(self, table: str, client: Any, *, copying: bool = False) -> None:
        """``client`` is a botocore client for DynamoDB. ``copying`` marks records as copied from another
        archive, so that their events are not dispatched again."""
        self._table = table
        self._client = client
        self._writes = RecordWrites(table, client, copying=copying)

    def get(self, key: Key) -> Record | None:
        if not is_valid_key(key):
            return None
        with translated_errors(SERVICE):
            found = self._client.get_item(
                TableName=self._table, Key=key_attributes(key), ConsistentRead=True
            ).get("Item")
        return record_of(found) if found and is_live(found, time.time()) else None

    def get_many(self, keys: Sequence[Key]) -> list[Record]:
        wanted = [key for key in dict.fromkeys(keys) if is_valid_key(key)]
        found: dict[Key, Record] = {}
        for start in range(0, len(wanted), _KEYS_PER_BATCH):
            now = time.time()
            for item in self._batch(wanted[start : start + _KEYS_PER_BATCH]):
                if is_live(item, now):
                    found[key_of(item)] = record_of(item)
        return [found[key] for key in keys if key in found]

    def query(
        self,
        partition: str,
        *,
        prefix: str = "",
        after: str | None = None,
        limit: int = 100,
        descending: bool = False,
    ) -> RecordPage:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        if not is_valid_key(Key(partition, prefix or "any")) or _is_past(prefix, after, descending):
            return RecordPage([], None)
        request = self._query(partition, prefix, descending)
        if after is not None and _is_within(prefix, after):
            request["ExclusiveStartKey"] = key_attributes(Key(partition, after))
        items = self._walk(request, limit + 1)
        records = [record_of(item) for item in items[:limit]]
        return RecordPage(records, records[-1].key.sort if len(items) > limit else None)

    def write(self, *writes: Write) -> None:
        check_writes(writes)
        bodies = encode_bodies(writes)
        if len(writes) == 1:
            self._writes.write_one(writes[0], bodies[0])
        elif writes:
            self._writes.write_transaction(writes, bodies)

    def check_health(self) -> None:
        """Read from the table. Raises: Unavailable."""
        self.get(Key("health", "health"))

    def close(self) -> None:
        """Close idle connections."""
        self._client.close()

    def _batch(self, keys: Sequence[Key]) -> list[Attributes]:
        """Read at most ``_KEYS_PER_BATCH`` items.

        A response holds at most 16 MB. Keys that it leaves unprocessed are requested again.
        """
        items: list[Attributes] = []
        left: Any = {self._table: {"Keys": [key_attributes(key) for key in keys], "ConsistentRead": True}}
        for _ in attempts():
            while left:
                with translated_errors(SERVICE):
                    answer = self._client.batch_get_item(RequestItems=left)
                got = answer["Responses"].get(self._table, [])
                items += got
                left = answer.get("UnprocessedKeys")
                if not got:
                    break
            if not left:
                return items
        raise Unavailable(f"{SERVICE} is overloaded (unprocessed keys).")

    def _query(self, partition: str, prefix: str, descending: bool) -> dict[str, Any]:
        condition = "#partition = :partition"
        names = {"#partition": "partition", **names_in(IS_LIVE)}
        values = {":partition": {"S": partition}, ":now": number(time.time())}
        if prefix:
            condition += " AND begins_with(#sort, :prefix)"
            names["#sort"] = "sort"
            values[":prefix"] = {"S": prefix}
        return {
            "TableName": self._table,
            "ConsistentRead": True,
            "ScanIndexForward": not descending,
            "KeyConditionExpression": condition,
            "FilterExpression": IS_LIVE,
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": values,
        }

    def _walk(self, request: dict[str, Any], wanted: int) -> list[Attributes]:
        """Return the first ``wanted`` items, or a few more.

        This takes one request, unless the items exceed 1 MB together or some of them have expired.
        """
        items: list[Attributes] = []
        request["Limit"] = wanted
        while True:
            with translated_errors(SERVICE):
                answer = self._client.query(**request)
            items += answer["Items"]
            if len(items) >= wanted or "LastEvaluatedKey" not in answer:
                return items
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
            request["Limit"] = max(wanted - len(items), _MIN_ITEMS_PER_FURTHER_PAGE)


def _is_within(prefix: str, after: str) -> bool:
    """Return whether a query may start at ``after``: DynamoDB refuses a start key outside the range."""
    return bool(after) and after.startswith(prefix)


def _is_past(prefix: str, after: str | None, descending: bool) -> bool:
    """Return whether no key with ``prefix`` comes after ``after``."""
    if after is None or _is_within(prefix, after):
        return False
    return after < prefix or not after if descending else after > prefix
