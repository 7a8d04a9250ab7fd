"""A local archive, copied into the AWS stores: the API gives the same answers there."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from functions.api.application import create_application
from shared.cli.__main__ import application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.ports.secrets import SecretVersion
from shared.runtime import Runtime
from shared.runtime.aws import aws_runtime
from shared.runtime.local import local_runtime, local_server
from shared.services.maintenance.reindexing import Reindexing
from shared.settings import Settings
from tests.aws import stores
from tests.aws.emulator import Emulator
from tests.aws.opensearch.server import shared_url
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

REEL = Path(__file__).resolve().parents[1] / "media" / "sample-reel.mp4"
TENANT = "local"
PLANTED = b"planted-credential-51c7"
_FINAL_STATUSES = ("completed", "completed_with_failures", "failed", "cancelled")
_SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}, "required": ["summary"]}


@dataclass(frozen=True)
class Archive:
    """A local archive with all jobs completed."""

    folder: Path
    key: str
    index_id: str
    video_id: str
    prompt_id: str
    run_id: str
    job_id: str
    secret: SecretVersion

    def paths(self, segment_id: str) -> list[str]:
        """Return the paths of all requests that read the archive."""
        video, run, index = (
            f"/videos/{self.video_id}",
            f"/prompt-runs/{self.run_id}",
            f"/indexes/{self.index_id}",
        )
        return [
            "/indexes",
            index,
            f"{index}/videos",
            f"{index}/prompt-runs",
            video,
            f"{video}/segments",
            f"{video}/segments?run_id={self.run_id}",
            f"{video}/prompt-runs",
            f"{video}/gif",
            f"/videos/segments/{segment_id}/thumbnail",
            "/playground/videos",
            "/import-jobs",
            f"/import-jobs/{self.job_id}",
            f"/import-jobs/{self.job_id}/outputs",
            f"/import-jobs/{self.job_id}/files",
            "/prompts",
            f"/prompts/{self.prompt_id}",
            f"/prompts/{self.prompt_id}/usage",
            "/prompt-runs",
            run,
            f"{run}/results?video_id={self.video_id}",
            f"{run}/llm-calls",
            f"{run}/failed-segments",
        ]


def _client(runtime: Runtime, key: str) -> TestClient:
    client = TestClient(create_application(runtime), base_url=f"http://testserver{API_PREFIX}")
    client.headers["X-API-Key"] = key
    return client


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("laptop")
    runtime, background = local_server(Settings(data_folder=folder, public_base_url="http://testserver"))
    _, key = runtime.access.api_keys.create(TENANT, "usr_local", "test", [Scope.ADMIN])
    background.start()
    try:
        return _fill(runtime, folder, key)
    finally:
        background.stop(HANG_TIMEOUT)


def _fill(runtime: Runtime, folder: Path, key: str) -> Archive:
    client = _client(runtime, key)
    index = _post(client, "/indexes", {"name": "Films"})["index_id"]
    files = {"file": (REEL.name, REEL.read_bytes(), "video/mp4")}
    form = {"title": "Reel", "index_id": index}
    job = client.post("/videos/upload", data=form, files=files).raise_for_status().json()["job_id"]
    assert _wait_until_ended(client, f"/import-jobs/{job}")["status"] == "completed"
    [video] = [medium["video_id"] for medium in client.get(f"/indexes/{index}/videos").json()["data"]]
    prompt = {"name": "Scenes", "prompt_text": "Say what the scene shows.", "json_schema": _SCHEMA}
    prompt_id = _post(client, "/prompts", prompt)["prompt_id"]
    asked = {"prompt_id": prompt_id, "target": {"type": "index", "index_id": index}}
    how = {"video_segmentation_type": "fixed", "video_segment_duration": 15}
    run = _post(client, "/prompt-runs/execute", asked | how)["run_id"]
    assert _wait_until_ended(client, f"/prompt-runs/{run}")["status"] == "completed"
    version = runtime.ports.tenant_secrets.put(TENANT, "con_1", PLANTED)
    secret = SecretVersion(TENANT, "con_1", version)
    return Archive(folder, key, index, video, prompt_id, run, job, secret)


def _post(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def _wait_until_ended(client: TestClient, path: str) -> Any:
    deadline = time.monotonic() + HANG_TIMEOUT
    while time.monotonic() < deadline:
        found = client.get(path).raise_for_status().json()
        if found["status"] in _FINAL_STATUSES:
            return found
        time.sleep(0.5)
    raise AssertionError(f"{path} did not end: {found}")


@pytest.fixture(scope="module")
def deployment(emulator: Emulator) -> Iterator[dict[str, str]]:
    """The variables of an operator's shell, for new stores."""
    prefix = "VIDEOVECTOR_SERVER_"
    variables = {
        **emulator.environment,
        f"{prefix}RECORDS_TABLE": stores.create_table(),
        f"{prefix}MEDIA_BUCKET": stores.create_bucket(),
        f"{prefix}ENCRYPTION_KEY_ARN": stores.create_encryption_key(),
        f"{prefix}SEARCH_ENDPOINT": shared_url(),
        f"{prefix}SEARCH_INDEX_PREFIX": stores.new_name(),
    }
    with patch.dict(os.environ, variables):
        yield variables


