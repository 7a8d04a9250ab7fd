"""Records in DynamoDB, beyond the contract of the port: requests, lost answers, overload, time to live."""

import socket
from datetime import timedelta
from typing import Any

import pytest

from shared.adapters.aws.clients import AwsClients
from shared.adapters.aws.records.records import DynamoRecords
from shared.domain.clock import now
from shared.domain.errors import Unavailable, VersionConflict
from shared.domain.keys import Key
from shared.ports.records import ABSENT, Delete, Put
from tests.aws.emulator import Emulator
from tests.aws.lost_answers import LostAnswers
from tests.aws.refusing_server import RefusingServer
from tests.aws.request_counts import RequestCounts

pytestmark = pytest.mark.slow

KEY = Key("p", "s")


def records_at(address: str, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> DynamoRecords:
    for name, value in (emulator.environment | {"AWS_ENDPOINT_URL": address}).items():
        monkeypatch.setenv(name, value)
    return DynamoRecords("records", AwsClients().get("dynamodb"))


class TestRequests:
    """The numbers of requests that docs/adr/0008 states."""

    def test_read_by_key_takes_one_request(self, records: DynamoRecords, dynamodb: Any) -> None:
        records.write(Put(KEY, {}))
        with RequestCounts(dynamodb) as counts:
            records.get(KEY)
        assert (counts.reads, counts.writes) == (1, 0)

    def test_page_takes_one_request_from_any_position(self, records: DynamoRecords, dynamodb: Any) -> None:
        records.write(*(Put(Key("p", f"{n:03d}"), {}) for n in range(100)))
        for after, prefix in ((None, ""), ("050", ""), ("0505", "0"), (None, "05")):
            with RequestCounts(dynamodb) as counts:
                records.query("p", prefix=prefix, after=after, limit=50)
            assert counts.calls == {"Query": 1}

    def test_list_through_pointers_takes_two_requests(self, records: DynamoRecords, dynamodb: Any) -> None:
        names = [f"{n:03d}" for n in range(100)]
        records.write(*(Put(Key("pointers", name), {}) for name in names))
        records.write(*(Put(Key(f"media#{name}", "media"), {}) for name in names))
        with RequestCounts(dynamodb) as counts:
            page = records.query("pointers", limit=100)
            found = records.get_many([Key(f"media#{record.key.sort}", "media") for record in page.records])
        assert len(found) == 100
        assert counts.calls == {"Query": 1, "BatchGetItem": 1}

    def test_only_several_writes_form_transaction(self, records: DynamoRecords, dynamodb: Any) -> None:
        with RequestCounts(dynamodb) as counts:
            records.write(Put(KEY, {}, expected_version=ABSENT))
            records.write(Delete(KEY, expected_version=1))
            records.write(Put(KEY, {}), Put(Key("q", "s"), {}), Delete(Key("r", "s")))
        assert counts.calls == {"UpdateItem": 1, "DeleteItem": 1, "TransactWriteItems": 1}

    def test_invalid_key_sends_no_request(self, records: DynamoRecords, dynamodb: Any) -> None:
        long = "x" * 3000
        with RequestCounts(dynamodb) as counts:
            assert records.get(Key(long, "s")) is None
            assert records.get_many([Key("p", long), Key("p", "")]) == []
            assert records.query(long).records == []
            assert records.query("p", prefix=long).records == []
            assert records.query("p", prefix="a", after="b").records == []
            assert records.query("p", after="", descending=True).records == []
        assert counts.attempts == 0

    def test_page_over_one_megabyte_is_complete(self, records: DynamoRecords) -> None:
        body = {"text": "x" * 350_000}
        for start in (0, 8):
            records.write(*(Put(Key("p", f"{n:02d}"), body) for n in range(start, start + 8)))
        page = records.query("p", limit=15)
        assert [record.key.sort for record in page.records] == [f"{n:02d}" for n in range(15)]
        assert page.next_after == "14"

    def test_batch_larger_than_answer_is_complete(self, records: DynamoRecords) -> None:
        body = {"text": "x" * 390_000}
        keys = [Key("p", f"{n:02d}") for n in range(50)]
        for start in range(0, 50, 10):
            records.write(*(Put(key, body) for key in keys[start : start + 10]))
        assert [record.key for record in records.get_many(keys)] == keys

    def test_expired_records_are_skipped_in_pages_of_hundred(
        self, records: DynamoRecords, dynamodb: Any
    ) -> None:
        past = now() - timedelta(days=1)
        for start in (0, 100, 200):
            records.write(
                *(Put(Key("p", f"a{n:03d}"), {}, expires_at=past) for n in range(start, start + 100))
            )
        records.write(Put(Key("p", "b"), {}))
        with RequestCounts(dynamodb) as counts:
            page = records.query("p", limit=1)
        assert [record.key.sort for record in page.records] == ["b"]
        assert counts.calls["Query"] <= 5


class TestLostAnswers:
    def test_repeated_conditional_write_recognises_itself(
        self, records: DynamoRecords, dynamodb: Any
    ) -> None:
        with LostAnswers(dynamodb):
            records.write(Put(KEY, {"by": "us"}, expected_version=ABSENT))
        with LostAnswers(dynamodb, 2):
            records.write(Put(KEY, {"by": "us again"}, expected_version=1))
        found = records.get(KEY)
        assert found is not None
        assert (found.version, found.body) == (2, {"by": "us again"})

    def test_write_of_another_process_is_still_conflict(self, records: DynamoRecords, dynamodb: Any) -> None:
        records.write(Put(KEY, {"by": "them"}))
        with LostAnswers(dynamodb), pytest.raises(VersionConflict):
            records.write(Put(KEY, {"by": "them"}, expected_version=ABSENT))

    def test_repeated_conditional_deletion_is_no_conflict(
        self, records: DynamoRecords, dynamodb: Any
    ) -> None:
        records.write(Put(KEY, {}))
        with LostAnswers(dynamodb):
            records.write(Delete(KEY, expected_version=1))
        assert records.get(KEY) is None

    def test_repeated_transaction_is_done_once(self, records: DynamoRecords, dynamodb: Any) -> None:
        other = Key("p", "other")
        with LostAnswers(dynamodb):
            records.write(Put(KEY, {}, expected_version=ABSENT), Put(other, {}))
        assert [record.version for record in records.get_many([KEY, other])] == [1, 1]


class TestOverload:
    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "ProvisionedThroughputExceededException"),
            (400, "ThrottlingException"),
            (500, "InternalServerError"),
        ],
    )
    def test_throttling_is_unavailable_after_four_attempts(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, status: int, code: str
    ) -> None:
        with RefusingServer(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}"}) as server:
            records = records_at(server.url, emulator, monkeypatch)
            with pytest.raises(Unavailable, match="overloaded"):
                records.get(KEY)
        assert server.requests == 4

    def test_repeated_transaction_conflict_is_unavailable(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [{"Code": "None"}, {"Code": "TransactionConflict"}],
        }
        with RefusingServer(400, answer) as server:
            records = records_at(server.url, emulator, monkeypatch)
            with pytest.raises(Unavailable, match="Too many concurrent writes"):
                records.write(Put(KEY, {}), Put(Key("p", "t"), {}))
        assert server.requests == 10

    def test_conflict_names_key_of_first_failed_condition(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answer = {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "CancellationReasons": [
                {"Code": "TransactionConflict"},
                {"Code": "ConditionalCheckFailed"},
                {"Code": "ConditionalCheckFailed"},
            ],
        }
        with RefusingServer(400, answer) as server:
            records = records_at(server.url, emulator, monkeypatch)
            with pytest.raises(VersionConflict) as conflict:
                records.write(*(Put(Key("p", name), {}, expected_version=1) for name in "abc"))
        assert conflict.value.key == Key("p", "b")

    def test_unreachable_service_is_unavailable(
        self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound, but not listening
            records = records_at(f"http://127.0.0.1:{taken.getsockname()[1]}", emulator, monkeypatch)
            with pytest.raises(Unavailable, match="does not answer"):
                records.get(KEY)

    def test_missing_table_is_not_reported_as_outage(self, dynamodb: Any) -> None:
        with pytest.raises(dynamodb.exceptions.ResourceNotFoundException):
            DynamoRecords("no-such-table", dynamodb).check_health()


class TestItems:
    def test_time_to_live_is_rounded_up_to_seconds(
        self, records: DynamoRecords, dynamodb: Any, table: str
    ) -> None:
        moment = now().replace(microsecond=300_000) + timedelta(hours=1)
        records.write(Put(KEY, {}, expires_at=moment))
        raw = dynamodb.get_item(TableName=table, Key={"partition": {"S": "p"}, "sort": {"S": "s"}})["Item"]
        assert raw["expires_at"]["N"] == str(int(moment.timestamp()) + 1)
        described = dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        assert described["AttributeName"] == "expires_at"
        assert described["TimeToLiveStatus"] in ("ENABLING", "ENABLED")

    def test_template_defines_table_of_adapter(self) -> None:
        from infra.stacks import data
        from shared.adapters.aws.records import items

        assert (items.PARTITION, items.SORT) == (data.PARTITION_KEY, data.SORT_KEY)
        assert items.EXPIRES_AT == data.EXPIRY_ATTRIBUTE
