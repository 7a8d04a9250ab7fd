from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.runtime import Runtime
from tests.api.conftest import NewClient
from tests.api.imports import field_of, new_index, picture, run_imports, send

pytestmark = pytest.mark.usefixtures("no_name_server")


def test_upload_returns_job_that_can_be_polled(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    index_id = new_index(client)
    answer = send(
        client, picture(tmp_path), title="Leaf", index_id=index_id, name="/home/me/pictures/leaf.png"
    )
    assert answer.status_code == 202
    job = answer.json()
    assert (job["status"], job["source_kind"], job["target_index_id"]) == ("pending", "upload", index_id)
    assert job["outputs"] == {"items": [], "next_cursor": None, "total": 0}
    assert job["execution"]["status"] == "not_requested"
    assert job["video_ids"] == []
    run_imports(runtime)
    done = client.get(f"/import-jobs/{job['job_id']}").json()
    assert (done["status"], done["error_message"]) == ("completed", None)
    (output,) = done["outputs"]["items"]
    assert (output["file_name"], output["title"], output["status"]) == ("leaf.png", "Leaf", "completed")
    assert done["video_ids"] == [output["video_id"]]
    assert done["progress"]["imported"] == 1
    assert client.get(f"/videos/{output['video_id']}").json()["title"] == "Leaf"


def test_repeated_upload_with_same_key_is_one_import(client: TestClient, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "import-job-upload:1"}
    first = send(client, picture(tmp_path), headers=key)
    again = send(client, picture(tmp_path), headers=key)
    assert again.json() == first.json()
    assert len(client.get("/import-jobs").json()) == 1
    other = send(client, picture(tmp_path, "other.png", seed=2), headers=key)
    assert other.status_code == 409
    assert "idempotency" in other.json()["error"]["code"]


def test_uploads_leave_no_scratch_files(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    key = {"Idempotency-Key": "k"}
    send(client, picture(tmp_path), headers=key)
    send(client, picture(tmp_path), headers=key)
    send(client, picture(tmp_path), index_id="idx_unknown")
    send(client, picture(tmp_path), title="x" * 256)
    scratch = runtime.settings.data_folder / "blobs" / ".scratch"
    assert [path for path in scratch.rglob("*") if path.is_file() and path.stat().st_size > 0] == []


def test_invalid_upload_is_refused_with_its_field(client: TestClient, tmp_path: Path) -> None:
    assert field_of(send(client, picture(tmp_path), title="x" * 256)) == "title"
    assert (
        field_of(client.post("/videos/upload", data={"title": "x"}, files={"other": ("a", b"1")})) == "file"
    )
    (tmp_path / "empty.png").touch()
    assert field_of(send(client, tmp_path / "empty.png")) == "file"
    assert send(client, picture(tmp_path), index_id="idx_unknown").status_code == 404


def test_non_media_bytes_fail_job(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "note.mp4").write_bytes(b"no film" * 100)
    job_id = send(client, tmp_path / "note.mp4").json()["job_id"]
    run_imports(runtime)
    job = client.get(f"/import-jobs/{job_id}").json()
    assert (job["status"], job["error_code"]) == ("failed", "unsupported_format")
    assert "format" in job["error_message"]
    (failed,) = job["failed_files"]
    assert (failed["path"], failed["error"]) == ("note.mp4", job["error_message"])
    assert failed["failure"]["retryable"] is False
    files = client.get(f"/import-jobs/{job_id}/files", params={"failed_only": "true"}).json()
    assert [file["file_name"] for file in files["items"]] == ["note.mp4"]
    assert (files["next_cursor"], files["total"]) == (None, 1)


def test_manifests_are_paged(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    job_id = send(client, picture(tmp_path)).json()["job_id"]
    run_imports(runtime)
    outputs = client.get(f"/import-jobs/{job_id}/outputs", params={"limit": 1}).json()
    assert (len(outputs["items"]), outputs["next_cursor"], outputs["total"]) == (1, None, 1)
    forged = client.get(f"/import-jobs/{job_id}/outputs", params={"cursor": "abc"})
    assert (forged.status_code, forged.json()["error"]["code"]) == (400, "invalid_cursor")


def test_jobs_are_listed_newest_first_and_filtered_by_status(
    client: TestClient, runtime: Runtime, tmp_path: Path
) -> None:
    first, second = (send(client, picture(tmp_path, f"{n}.png", seed=n)).json()["job_id"] for n in (1, 2))
    run_imports(runtime)
    third = send(client, picture(tmp_path, "3.png", seed=3)).json()["job_id"]
    assert [job["job_id"] for job in client.get("/import-jobs").json()] == [third, second, first]
    done = client.get("/import-jobs", params={"status": "COMPLETED", "limit": 1}).json()
    assert [job["job_id"] for job in done] == [second]
    for name, value in (("status", "lost"), ("limit", 0), ("limit", 201), ("automation_only", "perhaps")):
        assert field_of(client.get("/import-jobs", params={name: value})) == name


def test_job_of_another_tenant_is_not_found(
    client: TestClient, new_client: NewClient, tmp_path: Path
) -> None:
    job_id = send(client, picture(tmp_path)).json()["job_id"]
    stranger = new_client(Scope.ADMIN, "other")
    for path in ("", "/outputs", "/files"):
        answer = stranger.get(f"/import-jobs/{job_id}{path}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_import_job_not_found")
    assert stranger.get("/import-jobs").json() == []


def test_write_scope_is_checked_before_body_is_read(new_client: NewClient, tmp_path: Path) -> None:
    reader = new_client(Scope.READ)
    assert send(reader, picture(tmp_path), index_id="idx_unknown").status_code == 403
    assert reader.post("/videos", json={}).status_code == 403


def test_https_uri_creates_job(client: TestClient) -> None:
    index_id = new_index(client)
    body = {"title": "Web", "video_uri": "https://media.invalid/a.mp4", "index_id": index_id}
    answer = client.post("/videos", json=body, headers={"Idempotency-Key": "import-job-create:1"})
    assert answer.status_code == 202
    assert answer.json()["source_kind"] == "uri"
    again = client.post("/videos", json=body, headers={"Idempotency-Key": "import-job-create:1"})
    assert again.json() == answer.json()


def test_unfetchable_uris_are_refused(client: TestClient) -> None:
    index_id = new_index(client)
    for uri in (
        "http://example.com/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://169.254.169.254/",
        "gs://bucket/a.mp4",
        "s3://bucket/a.mp4",
        "https://user:pass@example.com/a.mp4",
    ):
        body = {"title": "Web", "video_uri": uri, "index_id": index_id}
        assert field_of(client.post("/videos", json=body)) == "video_uri"
    body = {
        "title": "Web",
        "video_uri": "gs://bucket/a.mp4",
        "index_id": index_id,
        "source_connector_id": "con_1",
    }
    answer = client.post("/videos", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_connector_not_found")
