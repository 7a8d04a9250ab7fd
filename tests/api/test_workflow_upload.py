"""``POST /workflow/upload`` names the medium before it exists."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime
from tests.api.imports import new_index, picture, run_imports

pytestmark = pytest.mark.usefixtures("no_name_server")


def _upload(client: TestClient, path: Path, key: str = "", **fields: str) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    with path.open("rb") as file:
        answer = client.post(
            "/workflow/upload", data=fields, files={"file": (path.name, file)}, headers=headers
        )
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_medium_has_announced_id_after_import(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    job = _upload(client, picture(tmp_path), title="Leaf")
    video_id = job["video"]["video_id"]
    assert client.get(f"/videos/{video_id}").status_code == 404
    run_imports(runtime)
    done = client.get(f"/import-jobs/{job['job_id']}").json()
    assert done["video_ids"] == [done["outputs"]["items"][0]["video_id"]] == [video_id]
    assert client.get(f"/videos/{video_id}").json()["title"] == "Leaf"


def test_answer_describes_medium_and_destination(client: TestClient, tmp_path: Path) -> None:
    job = _upload(client, picture(tmp_path))
    video = job["video"]
    assert (video["title"], video["status"], video["media_type"]) == ("leaf", "uploaded", "image")
    assert (video["video_uri"], video["duration_seconds"], video["thumbnail_uri"]) == ("", None, None)
    assert job["job_id"] in video["message"]
    assert job["destination"] == {"type": "playground", "index_id": None, "index_created": False}


def test_destination_says_whether_index_was_created(client: TestClient, tmp_path: Path) -> None:
    created = _upload(client, picture(tmp_path), index_name="Leaves")["destination"]
    assert (created["type"], created["index_created"]) == ("index", True)
    again = _upload(client, picture(tmp_path), index_name="Leaves")["destination"]
    assert again == {**created, "index_created": False}
    index_id = new_index(client)
    chosen = _upload(client, picture(tmp_path), index_id=index_id)["destination"]
    assert chosen == {"type": "index", "index_id": index_id, "index_created": False}


def test_blank_index_name_is_refused_by_its_field(client: TestClient, tmp_path: Path) -> None:
    with picture(tmp_path).open("rb") as file:
        answer = client.post("/workflow/upload", data={"index_name": "  "}, files={"file": ("a.png", file)})
    assert [error["field"] for error in answer.json()["error"]["details"]["errors"]] == ["index_name"]


def test_repeated_upload_names_same_medium(client: TestClient, tmp_path: Path) -> None:
    first, again = (_upload(client, picture(tmp_path), key="workflow-upload:1") for _ in range(2))
    assert first["video"] == again["video"]
    assert _upload(client, picture(tmp_path))["video"]["video_id"] != first["video"]["video_id"]
