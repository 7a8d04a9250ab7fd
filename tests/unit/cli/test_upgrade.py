"""``upgrade``, and what other commands do with an archive of another format."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shared.adapters.local.records.records import SqliteRecords
from shared.cli.__main__ import application
from shared.domain import keys
from shared.ports.records import Put
from shared.runtime.local import DataFolderLock, local_server
from shared.services.maintenance import archive_format
from shared.settings import Settings
from tests.made_up_upgrade import THINGS, UPGRADED, add_lengths
from tests.waiting import HANG_TIMEOUT

STAMP = keys.archive_format()
REFUSED = "The archive has format 3, and this release knows 2 at most."


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of format 2, under a release that has a step to format 3."""
    write(tmp_path, *THINGS, Put(STAMP, {"format": 2}))
    monkeypatch.setattr(archive_format, "STEPS", (add_lengths,))
    return tmp_path


@pytest.fixture
def newer(tmp_path: Path) -> Iterator[Path]:
    """A data folder of a later release. It must stay unchanged."""
    write(tmp_path, *THINGS, Put(STAMP, {"format": 3}))
    before = bodies(tmp_path)
    yield tmp_path
    assert bodies(tmp_path) == before


def write(folder: Path, *puts: Put) -> None:
    records = SqliteRecords(folder / "records.sqlite")
    records.write(*puts)
    records.close()


def bodies(folder: Path) -> dict[keys.Key, Any]:
    records = SqliteRecords(folder / "records.sqlite")
    try:
        return {record.key: record.body for record in records.walk()}
    finally:
        records.close()


def run(folder: Path, *command: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, [*command, "--data", str(folder)])
    assert result.exit_code == code, result.output
    return result.output


def test_upgrade_runs_missing_step(older: Path) -> None:
    assert "The archive has format 3." in run(older, "upgrade")
    assert bodies(older) == UPGRADED | {STAMP: {"format": 3}}


def test_keys_command_upgrades_archive_first(older: Path) -> None:
    run(older, "keys", "list")
    assert bodies(older) == UPGRADED | {STAMP: {"format": 3}}


def test_server_upgrades_archive_before_start(older: Path, caplog: pytest.LogCaptureFixture) -> None:
    local_server(Settings(data_folder=older))
    assert bodies(older) == UPGRADED | {STAMP: {"format": 3}}
    assert "Upgrading the archive to format 3: 2 of 2 done." in caplog.text


def test_keys_command_leaves_upgrade_to_running_server(older: Path) -> None:
    before = bodies(older)
    with DataFolderLock(older):
        run(older, "keys", "create", "--name", "beside")
        assert "is in use by the server" in run(older, "upgrade", code=1)
    after = bodies(older)
    added = after.keys() - before.keys()
    assert {key.partition.split("#")[0] for key in added} == {"api-key", "tenant"}
    assert {key: after[key] for key in before} == before


@pytest.mark.parametrize(
    "command", [("keys", "list"), ("upgrade",), ("reindex",), ("dead-letters",)], ids=" ".join
)
def test_command_refuses_newer_archive(newer: Path, command: tuple[str, ...]) -> None:
    result = CliRunner().invoke(application, [*command, "--data", str(newer)])
    assert isinstance(result.exception, SystemExit)  # an expected error, without a traceback
    assert result.exit_code == 1
    assert REFUSED in " ".join(result.stderr.split())


@pytest.mark.slow
def test_server_refuses_newer_archive(newer: Path) -> None:
    command = [sys.executable, "-m", "shared.cli", "serve", "--port", "0", "--data", str(newer)]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=HANG_TIMEOUT, check=False)
    assert shown.returncode == 1
    assert REFUSED in " ".join(shown.stderr.split())
    assert "Traceback" not in shown.stderr


def test_new_archive_is_stamped_first(tmp_path: Path) -> None:
    local_server(Settings(data_folder=tmp_path / "served"))
    assert bodies(tmp_path / "served") == {STAMP: {"format": 2}}


def test_upgrade_without_records_creates_no_folder(tmp_path: Path) -> None:
    assert "There are no records in" in run(tmp_path / "typo", "upgrade", code=1)
    assert not (tmp_path / "typo").exists()
