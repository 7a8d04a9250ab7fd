"""Imports of attachments over HTTP, and the requests about imports as the n8n package sends them."""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.api.imports import field_of, new_index, picture, run_imports, run_listings

pytestmark = pytest.mark.slow


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    data = tmp_path / "data"
    settings = Settings(
        data_folder=data, public_base_url="http://testserver", allow_private_uris=True, max_playground_media=3
    )
    return local_runtime(settings)


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    return client_over(runtime)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a server with the pictures ``0.png`` and ``1.png``."""
    folder = tmp_path / "web"
    folder.mkdir()
    for number in range(2):
        picture(folder, f"{number}.png", seed=number)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _send(client: TestClient, files: list[dict[str, Any]], **body: Any) -> Any:
    answer = client.post("/workflow/attachments", json={"files": files, **body})
    assert answer.status_code == 202, answer.text
    return answer.json()


def _job(client: TestClient, job: Any) -> Any:
    return client.get(f"/import-jobs/{job['job_id']}").json()


def test_attachments_keep_the_ids_of_their_sender(client: TestClient, runtime: Runtime, web: str) -> None:
    files = [
        {"download_url": f"{web}/0.png?token=1", "file_id": "a/ä #1", "file_name": "Leaf.png"},
        {"download_url": f"{web}/1.png", "file_id": "b", "mime_type": "image/png"},
        {"download_url": f"{web}/none.png", "file_id": "c"},
    ]
    job = _send(client, files, index_name="Leaves", title="Two leaves")
    assert (job["source_kind"], job["status"], job["progress"]["total_files"]) == (
        "attachments",
        "pending",
        3,
    )
    run_imports(runtime)
    ended = _job(client, job)
    assert (ended["status"], ended["phase"]) == ("completed", "completed_with_failures")
    outputs = ended["outputs"]["items"]
    assert [(each["file_id"], each["title"]) for each in outputs] == [("a/ä #1", "Leaf"), ("b", "1")]
    assert [(each["file_id"], each["path"]) for each in ended["failed_files"]] == [("c", "none.png")]
    listed = client.get(f"/import-jobs/{job['job_id']}/files").json()["items"]
    assert [each["file_id"] for each in listed] == ["a/ä #1", "b", "c"]


def test_retry_takes_a_new_address_and_leaves_the_rest(
    client: TestClient, runtime: Runtime, web: str
) -> None:
    files = [
        {"download_url": f"{web}/0.png", "file_id": "a"},
        {"download_url": f"{web}/none.png", "file_id": "b"},
    ]
    job = _send(client, files, index_id=new_index(client))
    run_imports(runtime)
    first = _job(client, job)["video_ids"]
    refreshed = {"files": [{"download_url": f"{web}/1.png", "file_id": "b"}]}
    retried = client.post(f"/import-jobs/{job['job_id']}/retry", json=refreshed)
    assert (retried.status_code, retried.json()["status"]) == (200, "pending")
    run_listings(runtime)
    run_imports(runtime)
    ended = _job(client, job)
    assert (ended["status"], ended["phase"], ended["progress"]["imported"]) == ("completed", "completed", 2)
    assert ended["video_ids"][:1] == first
    again = client.post(f"/import-jobs/{job['job_id']}/retry")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "nothing_to_retry")


def test_playground_takes_as_many_as_it_has_places(client: TestClient, runtime: Runtime, web: str) -> None:
    files = [{"download_url": f"{web}/0.png", "file_id": str(n)} for n in range(4)]
    refused = client.post("/workflow/attachments", json={"files": files})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "resource_quota_exceeded")
    job = _send(client, files[:2])
    assert client.post("/workflow/attachments", json={"files": files[2:]}).status_code == 409
    run_imports(runtime)
    assert (_job(client, job)["status"], _job(client, job)["target_index_id"]) == ("completed", None)
    _send(client, files[2:3])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"files": []}, "files"),
        ({}, "files"),
        ({"files": [{"file_id": "a"}]}, "files.0.download_url"),
        ({"files": [{"download_url": "https://example.com/a"}]}, "files.0.file_id"),
        ({"files": [{"download_url": "ftp://example.com/a", "file_id": "a"}]}, "files.0.download_url"),
        ({"files": [{"download_url": "s3://bucket/a", "file_id": "a"}]}, "files.0.download_url"),
        ({"files": [{"download_url": "http://127.0.0.1:9/", "file_id": "a"}] * 2}, "files.1.file_id"),
        ({"files": [{"download_url": "http://127.0.0.1:9/", "file_id": "a"}] * 91}, "files"),
        (
            {
                "files": [{"download_url": "http://127.0.0.1:9/", "file_id": "a"}],
                "index_id": "idx_1",
                "index_name": "a",
            },
            "index_name",
        ),
    ],
)
def test_invalid_attachment_is_named(client: TestClient, body: dict[str, Any], field: str) -> None:
    assert field_of(client.post("/workflow/attachments", json=body)) == field


def test_private_address_is_refused(tmp_path: Path) -> None:
    strict = client_over(local_runtime(Settings(data_folder=tmp_path / "strict")))
    files = [{"download_url": "https://127.0.0.1/a.png", "file_id": "a"}]
    assert field_of(strict.post("/workflow/attachments", json={"files": files})) == "files.0.download_url"


def _n8n_key(*parts: str) -> dict[str, str]:
    """The key of n8n: a digest that stays the same in each attempt of an item."""
    return {"Idempotency-Key": f"n8n-{hashlib.sha256(':'.join(parts).encode()).hexdigest()}"}


def test_requests_of_n8n_are_accepted(client: TestClient, runtime: Runtime, web: str) -> None:
    """Import URLs, list, get, retry and cancel, as the package sends them."""
    index_id = new_index(client)
    body = {
        "files": [{"download_url": f"{web}/none.png", "file_id": "item-0", "file_name": "a.png"}],
        "index_id": index_id,
    }
    headers = _n8n_key("media", "importUrls", "0")
    started = client.post("/workflow/attachments", json=body, headers=headers)
    replayed = client.post("/workflow/attachments", json=body, headers=headers)
    assert started.json()["job_id"] == replayed.json()["job_id"]
    job_id = started.json()["job_id"]
    run_imports(runtime)
    query = {"status": "failed", "index_id": index_id, "automation_only": "false", "limit": "200"}
    assert [job["job_id"] for job in client.get("/import-jobs", params=query).json()] == [job_id]
    assert client.get("/import-jobs", params=query | {"automation_only": "true"}).json() == []
    got = client.get(f"/import-jobs/{job_id}").json()
    assert got["failed_files"][0]["path"] == "a.png"
    assert got["failed_files"][0]["error"]
    files = {"files": [{"download_url": f"{web}/1.png", "file_id": "item-0", "file_name": "a.png"}]}
    retry = client.post(f"/import-jobs/{job_id}/retry", json=files, headers=_n8n_key("import", "retry"))
    assert retry.status_code == 200, retry.text
    cancel = client.post(f"/import-jobs/{job_id}/cancel", headers=_n8n_key("import", "cancel"))
    assert cancel.status_code == 200, cancel.text
    run_listings(runtime)
    run_imports(runtime)
    assert client.get(f"/import-jobs/{job_id}").json()["status"] == "cancelled"


def test_files_of_n8n_are_the_media_of_the_job(client: TestClient, runtime: Runtime, web: str) -> None:
    """Import files: the job, then its media in chunks of 100."""
    files = [{"download_url": f"{web}/{n}.png", "file_id": f"item-{n}"} for n in range(2)]
    started = client.post(
        "/workflow/attachments", json={"files": files}, headers=_n8n_key("media", "importUrls", "1")
    )
    run_imports(runtime)
    video_ids = _job(client, started.json())["video_ids"]
    media = client.post("/videos/batch", json={"video_ids": video_ids[:100]}).json()
    assert [medium["video_id"] for medium in media] == video_ids


def test_start_of_n8n_has_an_override_of_the_mode(client: TestClient) -> None:
    body = {
        "connector_id": "con_unknown",
        "index_id": new_index(client),
        "source_prefix": "",
        "file_pattern": "*",
        "recursive": True,
        "import_mode_override": "new_only",
    }
    refused = client.post("/import-jobs", json=body, headers=_n8n_key("import", "start"))
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "resource_connector_not_found")
