"""The event log: an event adds no commit to its change, and the default index has no log."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import default_index
from tests.unit.services.told_changes import ToldChanges


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqliteRecords]:
    opened = SqliteRecords(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def commits_of_each_change(records: SqliteRecords, changes: ToldChanges) -> dict[str, int]:
    statements: list[str] = []
    with records._connections.writing() as connection:
        connection.set_trace_callback(statements.append)
    counts = {}
    for name, change in changes.changes():
        statements.clear()
        change()
        counts[name] = statements.count("COMMIT")
    return counts


def test_event_adds_no_commit_to_its_change(records: SqliteRecords) -> None:
    with_log = ToldChanges(records, "anna")
    without_log = ToldChanges(records, default_index.TENANT)
    assert commits_of_each_change(records, with_log) == commits_of_each_change(records, without_log)
    assert len(with_log.events()) == len(with_log.changes())
    assert without_log.events() == []


def test_change_made_twice_is_told_once(records: SqliteRecords) -> None:
    told = ToldChanges(records, "anna")
    for number, (name, change) in enumerate(told.changes(), start=1):
        change()
        assert len(told.events()) == number, name
        if name != "store a result":  # a stored result is not extracted again
            change()
            assert len(told.events()) == number, f"{name} again"
