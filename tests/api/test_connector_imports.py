"""Imports of many files over HTTP, from an S3 store and from addresses."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.imports.execution import ExecutionStatus, ImportExecution
from shared.domain.imports.import_job import ImportJob
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.imports import field_of, new_index, picture, run_imports, run_listings
from tests.stores.providers import NAMES, Provider, provider
from tests.stores.requests import creation

pytestmark = pytest.mark.slow

ENDED: Final = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True)
class World:
    """A client of a server, a bucket with three pictures and a text, a connector to it, and an index."""

    client: TestClient
    runtime: Runtime
    provider: Provider
    connector_id: str
    index_id: str

    def start(self, **body: Any) -> Any:
        given = {"connector_id": self.connector_id, "index_id": self.index_id}
        answer = self.client.post("/import-jobs", json=given | body)
        assert answer.status_code == 202, answer.text
        return answer.json()

    def run(self, job: Any) -> Any:
        run_listings(self.runtime)
        run_imports(self.runtime)
        return self.job(job)

    def job(self, job: Any) -> Any:
        return self.client.get(f"/import-jobs/{job['job_id']}").json()

    def files(self, job: Any, **query: Any) -> Any:
        return self.client.get(f"/import-jobs/{job['job_id']}/files", params=query).json()


@pytest.fixture(scope="module", params=NAMES)
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made, folder = provider(request.param), tmp_path_factory.mktemp("pictures")
    for number, path in enumerate(["a/1.png", "a/b/2.png", "a/映像 3%.png"]):
        made.put(path, picture(folder, seed=number).read_bytes())
    made.put("a/readme.txt", b"text")
    yield made
    made.close()


@pytest.fixture
def world(filled: Provider, tmp_path: Path) -> World:
    given = filled.settings.model_dump(exclude_unset=True)
    settings = Settings(
        data_folder=tmp_path / "data", public_base_url="http://testserver", allow_private_uris=True, **given
    )
    runtime = local_runtime(settings)
    client = client_over(runtime)
    path, request = creation(filled)
    connector_id = client.post(path, **request).json()["connector_id"]
    return World(client, runtime, filled, connector_id, new_index(client))


def test_files_of_a_store_are_imported_with_one_outcome_each(world: World) -> None:
    job = world.start(source_prefix="a/")
    assert (job["status"], job["source_kind"], job["source_prefix"]) == ("pending", "connector", "a/")
    assert (job["file_pattern"], job["recursive"], job["import_mode"]) == ("*", True, "all")
    assert (job["is_listed"], job["files_per_second"], job["seconds_left"]) == (False, None, None)
    ended = world.run(job)
    assert (ended["status"], ended["phase"]) == ("completed", "completed_with_failures")
    progress = ended["progress"]
    assert (progress["total_files"], progress["imported"], progress["failed"]) == (4, 3, 1)
    assert ended["files_per_second"] > 0
    assert (ended["is_listed"], ended["seconds_left"]) == (True, 0)
    assert [failed["path"] for failed in ended["failed_files"]] == ["a/readme.txt"]
    assert len(ended["video_ids"]) == 3
    titles = {each["title"] for each in world.client.get(f"/indexes/{world.index_id}/videos").json()["data"]}
    assert titles == {"1", "2", "映像 3%"}
    page = world.files(job, limit=2)
    assert (len(page["items"]), page["total"]) == (2, 4)
    (failed,) = world.files(job, failed_only=True)["items"]
    assert (failed["file_name"], failed["path"]) == ("readme.txt", "a/readme.txt")


def test_pattern_level_and_mode_select_files(world: World) -> None:
    first = world.run(world.start(source_prefix="a/", file_pattern="*.{png,jpg}", recursive=False))
    assert first["progress"]["imported"] == 2
    again = world.run(world.start(file_pattern="*.png", import_mode_override="new_only"))
    assert (again["progress"]["imported"], again["progress"]["skipped"]) == (1, 2)
    assert {each["reason"] for each in again["skipped_files"]} == {"already_imported"}
    assert sorted(each["path"] for each in again["skipped_files"]) == ["a/1.png", "a/映像 3%.png"]


def test_cancelled_and_ended_jobs_answer_by_their_state(world: World) -> None:
    job = world.start()
    cancelled = world.client.post(f"/import-jobs/{job['job_id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    again = world.client.post(f"/import-jobs/{job['job_id']}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "import_job_ended")
    retried = world.client.post(f"/import-jobs/{job['job_id']}/retry")
    assert (retried.status_code, retried.json()["status"]) == (200, "pending")
    running = world.client.post(f"/import-jobs/{job['job_id']}/retry")
    assert (running.status_code, running.json()["error"]["code"]) == (409, "import_job_running")
    assert world.run(job)["progress"]["imported"] == 3
    described = world.client.post(
        f"/import-jobs/{job['job_id']}/retry",
        json={"files": [{"download_url": "https://example.com/a.png", "file_id": "a"}]},
    )
    assert (described.status_code, described.json()["error"]["code"]) == (400, "import_job_not_retryable")


def test_retry_with_one_key_is_one_retry(world: World) -> None:
    job = world.run(world.start(file_pattern="*.txt"))
    assert job["status"] == "failed"
    path, headers = f"/import-jobs/{job['job_id']}/retry", {"Idempotency-Key": "once"}
    first = world.client.post(path, headers=headers)
    assert world.client.post(path, headers=headers).json() == first.json()
    assert world.run(job)["status"] == "failed"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"connector_id": ""}, "connector_id"),
        ({"index_id": ""}, "index_id"),
        ({"import_mode_override": "some"}, "import_mode_override"),
        ({"source_prefix": "a//b"}, "source_prefix"),
        ({"file_pattern": "[z-a]"}, "file_pattern"),
    ],
)
def test_invalid_field_is_named(world: World, changes: dict[str, Any], field: str) -> None:
    given = {"connector_id": world.connector_id, "index_id": world.index_id}
    assert field_of(world.client.post("/import-jobs", json=given | changes)) == field


def test_list_honours_status_index_and_automation(world: World) -> None:
    other = new_index(world.client, "Other")
    mine, theirs = world.start(), world.start(index_id=other)
    execution = ImportExecution(status=ExecutionStatus.SUBMITTED, run_id="run_1")
    key = keys.import_job("acme", mine["job_id"])
    changes = {"automation_id": "aut_1", "execution": execution}
    job = world.runtime.documents.update(ImportJob, key, lambda job: job.model_copy(update=changes))
    assert job is not None

    def listed(**query: Any) -> set[str]:
        answer = world.client.get("/import-jobs", params=query)
        assert answer.status_code == 200, answer.text
        return {each["job_id"] for each in answer.json()}

    both = {mine["job_id"], theirs["job_id"]}
    assert listed() == listed(status="PENDING") == listed(status="Pending", limit=200) == both
    assert listed(status="completed") == set()
    assert listed(index_id=other) == {theirs["job_id"]}
    assert listed(automation_only=True) == {job.job_id}
    assert len(listed(limit=1)) == 1
    assert world.client.get("/import-jobs", params={"limit": 201}).status_code == 422
    shown = world.job({"job_id": job.job_id})
    assert shown["execution"] == {
        "status": "submitted",
        "run_id": "run_1",
        "error_code": None,
        "error": None,
    }
    assert shown["automation_id"] == "aut_1"
