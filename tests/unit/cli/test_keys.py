from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.cli.keys import keys
from shared.domain.access import LOCAL_TENANT, Scope
from shared.domain.errors import NotAuthenticated
from shared.runtime.local import local_runtime, local_server
from shared.settings import Settings


def run(folder: Path, *arguments: str, code: int = 0) -> list[str]:
    result = CliRunner().invoke(keys, [*arguments, "--data", str(folder)])
    assert result.exit_code == code, result.output
    return result.output.splitlines()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """The data folder of a server that has run."""
    local_server(Settings(data_folder=tmp_path / "data"))
    return tmp_path / "data"


def test_created_key_works_until_it_is_revoked(archive: Path) -> None:
    api_keys = local_runtime(Settings(data_folder=archive)).access.api_keys
    note, secret = run(archive, "create", "--name", "ci", "--scope", "write", "--scope", "search")
    caller = api_keys.authenticate(secret)
    assert caller.tenant_id == LOCAL_TENANT
    assert caller.scopes == {Scope.WRITE, Scope.SEARCH}
    key_id = note.split()[1].rstrip(":")
    run(archive, "revoke", key_id)
    with pytest.raises(NotAuthenticated):
        api_keys.authenticate(secret)


def test_new_data_folder_is_accessible_by_owner_only(archive: Path) -> None:
    """The folder will contain media, transcripts and URLs with tokens."""
    assert archive.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "command",
    [("create", "--name", "ci"), ("list",), ("revoke", "key_x"), ("sign-in-link",)],
    ids=lambda arguments: arguments[0],
)
def test_folder_without_archive_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    folder = tmp_path / "dta"
    (line,) = run(folder, *command, code=1)
    assert line == (
        f"There are no records in {folder}: no server has used this folder. "
        "Name the data folder of the server with --data."
    )
    assert not folder.exists()


def test_empty_name_of_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (["keys", "create", "--name", "ci"], ["keys", "list"], ["serve", "--port", "0"]):
        result = CliRunner().invoke(application, [*command, "--data", ""])
        assert result.exit_code == 2
        assert "The name of the folder is empty." in result.output
    assert list(tmp_path.iterdir()) == []


def test_keys_are_listed_without_secrets(archive: Path) -> None:
    _, secret = run(archive, "create", "--name", "reader")
    run(archive, "create", "--name", "short", "--expires-in-days", "3")
    run(archive, "create", "--name", "elsewhere", "--tenant", "other")
    reader, short = run(archive, "list")
    assert reader.endswith("\tread\tactive\treader")
    assert "expires 2" in short
    assert secret not in reader
    assert len(run(archive, "list", "--tenant", "other")) == 1


def test_invalid_requests_are_reported(archive: Path) -> None:
    assert "No api key" in run(archive, "revoke", "key_unknown", code=1)[0]
    run(archive, "create", "--name", "", code=2)
    run(archive, "create", "--name", "x", "--scope", "owner", code=2)


def test_invalid_setting_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RUN_WORKERS", "many")
    (line,) = run(tmp_path, "list", code=1)
    assert line.startswith("VIDEOVECTOR_SERVER_RUN_WORKERS: ")


def test_sign_in_link_on_aws_needs_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", "table")
    (line,) = run(tmp_path, "sign-in-link", code=1)
    assert "--address: the output SiteUrl" in line