def move(archive: Archive, *options: str, code: int = 0) -> str:
    result = CliRunner().invoke(application, ["move-to-aws", "--data", str(archive.folder), *options])
    assert result.exit_code == code, result.output
    return result.output


def _without_uris(answer: Any) -> Any:
    """Replace each link and storage URI, since both name the store."""
    if isinstance(answer, dict):
        return {name: _without_uris(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [_without_uris(value) for value in answer]
    if isinstance(answer, str) and "://" in answer:
        return "somewhere"
    return answer


def test_dry_run_writes_nothing(archive: Archive, deployment: dict[str, str]) -> None:
    said = move(archive, "--dry-run")
    assert "Nothing was written." in said
    assert " 0 records copied" not in said
    table = deployment["VIDEOVECTOR_SERVER_RECORDS_TABLE"]
    assert stores.client_of("dynamodb").scan(TableName=table)["Count"] == 0


def test_api_gives_same_answers_after_move(archive: Archive, deployment: dict[str, str]) -> None:
    first = move(archive, "--keys")
    again = move(archive, "--keys")
    assert "0 files copied" in again
    assert "0 records copied" in again
    count = first.split(" files copied")[0]
    assert f"0 files copied, {count} there already" in again  # compared byte by byte
    here = _client(local_runtime(Settings(data_folder=archive.folder, records_table=None)), archive.key)
    runtime = aws_runtime(Settings(), worker=True)
    there = _client(runtime, archive.key)
    [first_segment, *_] = here.get(f"/videos/{archive.video_id}/segments").json()["data"]
    for path in archive.paths(first_segment["segment_id"]):
        one, other = here.get(path), there.get(path)
        assert one.status_code == other.status_code == 200, (path, one.text, other.text)
        if "json" in one.headers["content-type"]:
            assert _without_uris(one.json()) == _without_uris(other.json()), path
    reindexing = Reindexing(
        runtime.documents, runtime.ports.blobs, runtime.ports.models, runtime.ports.search_index
    )
    assert reindexing.rebuild([TENANT], lambda *_: None) >= 3
    query = {"query": "somebody speaks", "top_k": 5}
    found = [_post(client, f"/indexes/{archive.index_id}/search", query) for client in (here, there)]
    assert found[0]
    assert [hit["segment_id"] for hit in found[0]] == [hit["segment_id"] for hit in found[1]]


def test_moved_files_have_same_bytes(archive: Archive, deployment: dict[str, str]) -> None:
    here, there = local_runtime(Settings(data_folder=archive.folder)), aws_runtime(Settings())
    names = [key for folder in ("content/", "media/") for key in here.ports.blobs.keys(folder)]
    assert names == [key for folder in ("content/", "media/") for key in there.ports.blobs.keys(folder)]
    assert all(here.ports.blobs.read(key) == there.ports.blobs.read(key) for key in names)
    assert all(here.ports.blobs.stat(key) == there.ports.blobs.stat(key) for key in names)


def test_moved_secrets_are_sealed_under_same_version(archive: Archive, deployment: dict[str, str]) -> None:
    assert aws_runtime(Settings()).ports.tenant_secrets.read(*archive.secret) == PLANTED
    items = stores.client_of("dynamodb").scan(TableName=deployment["VIDEOVECTOR_SERVER_RECORDS_TABLE"])
    assert PLANTED not in json.dumps(items, default=repr).encode()


def test_changes_on_aws_are_kept_unless_overwritten(archive: Archive, deployment: dict[str, str]) -> None:
    there = aws_runtime(Settings())
    client = _client(there, archive.key)
    client.request("PATCH", f"/prompts/{archive.prompt_id}", json={"name": "Renamed"})
    changed = next(key for key in there.ports.blobs.keys("media/"))
    there.ports.blobs.write(changed, b"changed", "video/mp4")
    said = move(archive, code=1)
    assert "1 different" in said
    assert changed in said
    assert there.ports.blobs.read(changed) == b"changed"
    assert changed not in move(archive, "--overwrite")
    assert there.ports.blobs.read(changed) != b"changed"


def test_api_keys_are_moved_only_on_request(archive: Archive, deployment: dict[str, str]) -> None:
    with patch.dict(os.environ, {"VIDEOVECTOR_SERVER_RECORDS_TABLE": stores.create_table()}):
        move(archive, "--sizes-only")
        assert _client(aws_runtime(Settings()), archive.key).get("/indexes").status_code == 401
        assert json.dumps(archive.key[:16]) not in json.dumps(
            stores.client_of("dynamodb").scan(TableName=os.environ["VIDEOVECTOR_SERVER_RECORDS_TABLE"])
        )


def test_move_is_refused_while_job_is_open(tmp_path: Path, deployment: dict[str, str]) -> None:
    from shared.domain import keys
    from shared.domain.job import JobRequest, Workflow
    from shared.services.records.documents import put

    runtime = local_runtime(Settings(data_folder=tmp_path))
    job = JobRequest(job_id="imp_1", workflow=Workflow.INGEST, arguments={}, requested_at="")
    runtime.documents.write(put(keys.job("imp_1"), job))
    result = CliRunner().invoke(application, ["move-to-aws", "--data", str(tmp_path)])
    assert result.exit_code == 1
    assert "still to be done" in result.output
