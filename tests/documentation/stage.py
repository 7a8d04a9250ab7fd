"""What the examples need: a small archive, and a new resource for each example that uses one up."""

import base64
import json
import subprocess
import sys
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image, ImageDraw, ImageFont
from videovector import VideoVector

from tests.api.imports import picture
from tests.receiver import Receiver
from tests.server_process import ServerProcess
from tests.unit.media.samples import make_video
from tests.unit.services.connectors.test_gcs_key_file import key_file
from tests.waiting import HANG_TIMEOUT, wait_until

POLL: Final = 0.2
SCHEMA: Final = {
    "type": "object",
    "required": ["summary"],
    "properties": {"summary": {"type": "string"}},
}
Values = dict[str, str]


def _sign(path: Path, text: str) -> Path:
    """Draw a picture with a text to read, so that a search finds what a run says of it."""
    drawn = Image.new("RGB", (640, 360), "white")
    ImageDraw.Draw(drawn).text((60, 140), text, fill="black", font=ImageFont.load_default(64))
    drawn.save(path)
    return path


class Stage:
    """An archive of pictures with one run. ``values`` returns the variables of an operation's example."""

    def __init__(self, server: ServerProcess, receiver: Receiver, folder: Path) -> None:
        self.api_key = server.api_key()
        self.base_url = server.base_url
        self._data = server.data_folder
        self._receiver = receiver
        self._folder = folder
        self._seed = 0
        self.client = VideoVector(api_key=self.api_key, base_url=self.base_url)
        self.http = httpx.Client(
            base_url=self.base_url, headers={"X-API-Key": self.api_key}, timeout=HANG_TIMEOUT
        )

    def close(self) -> None:
        self.client.close()
        self.http.close()

    def values(self, operation: str) -> Values:
        """Return the variables of an example. An operation that changes a resource gets a new one."""
        makers: Mapping[str, Callable[[], Values]] = {
            "delete_index": lambda: {"index_id": self._index()},
            "get_index_deletion": self._deleted_index,
            "delete_video": self._new_picture,
            "get_video_deletion": self._deleted_picture,
            "process_video": self._new_picture,
            "process": self._new_picture,
            "execute": lambda: {"index_id": self._filled_index()["index_id"]},
            "cancel_run": self._started_run,
            "retry_segment": self._finished_run,
            "delete_import_automation": self._automated_index,
            "delete_export_automation": self._automated_index,
            "delete_prompt": lambda: {"prompt_id": self._prompt()},
            "update_prompt": lambda: {"prompt_id": self._prompt()},
            "delete_connector": lambda: {"connector_id": self._connector()},
            "get_import_automation": self._automated_index,
            "pause_import_automation": self._automated_index,
            "resume_import_automation": self._automated_index,
            "get_export_automation": self._automated_index,
            "pause_export_automation": self._automated_index,
            "resume_export_automation": self._automated_index,
            "cancel_import_job": self._started_import,
            "retry_import_job": self._failed_import,
            "update_saved_search": self._saved_search,
            "delete_saved_search": self._saved_search,
            "delete_webhook": lambda: {"webhook_id": self._webhook()},
            "update_webhook": lambda: {"webhook_id": self._webhook()},
            "retry_delivery": self._failed_delivery,
            "get_upload": self._upload,
            "abort_upload": self._upload,
            "complete_upload": self._arrived_upload,
            "put_upload_part": self._upload,
            "sign_in": self._ticket,
            "get_transcript": self._film,
            "create_cut_list": self._film,
            "create_clip": self._film,
            "list_clips": self._clip,
            "get_clip": self._clip,
            "delete_clip": self._clip,
            "delete_marker": self._marker,
        }
        make = makers.get(operation)
        return self.shared | (make() if make else {})

    @cached_property
    def shared(self) -> Values:
        run = self._finished_run()
        video = self.http.get(f"/videos/{run['video_id']}").json()
        signed = self.client.videos.get_signed_url(video["video_uri"])
        retry = self.client.prompt_runs.retry_segment(run["run_id"], run["video_id"], run["segment_id"])
        found = self.client.workflow.search("city walk", index_id=run["index_id"], limit=1)
        return {
            **run,
            **self._failed_delivery(),
            **self._files(),
            "retry_id": retry.retry_id,
            "cursor": str(found.next_cursor),
            "gcs_uri": video["video_uri"],
            "media_link": str(signed.signed_url),
            "connector_id": self._connector(),
            "export_connector_id": self._connector("export"),
            **self._saved_search(),
            "export_id": self._export(run["run_id"]),
            "webhook_url": self._receiver.url,
            "video_uri": "https://127.0.0.1:8443/city-walk.mp4",
            "event_id": str(uuid.uuid4()),
            "since": (datetime.now(UTC) - timedelta(hours=1)).isoformat(),
            "access_key_id": "AKIAEXAMPLE",
            "secret_access_key": "secret",
            "azure_tenant_id": str(uuid.uuid4()),
            "azure_client_id": str(uuid.uuid4()),
            "azure_client_secret": "secret",
        }

    def _files(self) -> Values:
        shown = picture(self._folder, "shown.png")
        key = self._folder / "key.json"
        key.write_text(json.dumps(key_file()))
        return {
            "file_path": str(shown),
            "key_file_path": str(key),
            "image_data": base64.b64encode(shown.read_bytes()).decode(),
        }

    def _index(self) -> str:
        return str(self.client.indexes.create(name="Reels").index_id)

    def _picture(self, index_id: str) -> str:
        self._seed += 1
        path = _sign(self._folder / f"picture-{self._seed}.png", f"City walk {self._seed}")
        job = self.client.videos.upload(file=path, title="A picture", index_id=index_id)
        done = self.client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
        self._job_id = str(job.job_id)
        return str(done.video_ids[0])

    @cached_property
    def _silent_film(self) -> str:
        """A video with a run over it, so that it has a transcript, which is empty."""
        path = make_video(self._folder / "film.mp4", seconds=4.0, scene_seconds=2.0)
        index_id = self._index()
        job = self.client.videos.upload(file=path, title="A film", index_id=index_id)
        done = self.client.import_jobs.wait_for_completion(job.job_id, poll_interval=POLL)
        target: Any = {"type": "index", "index_id": index_id}
        run = self.client.prompt_runs.execute(prompt_id=self._prompt(), target=target)
        self.client.prompt_runs.wait_for_completion(run.run_id, poll_interval=POLL)
        return str(done.video_ids[0])

    def _film(self) -> Values:
        return {"video_id": self._silent_film}

    def _clip(self) -> Values:
        times = {"start_seconds": 0.0, "end_seconds": 1.5}
        made = self.http.post(f"/videos/{self._silent_film}/clips", json=times).raise_for_status().json()
        return {"video_id": self._silent_film, "clip_id": made["clip_id"]}

    def _marker(self) -> Values:
        body = {"target": {"type": "video", "id": self._silent_film}, "color": "red"}
        made = self.http.put("/markers", json=body).raise_for_status().json()
        return {"marker_id": made["marker_id"]}

    def _export(self, run_id: str) -> str:
        made = self.client.exports.create_prompt_run_export(run_id)
        self.client.exports.wait_for_completion(made.export_id, poll_interval=POLL)
        return str(made.export_id)

    def _new_picture(self) -> Values:
        return {"video_id": self._picture(self._index())}

    def _filled_index(self) -> Values:
        index_id = self._index()
        return {"index_id": index_id, "video_id": self._picture(index_id), "job_id": self._job_id}

    def _started_import(self) -> Values:
        """Start an import from a store that does not answer."""
        shared = self.shared
        job = self.client.import_jobs.create(connector_id=shared["connector_id"], index_id=shared["index_id"])
        return {"job_id": str(job.job_id)}

    def _failed_import(self) -> Values:
        """Import an attachment whose address does not answer."""
        files = [{"download_url": self.shared["video_uri"], "file_id": "city-walk"}]
        body = {"files": files, "index_id": self.shared["index_id"]}
        job_id = self.http.post("/workflow/attachments", json=body).raise_for_status().json()["job_id"]
        wait_until(
            lambda: self.http.get(f"/import-jobs/{job_id}").json()["status"] == "failed", "a failed import"
        )
        return {"job_id": job_id}

    def _saved_search(self) -> Values:
        body = {"name": "Walks", "playground": True, "query": "a walk"}
        floor = {"space": "text", "min_score": 0.5}
        made = self.http.post("/saved-searches", json=body | {"threshold": floor}).raise_for_status().json()
        return {"saved_search_id": made["saved_search_id"]}

    def _deleted_index(self) -> Values:
        index_id = self._index()
        self.client.indexes.delete(index_id)
        return {"index_id": index_id}

    def _deleted_picture(self) -> Values:
        values = self._new_picture()
        self.client.videos.delete(values["video_id"])
        return values

    def _prompt(self) -> str:
        made = self.client.prompts.create(
            name="Scenes",
            prompt_text="Describe what is shown.",
            json_schema=SCHEMA,
            video_level={"instructions_text": "Sum up the medium.", "json_schema": SCHEMA},
        )
        return str(made.prompt_id)

    def _started_run(self) -> Values:
        values = self._filled_index()
        self._picture(values["index_id"])
        prompt_id = self._prompt()
        target: Any = {"type": "index", "index_id": values["index_id"]}
        run = self.client.prompt_runs.execute(prompt_id=prompt_id, target=target)
        return {**values, "prompt_id": prompt_id, "run_id": str(run.run_id)}

    def _finished_run(self) -> Values:
        values = self._started_run()
        self.client.prompt_runs.wait_for_completion(values["run_id"], poll_interval=POLL)
        results = self.client.prompt_runs.list_results(values["run_id"], video_id=values["video_id"])
        return {**values, "segment_id": str(next(iter(results)).segment_id)}

    def _automated_index(self) -> Values:
        index_id, shared = self._index(), self.shared
        for kind, body in (
            ("import", {"connector_id": shared["connector_id"]}),
            ("export", {"destination_connector_id": shared["export_connector_id"]}),
        ):
            self.http.put(f"/indexes/{index_id}/automations/{kind}", json=body).raise_for_status()
        return {"index_id": index_id}

    def _connector(self, scope: str = "import") -> str:
        made = self.client.connectors.create_s3(
            name="Archive",
            bucket="my-archive",
            region="eu-central-1",
            aws_access_key_id="AKIAEXAMPLE",
            aws_secret_access_key="secret",
            scopes=[scope],
        )
        return str(made.connector_id)

    def _webhook(self) -> str:
        made = self.client.webhooks.create(name="Listener", url=self._receiver.url, events=["media.created"])
        return str(made.webhook_id)

    def _failed_delivery(self) -> Values:
        """Make a delivery that its receiver refuses."""
        webhook_id = self._webhook()
        self._new_picture()

        def attempted() -> list[Any]:
            found = self.client.webhooks.list_deliveries(webhook_id)
            return [each for each in found if each.status != "delivered"]

        wait_until(attempted, "a refused delivery")
        return {"webhook_id": webhook_id, "delivery_id": str(attempted()[0].delivery_id)}

    def _upload(self) -> Values:
        content = picture(self._folder, "part.png").read_bytes()
        body = {"file_name": "part.png", "content_type": "image/png", "size_bytes": len(content)}
        made = self.http.post("/uploads", json=body).raise_for_status().json()
        return {
            "upload_id": made["upload_id"],
            "part_link": made["parts"][0]["url"],
            "part_path": str(self._folder / "part.png"),
        }

    def _arrived_upload(self) -> Values:
        values = self._upload()
        content = Path(values["part_path"]).read_bytes()
        httpx.put(values["part_link"], content=content, timeout=HANG_TIMEOUT).raise_for_status()
        return values

    def _ticket(self) -> Values:
        command = [sys.executable, "-m", "shared.cli", "keys", "sign-in-link", "--data", str(self._data)]
        printed = subprocess.run(
            [*command, "--address", self.base_url], capture_output=True, text=True, check=True
        )
        return {"ticket": printed.stdout.partition("#ticket=")[2].split()[0]}
