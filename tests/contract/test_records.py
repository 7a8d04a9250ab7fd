"""Contract of ``shared.ports.records.Records``."""

import time
from datetime import datetime, timedelta

import pytest

from shared.domain.clock import now
from shared.domain.errors import RecordTooLarge, VersionConflict
from shared.domain.keys import Key
from shared.ports.record_limits import MAX_RECORD_BYTES, MAX_SORT_BYTES
from shared.ports.records import ABSENT, MAX_WRITES, Delete, Put, Records
from tests.contract.conftest import RecordStore


def put_all(records: Records, partition: str, *sorts: str) -> None:
    records.write(*(Put(Key(partition, sort), {"sort": sort}) for sort in sorts))


def sorts(
    records: Records,
    partition: str,
    prefix: str = "",
    after: str | None = None,
    limit: int = 100,
    descending: bool = False,
) -> list[str]:
    page = records.query(partition, prefix=prefix, after=after, limit=limit, descending=descending)
    return [record.key.sort for record in page.records]


class TestDocuments:
    def test_written_document_is_read_unchanged(self, records: Records) -> None:
        body = {"text": "Größe 図 \x00 🎬", "list": [1, 2.5, None, True], "nested": {"": {"a": []}}}
        records.write(Put(Key("p", "s"), body))
        found = records.get(Key("p", "s"))
        assert found is not None
        assert (found.key, found.version, dict(found.body)) == (Key("p", "s"), 1, body)

    def test_lone_surrogate_in_body_is_preserved(self, records: Records) -> None:
        records.write(Put(Key("p", "s"), {"text": "half \ud83c", "other": "図"}))
        found = records.get(Key("p", "s"))
        assert found is not None
        assert found.body == {"text": "half \ud83c", "other": "図"}

    def test_each_write_increments_version(self, records: Records) -> None:
        for _ in range(3):
            records.write(Put(Key("p", "s"), {}))
        found = records.get(Key("p", "s"))
        assert found is not None
        assert found.version == 3

    def test_missing_record_is_none(self, records: Records) -> None:
        records.write(Put(Key("p", "s"), {}))
        assert records.get(Key("p", "S")) is None
        assert records.get(Key("p", "")) is None
        assert records.get(Key("q", "s")) is None
        assert records.get(Key("p", "x" * 5000)) is None

    def test_get_many_keeps_order_and_skips_missing_records(self, records: Records) -> None:
        put_all(records, "p", "a", "b", "c")
        keys = [Key("p", "c"), Key("p", "missing"), Key("p", "a"), Key("p", "c")]
        assert [record.key.sort for record in records.get_many(keys)] == ["c", "a", "c"]
        assert records.get_many([]) == []

    def test_get_many_reads_several_batches(self, records: Records) -> None:
        names = [f"{number:04d}" for number in range(250)]
        for start in range(0, 250, MAX_WRITES):
            put_all(records, "p", *names[start : start + MAX_WRITES])
        found = records.get_many([Key("p", name) for name in names])
        assert [record.key.sort for record in found] == names

    def test_documents_persist_after_close(self, record_store: RecordStore) -> None:
        first = record_store.open()
        first.write(Put(Key("p", "s"), {"kept": True}))
        first.close()
        second = record_store.open()
        found = second.get(Key("p", "s"))
        second.close()
        assert found is not None
        assert found.body == {"kept": True}


