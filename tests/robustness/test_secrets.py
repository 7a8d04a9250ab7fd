"""Secrets in logs and answers, at the most verbose log level and with services that echo requests.

No secret is logged. No answer contains one, except a link that the client requested.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from shared.cli.demo.server import running_server
from tests.api.imports import picture
from tests.robustness.live_archive import PROMPT, LiveServer
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

LLM_KEY: Final = "llm-key-5f0c1d9e7a3b4c2d8e6f"
EXPORT_TOKEN: Final = "v1.eyJ0IjoiZmlsbXMifQ.c2lnbmF0dXJlLW9mLWFuLWV4cG9ydA"
URI_TOKEN: Final = "uri-token-a91b2c3d4e5f60718293"


@dataclass
class ExternalServices:
    """The model endpoint and the source of fetched media, in one HTTP server."""

    origin: str
    received: list[str] = field(default_factory=list)


@contextmanager
def external_services(content: bytes) -> Iterator[ExternalServices]:
    """Serve ``content`` on GET; refuse each model call with an answer that repeats the credentials."""
    received: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            presented = self.headers["Authorization"]
            received.append(presented)
            padding = "x" * 452  # an answer truncated to 500 characters then ends within the key
            answer = {"error": f"{padding} invalid: {presented} {presented}"}
            self._answer(401, json.dumps(answer).encode(), {"X-Echo": presented})

        def do_GET(self) -> None:
            received.append(self.path)
            if "missing" in self.path:
                self._answer(404, self.path.encode(), {})
            else:
                self._answer(200, content, {"Content-Type": "image/png"})

        def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield ExternalServices(f"http://127.0.0.1:{server.server_port}", received)
        finally:
            server.shutdown()


class RecordingClient(LiveServer):
    """A client that records the text of every answer."""

    def __init__(self, address: Any, folder: Path) -> None:
        super().__init__(address, folder)
        self.answers: list[str] = []
        self.client.event_hooks = {"response": [self._record]}

    def _record(self, response: httpx.Response) -> None:
        self.answers.append(str(response.headers) + response.read().decode("utf-8", "replace"))

    def ended(self, path: str) -> Any:
        return self._wait(path)


def parts_of(secret: str) -> list[str]:
    """Split a secret into halves: half a secret must not leak either."""
    half = len(secret) // 2
    return [secret[:half], secret[half:]]


def test_no_secret_is_logged_or_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = picture(tmp_path, seed=5).read_bytes()
    with external_services(content) as services:
        for name, value in {
            "LOG_LEVEL": "DEBUG",
            "LLM_BASE_URL": f"{services.origin}/v1",
            "LLM_MODEL": "small",
            "LLM_API_KEY": LLM_KEY,
            "ALLOW_PRIVATE_URIS": "true",
        }.items():
            monkeypatch.setenv(f"VIDEOVECTOR_SERVER_{name}", value)
        with running_server(tmp_path / "data") as address:
            server = RecordingClient(address, tmp_path)
            tokens = _use_everything(server, services.origin)
            wrong_key = _send_wrong_keys(server, address.base_url, address.api_key)
    assert f"Bearer {LLM_KEY}" in services.received
    assert any(URI_TOKEN in path for path in services.received)
    log = (tmp_path / "server.log").read_text()
    assert " DEBUG " in log
    answers = "\n".join(server.answers)
    for secret in (address.api_key, wrong_key, LLM_KEY, URI_TOKEN, *tokens):
        for part in parts_of(secret):
            assert part not in log, secret
    for secret in (address.api_key, wrong_key, LLM_KEY, URI_TOKEN):
        for part in parts_of(secret):
            assert part not in answers, secret
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    for part in (*parts_of(address.api_key.removeprefix("sk_live_"))[1:], *parts_of(LLM_KEY)):
        assert part.encode() not in kept


def _use_everything(server: RecordingClient, origin: str) -> list[str]:
    """Fetch a medium, call the model, follow a link; return the tokens of the links."""
    index_id = server.new_index()
    for name in ("a.png", "missing.png"):
        uri = f"{origin}/{name}?token={URI_TOKEN}"
        job = server.post("/videos", title="Fetched", video_uri=uri, index_id=index_id)
        job = server.ended(f"/import-jobs/{job['job_id']}")
        server.get(f"/import-jobs/{job['job_id']}/files")
    _fetch_attachments(server, origin, index_id)
    prompt_id = server.new_prompt()
    target = {"type": "index", "index_id": index_id}
    run_id = server.post("/prompt-runs/execute", prompt_id=prompt_id, target=target)["run_id"]
    assert server.ended(f"/prompt-runs/{run_id}")["status"] == "failed"
    assert server.get(f"/prompt-runs/{run_id}/llm-calls")
    server.get(f"/prompt-runs/{run_id}/failed-segments")
    server.client.post("/prompts/generate", json={"instruction": "List what is seen in the picture"})
    video, _ = server.get(f"/indexes/{index_id}/videos")["data"]
    server.get(f"/videos/{video['video_id']}")
    server.client.post("/prompts", json=PROMPT | {"name": URI_TOKEN[:0]})
    link = server.post("/videos/signed-url", gcs_uri=video["video_uri"])["signed_url"]
    assert httpx.get(link, timeout=HANG_TIMEOUT).status_code == 200
    token = link.partition("token=")[2]
    assert httpx.get(link[:-4], timeout=HANG_TIMEOUT).status_code == 403
    refused = httpx.get(
        f"{server.client.base_url}exports/exp_1/download?token={EXPORT_TOKEN}", timeout=HANG_TIMEOUT
    )
    assert refused.status_code == 403
    return [token.rpartition(".")[2], EXPORT_TOKEN]


def _fetch_attachments(server: RecordingClient, origin: str, index_id: str) -> None:
    """Import attachments, of which one is missing, and retry it with another address."""
    files = [
        {"download_url": f"{origin}/{name}?token={URI_TOKEN}", "file_id": name}
        for name in ("missing.png", "a.png")
    ]
    job = server.post("/workflow/attachments", files=files, index_id=index_id)
    path = f"/import-jobs/{job['job_id']}"
    server.ended(path)
    server.post(f"{path}/retry", files=files[:1])
    assert server.ended(path)["progress"]["failed"] == 1
    server.get(f"{path}/files")
    server.get(f"{path}/outputs")
    server.get("/import-jobs")
    refused = {"download_url": f"ftp://host/a?token={URI_TOKEN}", "file_id": "a"}
    assert server.client.post("/workflow/attachments", json={"files": [refused]}).status_code == 422


def _send_wrong_keys(server: RecordingClient, base_url: str, api_key: str) -> str:
    """Send a wrong key in each place that takes a key; return that key."""
    wrong = "sk_live_" + "0f1e2d3c" * 6
    for headers in ({"X-API-Key": wrong}, {"Authorization": f"Bearer {wrong}"}, {"X-API-Key": f"{api_key}x"}):
        answer = httpx.get(f"{base_url}/indexes", headers=headers, timeout=HANG_TIMEOUT)
        assert answer.status_code == 401
        server.answers.append(answer.text)
    for path in (f"/indexes?key={wrong}", f"/videos/{wrong}/none"):
        server.client.get(path)
    return wrong
