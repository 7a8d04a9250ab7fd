"""An import automation over HTTP with a real store: files come, an import and a run follow."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.automations import schedule
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.events.event import Event
from shared.domain.job import JobRequest, Workflow
from shared.ports.records import Delete
from shared.runtime import Runtime
from shared.runtime.due_dispatch import DueDispatch
from shared.runtime.job_dispatch import JobDispatch
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.imports import new_index, picture
from tests.api.test_automations import PROMPT
from tests.stores.providers import Provider, provider
from tests.stores.requests import creation

pytestmark = pytest.mark.slow

TENANT = "acme"
PAST = "2020-01-01T00:00:00.000Z"
IMPORTS = (Workflow.INGEST, Workflow.IMPORT_LISTING)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    made = provider("s3")
    folder = tmp_path_factory.mktemp("clips")
    for number in range(3):
        made.put(f"clips/{number}.png", picture(folder, f"{number}.png", seed=number).read_bytes())
    yield made
    made.close()


@pytest.fixture
def runtime(store: Provider, tmp_path: Path) -> Runtime:
    given = store.settings.model_dump(exclude_unset=True)
    return local_runtime(
        Settings(data_folder=tmp_path / "data", public_base_url="http://testserver", **given)
    )


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_over(runtime)


def _check(runtime: Runtime, index_id: str) -> None:
    """Let the interval of the automation end, do the due work, and run the imports."""

    def due(automation: ImportAutomation) -> ImportAutomation:
        return schedule.scheduled(automation.model_copy(update={"listing_at": PAST}))

    changed = runtime.automations._records.change(TENANT, index_id, due)
    assert changed is not None
    assert changed.due is not None
    assert DueDispatch(runtime).handle(changed.due)
    _run_imports(runtime)
    events = runtime.documents.every(Event, keys.event(TENANT))
    for _ in range(2):
        runtime.automations.import_runs.consume(events)


def _run_imports(runtime: Runtime) -> None:
    dispatch = JobDispatch(runtime)
    while jobs := [
        request for request in runtime.documents.every(JobRequest, keys.job()) if request.workflow in IMPORTS
    ]:
        for request in jobs:
            dispatch.run(request, lambda: False)
            runtime.documents.write(Delete(keys.job(request.job_id)))


def _automation_jobs(client: TestClient) -> Any:
    return client.get("/import-jobs", params={"automation_only": True}).json()


def test_new_files_are_imported_and_run_over_once(
    client: TestClient, runtime: Runtime, store: Provider, tmp_path: Path
) -> None:
    path, request = creation(store)
    connector_id = client.post(path, **request).json()["connector_id"]
    prompt_id = client.post("/prompts", json=PROMPT).json()["prompt_id"]
    index_id = new_index(client)
    automation = f"/indexes/{index_id}/automations/import"
    body = {
        "connector_id": connector_id,
        "source_prefix": "clips/",
        "prompt_preset": {"prompt_id": prompt_id},
    }
    assert client.put(automation, json=body).status_code == 200

    _check(runtime, index_id)
    (job,) = _automation_jobs(client)
    assert (job["status"], len(job["video_ids"])) == ("completed", 3)
    assert job["execution"]["status"] == "submitted"
    run = client.get(f"/prompt-runs/{job['execution']['run_id']}").json()
    assert (run["prompt_id"], run["total_images"]) == (prompt_id, 3)
    shown = client.get(automation).json()
    assert [each["action"] for each in shown["history"]] == ["run_started", "import_started"]
    assert shown["last_import_job_id"] == job["job_id"]

    _check(runtime, index_id)
    assert len(_automation_jobs(client)) == 1
    assert client.get(automation).json()["last_result"]["code"] == "nothing_new"

    store.put("clips/late.png", picture(tmp_path, "late.png", seed=9).read_bytes())
    _check(runtime, index_id)
    newest, _ = _automation_jobs(client)
    assert (newest["progress"]["imported"], newest["progress"]["skipped"]) == (1, 3)
    run = client.get(f"/prompt-runs/{newest['execution']['run_id']}").json()
    assert run["total_images"] == 1
    assert run["run_context"]["import_job_id"] == newest["job_id"]


def test_deleted_index_takes_its_automation_along(
    client: TestClient, runtime: Runtime, store: Provider
) -> None:
    path, request = creation(store)
    connector_id = client.post(path, **request).json()["connector_id"]
    index_id = new_index(client)
    automation = f"/indexes/{index_id}/automations/import"
    client.put(automation, json={"connector_id": connector_id})
    _check(runtime, index_id)
    assert client.delete(f"/indexes/{index_id}").is_success
    assert client.get(automation).status_code == 404
    for deletion in runtime.documents.every(JobRequest, keys.job()):
        JobDispatch(runtime).run(deletion, lambda: False)
    assert client.get(f"/indexes/{index_id}/deletion").json()["status"] == "deleted"
    for partition in (keys.import_automation(TENANT), keys.seen_objects(TENANT, index_id)):
        assert runtime.documents.sort_keys(partition, limit=9).items == []