class TestQueries:
    def test_query_is_restricted_to_partition_and_prefix(self, records: Records) -> None:
        put_all(records, "p", "a", "ab", "abc", "b", "AB")
        put_all(records, "q", "ab")
        assert sorts(records, "p", "ab") == ["ab", "abc"]
        assert sorts(records, "p") == ["AB", "a", "ab", "abc", "b"]
        assert sorts(records, "nothing") == []

    @pytest.mark.parametrize("wild", ["%", "_", "*", "a%", "["])
    def test_prefix_is_literal(self, records: Records, wild: str) -> None:
        put_all(records, "p", "abc", f"{wild}x")
        assert sorts(records, "p", wild) == [f"{wild}x"]

    def test_keys_sort_by_code_point(self, records: Records) -> None:
        names = ["Z", "a", "é", "ü", "図", "\uffee", "🎬", "🎬z"]
        put_all(records, "p", *reversed(names))
        assert sorts(records, "p") == sorted(names) == names
        assert sorts(records, "p", "🎬") == ["🎬", "🎬z"]

    def test_prefixes_at_limits_of_unicode(self, records: Records) -> None:
        top, before_surrogates = "\U0010ffff", "\ud7ff"
        names = [
            before_surrogates,
            f"{before_surrogates}x",
            "\ue000",
            f"a{top}",
            f"a{top}x",
            "b",
            top,
            f"{top}{top}",
        ]
        put_all(records, "p", *names)
        assert sorts(records, "p", before_surrogates) == [before_surrogates, f"{before_surrogates}x"]
        assert sorts(records, "p", f"a{top}") == [f"a{top}", f"a{top}x"]
        assert sorts(records, "p", top) == [top, f"{top}{top}"]

    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize("prefix", ["", "x"])
    def test_pages_are_complete_and_ordered(self, records: Records, descending: bool, prefix: str) -> None:
        put_all(records, "p", "a", *(f"x{number:02d}" for number in range(20)), "y")
        expected = sorts(records, "p", prefix, descending=descending)
        walked: list[str] = []
        after: str | None = None
        while True:
            page = records.query("p", prefix=prefix, after=after, limit=7, descending=descending)
            assert len(page.records) <= 7
            walked += [record.key.sort for record in page.records]
            if (after := page.next_after) is None:
                break
        assert walked == expected
        assert walked == sorted(walked, reverse=descending)
        assert len(walked) == (20 if prefix else 22)

    def test_last_full_page_has_no_next_position(self, records: Records) -> None:
        put_all(records, "p", "a", "b")
        assert records.query("p", limit=2).next_after is None
        assert records.query("p", limit=1).next_after == "a"
        assert records.query("p", limit=1, descending=True).next_after == "b"

    def test_after_need_not_exist(self, records: Records) -> None:
        put_all(records, "p", "a", "c", "e")
        assert sorts(records, "p", after="b") == ["c", "e"]
        assert sorts(records, "p", after="d", descending=True) == ["c", "a"]

    def test_limit_below_one_is_refused(self, records: Records) -> None:
        with pytest.raises(ValueError, match="limit"):
            records.query("p", limit=0)


