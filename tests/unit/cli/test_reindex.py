from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.cli.__main__ import application
from shared.domain.access import LOCAL_TENANT, Caller, Scope
from shared.runtime.local import DataFolderLock, local_runtime
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.run_records import add_run
from tests.unit.services.run_world import add_media

LOCAL = Caller(tenant_id=LOCAL_TENANT, user_id="usr_1", scopes=frozenset({Scope.ADMIN}))


def run(folder: Path, *arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, ["reindex", "--data", str(folder), *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_missing_data_folder_is_not_created(tmp_path: Path) -> None:
    assert "There are no records in" in run(tmp_path / "typo", code=1)
    assert not (tmp_path / "typo").exists()


def test_running_server_is_reported(tmp_path: Path) -> None:
    local_runtime(Settings(data_folder=tmp_path)).ports.records.query("jobs")
    with DataFolderLock(tmp_path):
        assert "is in use by the server with process id" in run(tmp_path, code=1)
    assert not list(tmp_path.glob("search*"))


@pytest.mark.slow
def test_media_without_results_are_counted_but_not_indexed(tmp_path: Path) -> None:
    runtime = local_runtime(Settings(data_folder=tmp_path))
    film = make_video(tmp_path / "film.mp4", seconds=1.0)
    media = add_media(runtime.documents, runtime.ports.blobs, LOCAL, film)
    add_run(runtime.ports, media, searchable=False)  # stored, but no run has indexed its results yet
    output = run(tmp_path)
    assert "1/1" in output
    assert "The search index has 0 results again." in output
    assert "0 results of local" in run(tmp_path, "--tenant", LOCAL_TENANT)
    assert (tmp_path / "search" / "search.sqlite").exists()


def test_tenant_without_media_is_refused(tmp_path: Path) -> None:
    local_runtime(Settings(data_folder=tmp_path)).ports.records.query("jobs")
    assert "nobody" in run(tmp_path, "--tenant", "nobody", code=1)
    assert not list(tmp_path.glob("search*"))
