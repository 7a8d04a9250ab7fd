"""A laptop's archive with an imported and analysed film, for tests that move it."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.ports.secrets import SecretVersion
from shared.runtime import Runtime
from shared.runtime.local import local_server
from shared.settings import Settings
from tests.waiting import HANG_TIMEOUT

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


def client_of(runtime: Runtime, key: str) -> TestClient:
    client = TestClient(create_application(runtime), base_url=f"http://testserver{API_PREFIX}")
    client.headers["X-API-Key"] = key
    return client


def filled_archive(folder: Path) -> Archive:
    """Start a server over a new folder, import a film, run a prompt over it, and stop the server."""
    runtime, background = local_server(Settings(data_folder=folder, public_base_url="http://testserver"))
    _, key = runtime.access.api_keys.create(TENANT, "usr_local", "test", [Scope.ADMIN])
    background.start()
    try:
        return _fill(runtime, folder, key)
    finally:
        background.stop(HANG_TIMEOUT)


def _fill(runtime: Runtime, folder: Path, key: str) -> Archive:
    client = client_of(runtime, key)
    index = post(client, "/indexes", {"name": "Films"})["index_id"]
    files = {"file": (REEL.name, REEL.read_bytes(), "video/mp4")}
    form = {"title": "Reel", "index_id": index}
    job = client.post("/videos/upload", data=form, files=files).raise_for_status().json()["job_id"]
    assert _wait_until_ended(client, f"/import-jobs/{job}")["status"] == "completed"
    [video] = [medium["video_id"] for medium in client.get(f"/indexes/{index}/videos").json()["data"]]
    prompt = {"name": "Scenes", "prompt_text": "Say what the scene shows.", "json_schema": _SCHEMA}
    prompt_id = post(client, "/prompts", prompt)["prompt_id"]
    asked = {"prompt_id": prompt_id, "target": {"type": "index", "index_id": index}}
    how = {"video_segmentation_type": "fixed", "video_segment_duration": 15}
    run = post(client, "/prompt-runs/execute", asked | how)["run_id"]
    assert _wait_until_ended(client, f"/prompt-runs/{run}")["status"] == "completed"
    version = runtime.ports.tenant_secrets.put(TENANT, "con_1", PLANTED)
    secret = SecretVersion(TENANT, "con_1", version)
    return Archive(folder, key, index, video, prompt_id, run, job, secret)


def post(client: TestClient, path: str, body: Any) -> Any:
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


def without_uris(answer: Any) -> Any:
    """Replace each link and storage URI, since both name the store."""
    if isinstance(answer, dict):
        return {name: without_uris(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [without_uris(value) for value in answer]
    if isinstance(answer, str) and "://" in answer:
        return "somewhere"
    return answer


def assert_same_answers(archive: Archive, one: TestClient, other: TestClient) -> None:
    """Compare the answers to all requests that read the archive, apart from links and storage URIs."""
    [first_segment, *_] = one.get(f"/videos/{archive.video_id}/segments").json()["data"]
    for path in archive.paths(first_segment["segment_id"]):
        here, there = one.get(path), other.get(path)
        assert here.status_code == there.status_code == 200, (path, here.text, there.text)
        if "json" in here.headers["content-type"]:
            assert without_uris(here.json()) == without_uris(there.json()), path
