"""Deletions in an archive that came by an automation: nothing keeps the ids of what is gone, or needs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.automations import schedule
from shared.domain.automations.import_automation import ImportAutomation
from shared.domain.due import SHARDS, Due, DueKind
from shared.domain.events.event import Event
from shared.domain.job import JobRequest
from shared.ports.records import Delete
from shared.runtime import Runtime
from shared.runtime.due_dispatch import DueDispatch
from shared.runtime.job_dispatch import JobDispatch
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.imports import new_index, picture
from tests.api.test_saved_searches import COUNTED, PROMPT
from tests.stores.providers import Provider, provider
from tests.stores.requests import creation
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

pytestmark = pytest.mark.slow

TENANT: Final = "acme"
PAST: Final = "2020-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class Archive:
    """An index with two pictures that an automation has imported, a run over them, and a saved search that
    has matched them."""

    client: TestClient
    runtime: Runtime
    store: Provider
    folder: Path
    connector_id: str
    prompt_id: str
    index_id: str
    saved_search_id: str

    @property
    def automation(self) -> str:
        return f"/indexes/{self.index_id}/automations/import"

    def get(self, path: str, **query: Any) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def job(self) -> Any:
        return self.get("/import-jobs", automation_only=True)[0]

    def delete(self, path: str) -> None:
        answer = self.client.delete(path)
        assert answer.is_success, answer.text
        self.work()

    def check(self, number: int) -> None:
        """Put a picture into the store, do the due work of the automation, and all that follows."""
        self.store.put(f"{number}.png", picture(self.folder, seed=number).read_bytes())

        def due(automation: ImportAutomation) -> ImportAutomation:
            return schedule.scheduled(automation.model_copy(update={"listing_at": PAST}))

        changed = self.runtime.automations._records.change(TENANT, self.index_id, due)
        assert changed is not None
        assert changed.due is not None
        assert DueDispatch(self.runtime).handle(changed.due)
        self.work()

    def mark_segment(self, media_id: str) -> None:
        """Put a marker on a segment of a medium."""
        segment_id = self.get(f"/videos/{media_id}/segments")["data"][0]["segment_id"]
        body = {"target": {"type": "segment", "id": segment_id}, "note": f"look at {media_id}"}
        assert self.client.put("/markers", json=body).is_success

    def work(self) -> None:
        """Run jobs and consumers of events until there is nothing to do."""
        documents, dispatch = self.runtime.documents, JobDispatch(self.runtime)
        automations = self.runtime.automations
        consumers = (automations.import_runs, self.runtime.alerts.run_alerts, automations.run_exports)
        for consumer in (None, *consumers):
            if consumer is not None:
                consumer.consume(documents.every(Event, keys.event(TENANT)))
            while requests := documents.every(JobRequest, keys.job()):
                for request in requests:
                    dispatch.run(request, lambda: False)
                    documents.write(Delete(keys.job(request.job_id)))

    def naming(self, identifier: str) -> set[str]:
        """Return the last parts of the partitions of records that name an id, and the blobs of exports that
        do."""
        with self.runtime.ports.records._connections.reading() as connection:  # type: ignore[attr-defined]
            rows = connection.execute("SELECT partition, sort, body FROM record").fetchall()
        blobs = self.runtime.ports.blobs
        exported = {key for key in blobs.keys("exports/") if identifier.encode() in blobs.read(key)}
        return exported | {
            partition.rpartition("#")[2]
            for partition, sort, body in rows
            if identifier in f"{partition}#{sort}{body}" and '"deletion.' not in body
        }


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    store = provider("s3")
    given = store.settings.model_dump(exclude_unset=True)
    settings = Settings(data_folder=tmp_path / "data", public_base_url="http://testserver", **given)
    runtime = small_runtime(settings, SmallModels())
    client = client_over(runtime)
    path, request = creation(store, scopes=["import", "export"])
    connector_id = client.post(path, **request).json()["connector_id"]
    prompt_id = client.post("/prompts", json=PROMPT).json()["prompt_id"]
    index_id = new_index(client)
    search = {"name": "All", "index_ids": [index_id], "conditions": [COUNTED]}
    saved_search_id = client.post("/saved-searches", json=search).json()["saved_search_id"]
    automations = f"/indexes/{index_id}/automations"
    importing = {"connector_id": connector_id, "prompt_preset": {"prompt_id": prompt_id}}
    assert client.put(f"{automations}/import", json=importing).is_success
    exporting = {"destination_connector_id": connector_id}
    assert client.put(f"{automations}/export", json=exporting).is_success
    made = Archive(client, runtime, store, tmp_path, connector_id, prompt_id, index_id, saved_search_id)
    store.put("0.png", picture(tmp_path, seed=0).read_bytes())
    made.check(1)
    assert len(made.job()["video_ids"]) == 2
    assert made.get(f"/saved-searches/{saved_search_id}/matches")["data"]
    assert client.post(f"/exports/index/{index_id}", json={"format": "jsonl"}).is_success
    made.work()
    assert {each["status"] for each in made.get("/exports")} == {"completed"}
    automation = made.get(f"{automations}/export")
    assert automation["last_result"]["action"] == "export_delivered"
    delivered = made.get(f"/exports/{automation['last_result']['export_id']}")
    assert delivered["automation_id"] == automation["automation_id"]
    yield made
    store.close()


def test_deleted_medium_is_named_by_its_deletion_alone(archive: Archive) -> None:
    first, second = archive.job()["video_ids"]
    for media_id in (first, second):
        archive.mark_segment(media_id)
    assert len(archive.naming(first)) > 5
    assert "markers" in archive.naming(first)
    assert any(place.startswith("exports/") for place in archive.naming(first))
    archive.delete(f"/videos/{first}")
    assert archive.naming(first) == {"deletions"}
    assert archive.job()["video_ids"] == [second]
    (match,) = archive.get(f"/saved-searches/{archive.saved_search_id}/matches")["data"]
    assert {segment["video_id"] for segment in match["segments"]} == {second}
    assert [marker["video_id"] for marker in archive.get("/markers")["data"]] == [second]


def test_deleted_prompt_stays_in_the_preset(archive: Archive) -> None:
    archive.delete(f"/prompts/{archive.prompt_id}?force=true")
    archive.check(2)
    job = archive.job()
    assert (job["progress"]["imported"], job["execution"]["status"]) == (1, "submitted")
    run = archive.get(f"/prompt-runs/{job['execution']['run_id']}")
    assert (run["status"], run["prompt_id"]) == ("completed", archive.prompt_id)


def test_deleted_connector_is_the_reason_of_what_stands_still(archive: Archive) -> None:
    archive.delete(f"/connectors/{archive.connector_id}")
    for kind in ("import", "export"):
        shown = archive.get(f"/indexes/{archive.index_id}/automations/{kind}")
        assert "connector_deleted" in str(shown)
    archive.check(2)
    assert archive.get(archive.automation)["last_result"]["code"] == "connector_deleted"
    assert archive.job()["status"] == "completed"
    documents = archive.runtime.documents
    due = [due for shard in range(SHARDS) for due in documents.every(Due, keys.due(shard))]
    assert {each.kind for each in due} == {DueKind.EXPORT_EXPIRY}


def test_deleted_index_leaves_history_alone(archive: Archive) -> None:
    job_id, run_id = archive.job()["job_id"], archive.job()["execution"]["run_id"]
    archive.delete(f"/indexes/{archive.index_id}")
    for kind in ("import", "export"):
        assert archive.client.get(f"/indexes/{archive.index_id}/automations/{kind}").status_code == 404
    search = archive.get(f"/saved-searches/{archive.saved_search_id}")
    assert (search["index_ids"], search["status"]) == ([], "paused")
    assert archive.get(f"/import-jobs/{job_id}")["video_ids"] == []
    assert archive.get(f"/prompt-runs/{run_id}")["total_images"] >= 0
    assert archive.naming(archive.index_id) == {"deletions", "import-jobs", "runs"}
