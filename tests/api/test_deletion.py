from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Scope
from shared.domain.job import JobRequest, Workflow
from shared.runtime import Runtime
from tests.api.conftest import NewClient
from tests.api.imports import import_picture, new_index

pytestmark = pytest.mark.slow


def _delete_now(runtime: Runtime) -> None:
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        request = JobRequest.model_validate(record.body)
        if request.workflow is Workflow.DELETION:
            runtime.deletion.work.run(request, lambda: False)


def test_medium_is_hidden_at_once_and_deletion_record_stays(
    client: TestClient, runtime: Runtime, tmp_path: Path
) -> None:
    video_id = import_picture(client, runtime, tmp_path)
    begun = client.delete(f"/videos/{video_id}")
    assert begun.status_code == 200
    assert (begun.json()["video_id"], begun.json()["status"]) == (video_id, "draining")
    assert 1 <= begun.json()["retry_after_seconds"] <= 5
    assert client.get(f"/videos/{video_id}").status_code == 404
    assert client.get("/playground/videos").json()["data"] == []
    _delete_now(runtime)
    for answer in (client.get(f"/videos/{video_id}/deletion"), client.delete(f"/videos/{video_id}")):
        assert answer.status_code == 200
        assert answer.json()["status"] == "deleted"
        assert answer.json()["retry_after_seconds"] is None
        assert answer.json()["deletion_id"] == begun.json()["deletion_id"]


def test_index_is_deleted_with_its_media(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    index_id = new_index(client)
    video_id = import_picture(client, runtime, tmp_path, index_id=index_id)
    begun = client.delete(f"/indexes/{index_id}").json()
    assert begun["index_id"] == index_id
    for path in (f"/indexes/{index_id}", f"/indexes/{index_id}/videos", f"/videos/{video_id}"):
        assert client.get(path).status_code == 404
    assert index_id not in [index["index_id"] for index in client.get("/indexes").json()]
    _delete_now(runtime)
    state = client.get(f"/indexes/{index_id}/deletion").json()
    assert (state["status"], state["deletion_id"]) == ("deleted", begun["deletion_id"])
    assert list(runtime.ports.blobs.keys("media/")) == []


def test_unknown_and_foreign_ids_are_not_found_after_scope_check(
    client: TestClient, new_client: NewClient, runtime: Runtime, tmp_path: Path
) -> None:
    video_id = import_picture(client, runtime, tmp_path)
    stranger = new_client(Scope.ADMIN, "other")
    writer = new_client(Scope.WRITE)
    for kind, identifier in (("videos", video_id), ("videos", "vid_unknown"), ("indexes", "idx_unknown")):
        assert stranger.delete(f"/{kind}/{identifier}").status_code == 404
        assert stranger.get(f"/{kind}/{identifier}/deletion").status_code == 404
        assert writer.delete(f"/{kind}/{identifier}").status_code == 403
    assert client.get(f"/videos/{video_id}/deletion").status_code == 404
