"""The stamp of an archive's format, and the steps between two formats."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.adapters.local.records.records import SqliteRecords
from shared.domain import keys
from shared.domain.errors import Conflict
from shared.ports.record_source import RecordSource
from shared.ports.records import Put
from shared.services.maintenance import archive_format
from shared.services.maintenance.archive_format import (
    FIRST,
    Archive,
    NewerArchive,
    Report,
    Step,
    check_same,
    current_format,
)
from shared.services.records.documents import Documents
from tests.made_up_upgrade import FIRST_THING, THINGS, UPGRADED, add_lengths

STAMP = keys.archive_format()

SetSteps = Callable[..., None]


@pytest.fixture
def records(tmp_path: Path) -> SqliteRecords:
    return SqliteRecords(tmp_path / "records.sqlite")


@pytest.fixture
def archive(records: SqliteRecords) -> Archive:
    return Archive(Documents(records), records)


@pytest.fixture
def set_steps(monkeypatch: pytest.MonkeyPatch) -> SetSteps:
    def replace(*steps: Step) -> None:
        monkeypatch.setattr(archive_format, "STEPS", steps)

    return replace


def bodies(records: SqliteRecords) -> dict[keys.Key, Any]:
    return {record.key: record.body for record in records.walk()}


def ignore(done: int, total: int) -> None:
    pass


def add_colours(documents: Documents, source: RecordSource, report: Report) -> None:
    """A second made-up step, which needs the first one's results."""
    for record in list(source.walk()):
        if record.key.partition == FIRST_THING.partition:
            documents.write(Put(record.key, {**record.body, "colour": "red" * (record.body["length"] > 3)}))
    report(1, 1)


def test_new_archive_is_stamped_without_steps(
    archive: Archive, records: SqliteRecords, set_steps: SetSteps
) -> None:
    set_steps(add_lengths)
    assert archive.format() is None
    archive.make_current(ignore)
    assert bodies(records) == {STAMP: {"format": FIRST + 1}}


def test_format_of_this_release_is_2() -> None:
    """Existing archives must stay readable: the number changes only together with a step."""
    assert current_format() == 2


def test_archive_of_current_format_stays_unchanged(archive: Archive, records: SqliteRecords) -> None:
    archive.make_current(ignore)
    records.write(*THINGS)
    before = bodies(records)
    archive.make_current(ignore)
    assert bodies(records) == before


def test_records_without_stamp_have_first_format(
    archive: Archive, records: SqliteRecords, set_steps: SetSteps
) -> None:
    records.write(*THINGS)
    assert archive.format() == FIRST
    set_steps(add_lengths)
    archive.make_current(ignore)
    assert bodies(records) == UPGRADED | {STAMP: {"format": FIRST + 1}}


def test_unstamped_records_of_current_format_are_stamped(archive: Archive, records: SqliteRecords) -> None:
    records.write(*THINGS)
    archive.make_current(ignore)
    assert bodies(records) == {put.key: put.body for put in THINGS} | {STAMP: {"format": FIRST}}


def test_only_remaining_steps_run_in_order(
    archive: Archive, records: SqliteRecords, set_steps: SetSteps
) -> None:
    records.write(*THINGS)
    set_steps(add_lengths)
    archive.make_current(ignore)
    set_steps(_must_not_run, add_colours)
    archive.make_current(ignore)
    assert bodies(records)[FIRST_THING] == {"name": "lorry", "length": 5, "colour": "red"}
    assert bodies(records)[STAMP] == {"format": FIRST + 2}


def test_interrupted_step_runs_again_from_its_start(
    archive: Archive, records: SqliteRecords, set_steps: SetSteps
) -> None:
    archive.make_current(ignore)
    records.write(*THINGS)
    set_steps(add_lengths)
    with pytest.raises(KeyboardInterrupt):
        archive.make_current(_interrupt_after_first)
    assert bodies(records)[FIRST_THING] == UPGRADED[FIRST_THING]
    assert bodies(records)[STAMP] == {"format": FIRST}
    archive.make_current(ignore)
    assert bodies(records) == UPGRADED | {STAMP: {"format": FIRST + 1}}


def test_progress_is_reported_up_to_total(
    archive: Archive, records: SqliteRecords, set_steps: SetSteps
) -> None:
    records.write(*THINGS)
    set_steps(add_lengths)
    reported: list[tuple[int, int]] = []
    archive.make_current(lambda done, total: reported.append((done, total)))
    assert reported == [(0, 2), (1, 2), (2, 2)]


@pytest.mark.parametrize(("found", "error"), [(3, NewerArchive), (1, Conflict)])
def test_unknown_format_is_refused_without_write(
    archive: Archive, records: SqliteRecords, found: int, error: type[Conflict]
) -> None:
    records.write(*THINGS, Put(STAMP, {"format": found}))
    before = bodies(records)
    with pytest.raises(error, match=f"has format {found}"):
        archive.make_current(ignore)
    with pytest.raises(error, match=f"has format {found}"):
        check_same(archive.documents)
    assert bodies(records) == before


def test_older_archive_refuses_current_records(archive: Archive, set_steps: SetSteps) -> None:
    check_same(archive.documents)
    archive.make_current(ignore)
    check_same(archive.documents)
    set_steps(add_lengths)
    with pytest.raises(Conflict, match="upgrade it first"):
        check_same(archive.documents)


def _must_not_run(documents: Documents, source: RecordSource, report: Report) -> None:
    raise AssertionError("the archive has passed this step")


def _interrupt_after_first(done: int, total: int) -> None:
    if done == 1:
        raise KeyboardInterrupt
