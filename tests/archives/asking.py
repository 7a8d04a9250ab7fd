"""Everything that can be asked about an archive without changing it, and answers that can be compared."""

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from starlette.testclient import TestClient

LONGEST: Final = 400
"""Characters of a text that is kept as it is; of a longer one, a picture say, its digest is."""

_OF_THE_MOMENT: Final = ("request_id", "timestamp", "expires_in")
_SEARCH: Final = {"query": "red", "top_k": 20}


def ask(client: TestClient, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """The request, and its answer without what each one has of its own."""
    answer = client.request(method, path, json=body)
    json = answer.headers.get("content-type", "").startswith("application/json")
    content = comparable(answer.json()) if json else _digest(answer.content)
    return {"method": method, "path": path, "body": body, "status": answer.status_code, "answer": content}


def questions(client: TestClient) -> Iterator[tuple[str, str, Any]]:
    """Method, path and body, found by going from list to list."""
    yield from (("GET", path, None) for path in _lists(client))
    for index in _listed(client, "/indexes"):
        yield "POST", f"/indexes/{index['index_id']}/search", _SEARCH
    video_ids = [video["video_id"] for video in _every_video(client)]
    yield from (("POST", f"/videos/batch{kind}", {"video_ids": video_ids}) for kind in ("", "/status"))
    yield "POST", "/videos/batch/segments", {"video_ids": video_ids}


def comparable(value: Any, name: str = "") -> Any:
    """Cursors and links are signed anew for each answer: what is left of them is that they are there."""
    if isinstance(value, dict):
        return {key: comparable(inner, key) for key, inner in value.items() if key not in _OF_THE_MOMENT}
    if isinstance(value, list):
        return [comparable(inner, name) for inner in value]
    if isinstance(value, str):
        if "cursor" in name or "token" in name:
            return bool(value)
        value = value.partition("token=")[0]
        return _digest(value.encode()) if len(value) > LONGEST else value
    return value


def _lists(client: TestClient) -> Iterator[str]:
    yield from ("/indexes", "/playground/videos", "/playground/videos?limit=1", "/prompt-runs")
    yield from ("/prompts", "/prompts?active_only=false", "/import-jobs", "/import-jobs?status=completed")
    for index in _listed(client, "/indexes"):
        path = f"/indexes/{index['index_id']}"
        yield from (path, f"{path}/videos", f"{path}/videos?limit=1", f"{path}/prompt-runs")
    for prompt in _listed(client, "/prompts?active_only=false"):
        yield from (f"/prompts/{prompt['prompt_id']}", f"/prompts/{prompt['prompt_id']}/usage")
    for job in _listed(client, "/import-jobs"):
        path = f"/import-jobs/{job['job_id']}"
        yield from (path, f"{path}/outputs", f"{path}/files", f"{path}/files?failed_only=true")
    run_ids = [run["run_id"] for run in _listed(client, "/prompt-runs")]
    for run_id in run_ids:
        path = f"/prompt-runs/{run_id}"
        yield from (path, f"{path}/failed-segments", f"{path}/llm-calls")
    for video in _every_video(client):
        yield from _of_video(client, video["video_id"], run_ids)


def _of_video(client: TestClient, video_id: str, run_ids: list[str]) -> Iterator[str]:
    path = f"/videos/{video_id}"
    yield from (path, f"{path}/gif", f"{path}/prompt-runs", f"{path}/deletion")
    yield from (f"{path}/segments", f"{path}/segments?limit=1", f"{path}/segments?latest_run=true")
    for run_id in run_ids:
        run = f"/prompt-runs/{run_id}"
        yield from (f"{path}/segments?run_id={run_id}", f"{run}/results?video_id={video_id}")
        yield f"{run}/videos/{video_id}/video-result"
    for segment in _listed(client, f"{path}/segments"):
        yield f"/videos/segments/{segment['segment_id']}/thumbnail"


def _every_video(client: TestClient) -> list[dict[str, Any]]:
    places = [f"/indexes/{index['index_id']}/videos" for index in _listed(client, "/indexes")]
    return [video for path in (*places, "/playground/videos") for video in _listed(client, path)]


def _listed(client: TestClient, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.is_success, answer.text
    found = answer.json()
    for name in ("data", "runs", "prompts"):
        found = found.get(name, found) if isinstance(found, dict) else found
    return list(found)


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}, {len(content)} bytes"
