from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli.keys import LOCAL_TENANT, keys
from shared.domain.access import Scope
from shared.domain.errors import NotAuthenticated
from shared.runtime.local import local_runtime
from shared.settings import Settings


def run(folder: Path, *arguments: str, code: int = 0) -> list[str]:
    result = CliRunner().invoke(keys, [*arguments, "--data", str(folder)])
    assert result.exit_code == code, result.output
    return result.output.splitlines()


def test_created_key_works_until_it_is_revoked(tmp_path: Path) -> None:
    api_keys = local_runtime(Settings(data_folder=tmp_path)).access.api_keys
    note, secret = run(tmp_path, "create", "--name", "ci", "--scope", "write", "--scope", "search")
    caller = api_keys.authenticate(secret)
    assert caller.tenant_id == LOCAL_TENANT
    assert caller.scopes == {Scope.WRITE, Scope.SEARCH}
    key_id = note.split()[1].rstrip(":")
    run(tmp_path, "revoke", key_id)
    with pytest.raises(NotAuthenticated):
        api_keys.authenticate(secret)


def test_new_data_folder_is_accessible_by_owner_only(tmp_path: Path) -> None:
    """The folder will contain media, transcripts and URLs with tokens. No server has run yet."""
    run(tmp_path / "data", "create", "--name", "ci", "--scope", "write")
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


def test_keys_are_listed_without_secrets(tmp_path: Path) -> None:
    _, secret = run(tmp_path, "create", "--name", "reader")
    run(tmp_path, "create", "--name", "short", "--expires-in-days", "3")
    run(tmp_path, "create", "--name", "elsewhere", "--tenant", "other")
    reader, short = run(tmp_path, "list")
    assert reader.endswith("\tread\tactive\treader")
    assert "expires 2" in short
    assert secret not in reader
    assert len(run(tmp_path, "list", "--tenant", "other")) == 1


def test_invalid_requests_are_reported(tmp_path: Path) -> None:
    assert "No api key" in run(tmp_path, "revoke", "key_unknown", code=1)[0]
    run(tmp_path, "create", "--name", "", code=2)
    run(tmp_path, "create", "--name", "x", "--scope", "owner", code=2)


def test_invalid_setting_is_named_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RUN_WORKERS", "many")
    (line,) = run(tmp_path, "list", code=1)
    assert line.startswith("VIDEOVECTOR_SERVER_RUN_WORKERS: ")


def test_sign_in_link_on_aws_needs_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_RECORDS_TABLE", "table")
    (line,) = run(tmp_path, "sign-in-link", code=1)
    assert "--address: the output SiteUrl" in line
