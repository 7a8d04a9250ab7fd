"""A scan of all records of a table.

It reads the whole table. Only commands use it; the roles of the functions do not allow a scan.
"""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from shared.adapters.aws.errors import translated_errors
from shared.adapters.aws.records.items import is_live, key_attributes, record_of
from shared.adapters.aws.records.records import SERVICE
from shared.domain.keys import Key
from shared.ports.records import Put


class DynamoRecordSource:
    """Implements ``shared.ports.record_source.RecordSource``."""

    def __init__(self, table: str, client: Any) -> None:
        """``client`` is a botocore client for DynamoDB."""
        self._table = table
        self._client = client

    def walk(self, after: Key | None = None) -> Iterator[Put]:
        request: dict[str, Any] = {"TableName": self._table, "ConsistentRead": True}
        if after is not None:
            request["ExclusiveStartKey"] = key_attributes(after)
        while True:
            with translated_errors(SERVICE):
                answer = self._client.scan(**request)
            for item in answer["Items"]:
                if is_live(item, time.time()):
                    record = record_of(item)
                    yield Put(record.key, record.body, expires_at=_expiry(item))
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _expiry(item: dict[str, dict[str, str]]) -> datetime | None:
    return datetime.fromtimestamp(float(item["live_until"]["N"]), UTC) if "live_until" in item else None
