"""The ``upgrade`` command on an archive in DynamoDB."""

import pytest
from typer.testing import CliRunner

from shared.adapters.aws.records.record_source import DynamoRecordSource
from shared.adapters.aws.records.records import DynamoRecords
from shared.cli.__main__ import application
from shared.domain import keys
from shared.ports.records import Put
from shared.services.maintenance import archive_format
from shared.services.maintenance.upgrade_lock import UpgradeLock
from shared.services.records.documents import Documents
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.made_up_upgrade import THINGS, UPGRADED, add_lengths

pytestmark = pytest.mark.slow

STAMP = keys.archive_format()


@pytest.fixture
def table(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    name = stores.create_table()
    for variable, value in emulator.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", name)
    return name


@pytest.fixture
def older_archive(table: str, monkeypatch: pytest.MonkeyPatch) -> DynamoRecords:
    """An archive of format 2, under a release that has a step to format 3."""
    records = stores.open_records(table)
    records.write(*THINGS, Put(STAMP, {"format": 2}))
    monkeypatch.setattr(archive_format, "STEPS", (add_lengths,))
    return records


def upgrade(code: int = 0) -> str:
    result = CliRunner().invoke(application, ["upgrade"])
    assert result.exit_code == code, result.output
    return result.output


def bodies(table: str) -> dict[keys.Key, object]:
    source = DynamoRecordSource(table, stores.client_of("dynamodb"))
    return {record.key: record.body for record in source.walk()}


@pytest.mark.usefixtures("older_archive")
def test_upgrade_runs_missing_step(table: str) -> None:
    assert "The archive has format 3." in upgrade()
    assert bodies(table) == UPGRADED | {STAMP: {"format": 3}}
    assert "The archive has format 3." in upgrade()
    assert bodies(table) == UPGRADED | {STAMP: {"format": 3}}


def test_second_upgrade_is_refused_with_owner_of_first(older_archive: DynamoRecords, table: str) -> None:
    with UpgradeLock(Documents(older_archive), "Process 1 on one"):
        before = bodies(table)
        assert "Process 1 on one has been upgrading the archive since" in upgrade(code=1)
        assert bodies(table) == before
    upgrade()
    assert bodies(table) == UPGRADED | {STAMP: {"format": 3}}


def test_upgrade_is_refused_while_job_is_open(older_archive: DynamoRecords, table: str) -> None:
    older_archive.write(Put(keys.job("imp_1"), {}))
    before = bodies(table)
    assert "Something is still to be done" in upgrade(code=1)
    assert bodies(table) == before


def test_new_table_is_stamped_and_newer_archive_refused(table: str) -> None:
    upgrade()
    assert bodies(table) == {STAMP: {"format": 2}}
    stores.open_records(table).write(Put(STAMP, {"format": 3}))
    assert "knows 2 at most" in upgrade(code=1)


def test_records_without_stamp_are_stamped(table: str) -> None:
    stores.open_records(table).write(*THINGS)
    upgrade()
    assert bodies(table)[STAMP] == {"format": 2}


def test_first_key_stamps_new_deployment(table: str) -> None:
    result = CliRunner().invoke(application, ["keys", "create", "--name", "first"])
    assert result.exit_code == 0, result.output
    assert bodies(table)[STAMP] == {"format": 2}
