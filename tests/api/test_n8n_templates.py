"""The calls of both n8n templates, in their order and with the bodies that the package sends, to their end.

The server is a real one with its feed, timer and models. Nodes read members of the answers by name.
"""

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shared.cli.demo.server import running_server
from tests.api.imports import picture
from tests.robustness.live_archive import PROMPT, LiveServer
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

RESULTS: Final = {"view": "unfiltered", "result_level": "segment", "limit": "50"}
FILTER: Final = {"conditions": [{"field": "has_speech", "value": False}]}
OPTIONS: Final = {
    "video_segmentation_type": "content_aware",
    "audio_segmentation_type": "content_aware",
    "enable_transcription": False,
    "enable_image_embedding": False,
}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    folder = tmp_path_factory.mktemp("n8n")
    with running_server(folder / "data", {"VIDEOVECTOR_SERVER_ALLOW_PRIVATE_URIS": "true"}) as address:
        yield LiveServer(address, folder)


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of a server with the picture ``leaf.png``."""
    picture(tmp_path, "leaf.png", seed=3)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path))) as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()


def _key(item: str) -> dict[str, str]:
    return {"Idempotency-Key": f"n8n-{hashlib.sha256(item.encode()).hexdigest()}"}


def _post(server: LiveServer, path: str, body: dict[str, Any], item: str) -> Any:
    answer = server.client.post(path, json=body, headers=_key(item))
    assert answer.is_success, answer.text
    return answer.json()


def _ended(server: LiveServer, path: str, *ends: str) -> Any:
    """Poll until a run or an import has ended, as the templates do every 65 seconds."""
    wait_until(lambda: server.get(path)["status"] in ends, path)
    return server.get(path)


def _ended_run(server: LiveServer, run_id: str) -> Any:
    return _ended(
        server,
        f"/prompt-runs/{run_id}",
        "completed",
        "completed_with_failures",
        "failed",
        "cancelled",
    )


def test_native_upload_is_processed_without_waiting_for_import(server: LiveServer, tmp_path: Path) -> None:
    prompt = _post(server, "/prompts", PROMPT | {"selection_filter": FILTER}, "prompt 1")
    with picture(tmp_path, "mine.png", seed=8).open("rb") as file:
        answer = server.client.post(
            "/workflow/upload",
            data={"title": "Mine", "index_name": "From n8n"},
            files={"file": ("mine.png", file, "image/png")},
            headers=_key("upload 1"),
        )
    assert answer.status_code == 202, answer.text
    uploaded = answer.json()
    assert uploaded["destination"]["index_created"]
    body = {"prompt_id": prompt["prompt_id"], "video_ids": [uploaded["video"]["video_id"]], **OPTIONS}
    run_id = _post(server, "/workflow/process", body, "process 1")["run_id"]
    assert _post(server, "/workflow/process", body, "process 1")["run_id"] == run_id
    assert _ended_run(server, run_id)["status"] == "completed"
    results = server.get(f"/workflow/runs/{run_id}/results", **RESULTS)
    (row,) = results["unfiltered"]["data"]
    assert row["video_id"] == uploaded["video"]["video_id"]
    assert row["segment_id"]
    assert row["metadata"]["has_speech"] is False
    assert results["selection_summary"]["selected_segment_count"] == 1


def test_attachments_are_imported_processed_and_downloaded(server: LiveServer, web: str) -> None:
    prompt = _post(server, "/prompts", PROMPT, "prompt 2")
    attachment = {
        "download_url": f"{web}/leaf.png",
        "file_id": "drive-1",
        "file_name": "Leaf.png",
        "mime_type": "image/png",
    }
    job = _post(server, "/workflow/attachments", {"files": [attachment], "title": "Leaves"}, "import 2")
    job = _ended(server, f"/import-jobs/{job['job_id']}", "completed", "failed", "cancelled")
    assert job["status"] == "completed", job
    body = {"prompt_id": prompt["prompt_id"], "import_job_id": job["job_id"], **OPTIONS}
    run_id = _post(server, "/workflow/process", body, "process 2")["run_id"]
    assert _ended_run(server, run_id)["status"] == "completed"
    (row,) = server.get(f"/workflow/runs/{run_id}/results", **RESULTS)["unfiltered"]["data"]
    wanted = {"video_id": row["video_id"], "intent": "download", "run_id": run_id}
    grant = server.post("/workflow/media-grants", **wanted, segment_id=row["segment_id"])
    answer = httpx.get(grant["url"], follow_redirects=False, timeout=HANG_TIMEOUT)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == grant["mime_type"] == "image/png"
    assert grant["filename"] in answer.headers["content-disposition"]
    assert answer.content.startswith(b"\x89PNG")


def test_run_of_upload_that_cannot_be_imported_fails_with_reason(server: LiveServer) -> None:
    files = {"file": ("broken.mp4", b"no film at all", "video/mp4")}
    answer = server.client.post("/workflow/upload", files=files, headers=_key("upload 3"))
    video_id = answer.json()["video"]["video_id"]
    prompt = _post(server, "/prompts", PROMPT, "prompt 3")
    body = {"prompt_id": prompt["prompt_id"], "video_ids": video_id}
    answer = server.client.post("/workflow/process", json=body, headers=_key("process 3"))
    if answer.status_code == 409:  # the import has failed already
        assert answer.json()["error"]["code"] == "import_job_not_completed"
        return
    run = _ended_run(server, answer.json()["run_id"])
    assert run["status"] == "failed"
    assert "import" in run["error_message"]
