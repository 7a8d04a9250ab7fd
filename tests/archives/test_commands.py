"""What commands do with archives of other releases."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.domain import keys
from shared.ports.records import Delete, Put
from shared.runtime.local import DataFolderLock, local_runtime, local_server
from shared.runtime.local_archive import make_current
from shared.settings import Settings
from tests.archives.old_archive import TENANT, OldArchive, client_of, records_in, unpacked
from tests.robustness.tenant_archive import Builder
from tests.server_process import ServerProcess
from tests.unit.services.small_models import SmallModels
from tests.waiting import HANG_TIMEOUT

KILLED_BEFORE_WRITE = """
import os, signal, sys
from shared.adapters.local.records import SqliteRecords
from shared.cli.__main__ import application

write, left = SqliteRecords.write, [int(sys.argv[1])]

def mortal(self, *writes):
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    left[0] -= 1
    write(self, *writes)

SqliteRecords.write = mortal
application(["upgrade", "--data", sys.argv[2]])
"""


@pytest.fixture
def old(tmp_path: Path) -> OldArchive:
    return unpacked(tmp_path)


def run(folder: Path, *command: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, [*command, "--data", str(folder)])
    assert result.exit_code == code, result.output
    return result.output


def found_format(records: dict[keys.Key, Any]) -> int | None:
    body = records.get(keys.archive_format())
    return None if body is None else int(body["format"])


@pytest.mark.parametrize("command", [("keys", "list"), ("upgrade",)], ids=" ".join)
def test_a_command_upgrades_first(old: OldArchive, command: tuple[str, ...]) -> None:
    run(old.data, *command)
    assert found_format(records_in(old.records_file)) == 2


def test_beside_a_server_a_key_is_made_and_nothing_else_is_done(old: OldArchive) -> None:
    before = records_in(old.records_file)
    with DataFolderLock(old.data):
        run(old.data, "keys", "create", "--name", "beside")
        assert "is in use by the server" in run(old.data, "upgrade", code=1)
    added = records_in(old.records_file).keys() - before.keys()
    assert {key.partition.split("#")[0] for key in added} == {"api-key", "tenant"}
    assert len(added) == 2


@pytest.fixture
def later(old: OldArchive) -> Iterator[OldArchive]:
    """Of a release to come. In the end it must be as it was."""
    old.runtime().records.write(Put(keys.archive_format(), {"format": 3}))
    before = records_in(old.records_file)
    yield old
    assert records_in(old.records_file) == before


REFUSED = "The archive has format 3, and this release knows 2 at most."


@pytest.mark.parametrize("command", [("keys", "list"), ("upgrade",), ("reindex",)], ids=" ".join)
def test_a_later_archive_is_refused_and_left_as_it_is(later: OldArchive, command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(application, [*command, "--data", str(later.data)])
    assert isinstance(result.exception, SystemExit)  # and no error that nobody foresaw
    assert result.exit_code == 1
    assert REFUSED in " ".join(result.stderr.split())


def test_nor_is_a_later_archive_served(later: OldArchive) -> None:
    command = [sys.executable, "-m", "shared.cli", "serve", "--port", "0", "--data", str(later.data)]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False)
    assert shown.returncode == 1
    assert REFUSED in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.stderr


def test_releases_that_know_no_format_are_kept_away(old: OldArchive) -> None:
    """They refuse a file of a later layout than theirs, which was 1."""
    make_current(old.runtime())
    with sqlite3.connect(old.records_file) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (2,)


def test_an_archive_is_marked_before_anything_is_in_it(tmp_path: Path) -> None:
    local_server(Settings(data_folder=tmp_path / "served"))
    run(tmp_path / "keyed", "keys", "create", "--name", "first")
    assert list(records_in(tmp_path / "served" / "records.sqlite")) == [keys.archive_format()]
    assert found_format(records_in(tmp_path / "keyed" / "records.sqlite")) == 2


def test_without_records_there_is_nothing_to_upgrade(tmp_path: Path) -> None:
    assert "There are no records in" in run(tmp_path / "typo", "upgrade", code=1)
    assert not (tmp_path / "typo").exists()


def test_an_archive_of_today_stays_as_it_is(tmp_path: Path) -> None:
    """One that today's code has written, if the record that tells its format were lost."""
    runtime = local_runtime(Settings(data_folder=tmp_path / "data", public_base_url="http://testserver"))
    models = SmallModels()
    runtime.__dict__["models"] = models.pack("builtin")
    Builder(runtime, client_of(runtime), TENANT, tmp_path / "sources").build(models)
    before = records_in(tmp_path / "data" / "records.sqlite")
    make_current(runtime)
    after = records_in(tmp_path / "data" / "records.sqlite")
    runtime.records.write(Delete(keys.archive_format()))
    assert after.pop(keys.archive_format()) == {"format": 2}
    assert after == before


@pytest.mark.slow
def test_killed_between_two_writes_it_goes_on(old: OldArchive, tmp_path: Path) -> None:
    whole = unpacked(tmp_path / "whole")
    run(whole.data, "upgrade")
    for writes in (1, 4, 9, 16):  # each begins where the one before was killed
        command = [sys.executable, "-c", KILLED_BEFORE_WRITE, str(writes), str(old.data)]
        killed = subprocess.run(command, capture_output=True, timeout=HANG_TIMEOUT, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        assert found_format(records_in(old.records_file)) is None
    run(old.data, "upgrade")
    assert records_in(old.records_file) == records_in(whole.records_file)


@pytest.mark.slow
def test_a_server_upgrades_before_it_answers(old: OldArchive) -> None:
    server = ServerProcess(old.folder)
    server.start()
    try:
        secret = run(old.data, "keys", "create", "--name", "test", "--scope", "admin").splitlines()[-1]
        address = f"{server.base_url}/playground/videos"
        answer = httpx.get(address, headers={"X-API-Key": secret}, timeout=HANG_TIMEOUT).raise_for_status()
        assert len(answer.json()["data"]) == 2
    finally:
        server.kill()
    assert "Upgrading the archive to format 2: 22 of 22 done." in (old.folder / "server.log").read_text()
