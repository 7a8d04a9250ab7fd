"""An operator's command brings an archive in DynamoDB to the format of this release."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.adapters.aws.records.record_source import DynamoRecordSource
from shared.adapters.aws.records.records import DynamoRecords
from shared.adapters.local.records.records import SqliteRecords
from shared.cli.__main__ import application
from shared.domain import keys
from shared.ports.records import Delete, Put
from shared.runtime.local_archive import make_current
from tests.archives.old_archive import OldArchive, records_in, unpacked
from tests.aws import stores
from tests.aws.emulator import Emulator

pytestmark = pytest.mark.slow


@pytest.fixture
def table(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> str:
    name = stores.create_table()
    for variable, value in emulator.environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", name)
    return name


def upgrade(code: int = 0) -> str:
    result = CliRunner().invoke(application, ["upgrade"])
    assert result.exit_code == code, result.output
    return result.output


def test_an_old_archive_becomes_what_it_becomes_on_a_laptop(table: str, tmp_path: Path) -> None:
    old, there = in_dynamodb(table, tmp_path)
    make_current(old.runtime())
    assert "The archive has format 2." in upgrade()
    assert everything(there, table) == records_in(old.records_file)


def test_it_waits_for_work_that_is_not_done(table: str) -> None:
    records = stores.open_records(table)
    records.write(Put(keys.job("imp_1"), {}))
    assert "Something is still to be done" in upgrade(code=1)
    assert set(everything(records, table)) == {keys.job("imp_1")}


def test_a_new_table_is_marked_and_a_later_one_refused(table: str) -> None:
    upgrade()
    records = stores.open_records(table)
    assert everything(records, table) == {keys.archive_format(): {"format": 2}}
    records.write(Put(keys.archive_format(), {"format": 3}))
    assert "knows 2 at most" in upgrade(code=1)


def test_the_first_key_marks_a_new_deployment(table: str) -> None:
    result = CliRunner().invoke(application, ["keys", "create", "--name", "first"])
    assert result.exit_code == 0, result.output
    records = stores.open_records(table)
    assert everything(records, table)[keys.archive_format()] == {"format": 2}


def in_dynamodb(table: str, folder: Path) -> tuple[OldArchive, DynamoRecords]:
    """An archive of format 1, without its open jobs, on both sides."""
    old = unpacked(folder)
    there = stores.open_records(table)
    here = SqliteRecords(old.records_file)
    for record in here.walk():
        if record.key.partition == keys.job().partition:
            here.write(Delete(record.key))
        else:
            there.write(record)
    here.close()
    return old, there


def everything(records: DynamoRecords, table: str) -> dict[keys.Key, object]:
    source = DynamoRecordSource(table, stores.client_of("dynamodb"))
    return {record.key: record.body for record in source.walk()}


def test_two_operators_at_once_do_no_harm(table: str, tmp_path: Path) -> None:
    """One upgrades; the other is told who does, or finds it done."""
    old, there = in_dynamodb(table, tmp_path)
    command = [sys.executable, "-m", "shared.cli", "upgrade"]
    operators = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    ended = [(*operator.communicate(), operator.returncode) for operator in operators]
    assert {code for _, _, code in ended} <= {0, 1}, ended
    assert any(code == 0 for _, _, code in ended), ended
    assert all("has been upgrading the archive since" in error for _, error, code in ended if code == 1)
    upgrade()
    make_current(old.runtime())
    assert everything(there, table) == records_in(old.records_file)
