"""The event log in DynamoDB: an event adds no request to its change."""

from collections import Counter
from typing import Any

import pytest

from shared.adapters.aws.records.records import DynamoRecords
from shared.domain import default_index
from tests.aws.request_counts import RequestCounts
from tests.unit.services.told_changes import ToldChanges

pytestmark = pytest.mark.slow


def requests_of_each_change(dynamodb: Any, changes: ToldChanges) -> dict[str, tuple[int, int]]:
    """Count the reads and the writes of each change."""
    counts = {}
    for name, change in changes.changes():
        with RequestCounts(dynamodb) as requests:
            change()
        counts[name] = (requests.reads, requests.writes)
    return counts


def test_event_adds_no_request_to_its_change(records: DynamoRecords, dynamodb: Any) -> None:
    with_log = ToldChanges(records, "anna")
    without_log = ToldChanges(records, default_index.TENANT)
    assert requests_of_each_change(dynamodb, with_log) == requests_of_each_change(dynamodb, without_log)
    assert len(with_log.events()) == len(with_log.changes())
    assert without_log.events() == []


def test_start_of_medium_takes_one_read_and_one_transaction(records: DynamoRecords, dynamodb: Any) -> None:
    told = ToldChanges(records, "anna")
    for name, change in told.changes():
        with RequestCounts(dynamodb) as requests:
            change()
        if name == "start a medium":
            assert requests.calls == Counter({"BatchGetItem": 1, "TransactWriteItems": 1})
            return
    raise AssertionError("there is no such change")