class TestTransactions:
    def test_expected_absence_permits_only_creation(self, records: Records) -> None:
        records.write(Put(Key("p", "s"), {"by": 1}, expected_version=ABSENT))
        with pytest.raises(VersionConflict) as conflict:
            records.write(Put(Key("p", "s"), {"by": 2}, expected_version=ABSENT))
        assert conflict.value.key == Key("p", "s")
        found = records.get(Key("p", "s"))
        assert found is not None
        assert found.body == {"by": 1}

    @pytest.mark.parametrize("expected", [ABSENT, 1, 3])
    def test_unexpected_version_is_conflict(self, records: Records, expected: int) -> None:
        records.write(Put(Key("p", "s"), {}))
        records.write(Put(Key("p", "s"), {}, expected_version=1))
        for write in (Put(Key("p", "s"), {"x": 1}, expected), Delete(Key("p", "s"), expected)):
            with pytest.raises(VersionConflict):
                records.write(write)
        found = records.get(Key("p", "s"))
        assert found is not None
        assert (found.version, found.body) == (2, {})

    def test_conflict_writes_nothing_and_names_first_key(self, records: Records) -> None:
        put_all(records, "p", "b", "d")
        with pytest.raises(VersionConflict) as conflict:
            records.write(
                Put(Key("p", "a"), {"new": True}),
                Delete(Key("p", "b")),
                Put(Key("p", "c"), {}, expected_version=7),
                Put(Key("p", "d"), {}, expected_version=ABSENT),
            )
        assert conflict.value.key == Key("p", "c")
        assert sorts(records, "p") == ["b", "d"]

    def test_deleting_missing_record_fails_only_if_version_expected(self, records: Records) -> None:
        records.write(Delete(Key("p", "s")))
        records.write(Delete(Key("p", "s"), expected_version=ABSENT))
        with pytest.raises(VersionConflict):
            records.write(Delete(Key("p", "s"), expected_version=1))

    def test_recreated_record_starts_at_version_one(self, records: Records) -> None:
        put_all(records, "p", "s")
        records.write(Delete(Key("p", "s"), expected_version=1))
        assert records.get(Key("p", "s")) is None
        records.write(Put(Key("p", "s"), {}, expected_version=ABSENT))
        found = records.get(Key("p", "s"))
        assert found is not None
        assert found.version == 1

    def test_more_than_100_writes_are_refused(self, records: Records) -> None:
        put_all(records, "p", *(f"{number:03d}" for number in range(MAX_WRITES)))
        with pytest.raises(ValueError, match="at most 100"):
            put_all(records, "q", *(f"{number:03d}" for number in range(MAX_WRITES + 1)))
        assert sorts(records, "q") == []

    def test_two_writes_for_one_key_are_refused(self, records: Records) -> None:
        with pytest.raises(ValueError, match="two writes"):
            records.write(Put(Key("p", "s"), {}), Delete(Key("p", "s")))

    def test_empty_transaction_is_no_error(self, records: Records) -> None:
        records.write()

    @pytest.mark.parametrize("key", [Key("", "s"), Key("p", ""), Key("p", "ü" * (MAX_SORT_BYTES // 2 + 1))])
    def test_invalid_keys_are_refused(self, records: Records, key: Key) -> None:
        with pytest.raises(ValueError, match="key"):
            records.write(Put(key, {}))

    def test_record_over_limit_is_refused_with_size(self, records: Records) -> None:
        records.write(Put(Key("p", "fits"), {"text": "ü" * (MAX_RECORD_BYTES // 2 - 200)}))
        large = {"text": "ü" * (MAX_RECORD_BYTES // 2)}
        with pytest.raises(RecordTooLarge, match=r"p / s has \d+ bytes; the limit is 409600"):
            records.write(Put(Key("p", "other"), {}), Put(Key("p", "s"), large))
        assert sorts(records, "p") == ["fits"]

    def test_transaction_over_size_limit_is_refused(self, records: Records) -> None:
        bodies = {"text": "x" * 350_000}
        records.write(*(Put(Key("p", f"{number}"), bodies) for number in range(11)))
        with pytest.raises(ValueError, match="at most 4194304 bytes"):
            records.write(*(Put(Key("q", f"{number:02d}"), bodies) for number in range(13)))
        assert sorts(records, "q") == []

    @pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"bytes"])
    def test_body_that_is_not_json_is_refused(self, records: Records, value: object) -> None:
        with pytest.raises((ValueError, TypeError)):
            records.write(Put(Key("p", "other"), {}), Put(Key("p", "s"), {"value": value}))
        assert sorts(records, "p") == []


class TestExpiry:
    def test_expired_record_is_not_returned(self, records: Records) -> None:
        records.write(
            Put(Key("p", "gone"), {}, expires_at=now() - timedelta(seconds=1)),
            Put(Key("p", "stays"), {}, expires_at=now() + timedelta(hours=1)),
        )
        assert records.get(Key("p", "gone")) is None
        assert sorts(records, "p") == ["stays"]
        assert [r.key.sort for r in records.get_many([Key("p", "gone"), Key("p", "stays")])] == ["stays"]

    def test_record_disappears_at_its_expiry(self, records: Records) -> None:
        end = now() + timedelta(seconds=1)
        records.write(Put(Key("p", "s"), {}, expires_at=end))
        assert records.get(Key("p", "s")) is not None or now() >= end  # the machine may have been suspended
        time.sleep(max(0.0, (end - now()).total_seconds()) + 0.1)
        assert records.get(Key("p", "s")) is None

    def test_expired_record_is_absent_for_conditional_writes(self, records: Records) -> None:
        key, past = Key("p", "s"), now() - timedelta(seconds=1)
        records.write(Put(key, {"by": 1}, expires_at=past))
        with pytest.raises(VersionConflict):
            records.write(Put(key, {"by": 2}, expected_version=1))
        with pytest.raises(VersionConflict):
            records.write(Delete(key, expected_version=1))
        records.write(Put(key, {"by": 3}, expected_version=ABSENT))
        found = records.get(key)
        assert found is not None
        assert (found.version, found.body) == (1, {"by": 3})

    def test_write_without_expiry_removes_expiry(self, records: Records) -> None:
        records.write(Put(Key("p", "s"), {}, expires_at=now() + timedelta(seconds=0.3)))
        records.write(Put(Key("p", "s"), {}))
        time.sleep(0.5)
        assert records.get(Key("p", "s")) is not None

    def test_expired_records_do_not_shrink_pages(self, records: Records) -> None:
        past = now() - timedelta(seconds=1)
        records.write(*(Put(Key("p", f"{n}"), {}, expires_at=past if n % 2 else None) for n in range(10)))
        page = records.query("p", limit=5)
        assert [record.key.sort for record in page.records] == ["0", "2", "4", "6", "8"]
        assert page.next_after is None

    def test_expiry_without_time_zone_is_refused(self, records: Records) -> None:
        with pytest.raises(ValueError, match="time zone"):
            records.write(Put(Key("p", "s"), {}, expires_at=datetime(2030, 1, 1)))  # noqa: DTZ001 - intended
