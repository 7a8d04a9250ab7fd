"""A real server over HTTP, with one medium of each kind, processed by the real models."""

import base64
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from shared.cli.demo.server import Address
from tests.api.imports import picture
from tests.robustness.resource import make_examples
from tests.unit.media.samples import make_video
from tests.waiting import HANG_TIMEOUT

PROMPT: Final[dict[str, Any]] = {
    "name": "What is shown",
    "prompt_text": "Describe what is seen and read in the scene.",
    "json_schema": {
        "type": "object",
        "properties": {
            "summary": {"type": "string"},
            "has_speech": {"type": "boolean"},
            "objects": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["summary", "has_speech"],
    },
    "video_level": {
        "instructions_text": "Sum up the whole.",
        "json_schema": {"type": "object", "properties": {"overview": {"type": "string"}}},
    },
}


@dataclass(frozen=True)
class LiveArchive:
    """Ids and tokens of the archive.

    ``ids`` are keyed by path parameter; ``uri`` is a medium's durable URI.
    """

    ids: Mapping[str, str]
    playground_run_id: str
    uri: str
    media_token: str
    page_cursor: str
    picture: bytes
    part: tuple[str, bytes]
    """The token of an upload part, and the bytes of that part."""

    @property
    def picture_base64(self) -> str:
        return base64.b64encode(self.picture).decode()


class LiveServer:
    """A client whose every call must succeed."""

    def __init__(self, address: Address, folder: Path) -> None:
        self.client = httpx.Client(
            base_url=address.base_url, headers={"X-API-Key": address.api_key}, timeout=HANG_TIMEOUT
        )
        self._folder = folder

    def post(self, path: str, **body: Any) -> Any:
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def get(self, path: str, **query: str) -> Any:
        answer = self.client.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def delete(self, path: str) -> None:
        answer = self.client.delete(path)
        assert answer.is_success, answer.text

    def import_file(self, path: Path, index_id: str | None = None) -> tuple[str, str]:
        """Import a file; return the ids of the completed job and of the medium."""
        fields = {"title": path.stem} | ({"index_id": index_id} if index_id else {})
        with path.open("rb") as file:
            answer = self.client.post("/videos/upload", data=fields, files={"file": (path.name, file)})
        assert answer.status_code == 202, answer.text
        job = self._wait(f"/import-jobs/{answer.json()['job_id']}")
        assert job["status"] == "completed", job
        return job["job_id"], job["video_ids"][0]

    def run(self, prompt_id: str, target: dict[str, Any]) -> str:
        options = {"video_segmentation_type": "content_aware"}
        run_id = self.post("/prompt-runs/execute", prompt_id=prompt_id, target=target, **options)["run_id"]
        run = self._wait(f"/prompt-runs/{run_id}")
        assert run["status"] == "completed", run
        return str(run_id)

    def new_index(self) -> str:
        return str(self.post("/indexes", name="Archive")["index_id"])

    def new_prompt(self) -> str:
        return str(self.post("/prompts", **PROMPT)["prompt_id"])

    def new_export(self, run_id: str) -> str:
        """Export a run; return the id of the export, whose file is ready."""
        export_id = str(self.post(f"/exports/prompt-run/{run_id}")["export_id"])
        while self.get(f"/exports/{export_id}")["status"] != "completed":
            time.sleep(0.1)
        return export_id

    def new_clip(self, video_id: str, start: float) -> str:
        """Ask for a clip of a second; return its id."""
        times = {"start_seconds": start, "end_seconds": start + 1}
        return str(self.post(f"/videos/{video_id}/clips", **times)["clip_id"])

    def new_marker(self, target_type: str, target_id: str) -> str:
        """Put a marker on a target; return its id."""
        body = {"target": {"type": target_type, "id": target_id}, "color": "red"}
        answer = self.client.put("/markers", json=body)
        assert answer.is_success, answer.text
        return str(answer.json()["marker_id"])

    def new_picture(self, seed: int) -> str:
        return self.import_file(picture(self._folder, f"leaf-{seed}.png", seed=seed))[1]

    def new_upload(self, *, sent: bool) -> str:
        """Open an upload session, with all its bytes sent or none; return its id."""
        upload, content = self._open_upload()
        for part in upload["parts"] if sent else []:
            answer = httpx.request(
                part["method"], part["url"], headers=part["headers"], content=content, timeout=HANG_TIMEOUT
            )
            assert answer.is_success, answer.text
        return str(upload["upload_id"])

    def new_part(self) -> tuple[str, bytes]:
        """Open an upload session; return the token and the bytes of its part."""
        upload, content = self._open_upload()
        return str(upload["parts"][0]["url"]).partition("token=")[2], content

    def _open_upload(self) -> tuple[Any, bytes]:
        content = picture(self._folder, "session.png", seed=21).read_bytes()
        wanted = {"file_name": "session.png", "content_type": "image/png", "size_bytes": len(content)}
        return self.post("/uploads", **wanted), content

    def new_webhook(self, receiver: str) -> str:
        """Create a webhook without any event that occurs here; return its id."""
        return str(self.post("/webhooks", name="Flow", url=receiver, events=["export.ready"])["webhook_id"])

    def new_delivery(self, webhook_id: str, receiver: str) -> str:
        """Make a webhook deliver the import of a picture to ``receiver``. Return the id of the delivery."""
        path = f"/webhooks/{webhook_id}"
        changes = {"url": receiver, "events": ["media.created"]}
        assert self.client.patch(path, json=changes).is_success
        self.new_picture(seed=31)
        while not (found := self.get(f"{path}/deliveries")):
            time.sleep(0.1)
        return str(found[0]["delivery_id"])

    def build(self, receiver: str) -> LiveArchive:
        """Build the archive. ``receiver`` is the address of its webhook."""
        index_id = self.new_index()
        film = make_video(self._folder / "film.mp4", seconds=6.0, scene_seconds=2.0)
        job_id, video_id = self.import_file(film, index_id)
        self.new_picture(seed=1)
        prompt_id = self.new_prompt()
        run_id = self.run(prompt_id, {"type": "index", "index_id": index_id})
        playground_run_id = self.run(prompt_id, {"type": "playground"})
        video = self.get(f"/videos/{video_id}")
        segment_id = self.get(f"/videos/{video_id}/segments")["data"][0]["segment_id"]
        retry_path = f"/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry"
        retry_id = self.post(retry_path)["retry_id"]
        link = self.post("/videos/signed-url", gcs_uri=video["video_uri"])["signed_url"]
        page = self.post("/workflow/search", query="red", index_id=index_id, limit=1)
        ids = {
            "index_id": index_id,
            "video_id": video_id,
            "job_id": job_id,
            "prompt_id": prompt_id,
            "run_id": run_id,
            "segment_id": segment_id,
            "retry_id": retry_id,
            "upload_id": self.new_upload(sent=True),
            "file_name": "film.mp4",
            "export_id": self.new_export(run_id),
            "clip_id": self.new_clip(video_id, 0.0),
            "marker_id": self.new_marker("video", video_id),
            **make_examples(self.post),
        }
        ids["delivery_id"] = self.new_delivery(ids["webhook_id"], receiver)
        return LiveArchive(
            ids,
            playground_run_id,
            video["video_uri"],
            link.partition("token=")[2],
            page["pagination"]["next_cursor"],
            (self._folder / "leaf-1.png").read_bytes(),
            self.new_part(),
        )

    def _wait(self, path: str) -> Any:
        deadline = time.monotonic() + HANG_TIMEOUT
        while time.monotonic() < deadline:
            found = self.get(path)
            if found["completed_at"] is not None:
                return found
            time.sleep(0.1)
        raise AssertionError(f"{path} did not end")
