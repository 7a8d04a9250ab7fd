"""Everything that a tenant can own, created through the API, with jobs run synchronously."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.job import JobRequest
from shared.ports.records import Delete
from shared.runtime import Runtime
from tests.api.imports import picture, send
from tests.robustness.resource import make_examples
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, SCHEMA
from tests.unit.services.small_models import SmallModels

PROMPT: Final = {
    "name": "Colours",
    "prompt_text": "Name the colours that are shown",
    "json_schema": SCHEMA,
    "video_level": OVERVIEW.model_dump(),
}
CONDITION: Final = {"field": "words", "operator": "greater_equal", "type": "integer", "value": 0}


@dataclass(frozen=True)
class TenantArchive:
    """The ids and cursors of one tenant.

    ``ids`` are keyed by path parameter; ``cursors`` maps the route of a list to its second page and query.
    """

    client: TestClient
    name: str
    ids: dict[str, str]
    deleted_index_id: str
    deleted_video_id: str
    second_index_id: str
    playground_run_id: str
    uris: list[str]
    cursors: dict[str, tuple[str, dict[str, str]]]
    filter_cursor: str
    search_cursor: str
    picture_base64: str

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    @property
    def secrets(self) -> list[str]:
        """Strings that another tenant must never read."""
        ids = [*self.ids.values(), self.second_index_id, self.playground_run_id]
        return [*ids, self.deleted_index_id, self.deleted_video_id, f"{self.name} words"]


class ArchiveBuilder:
    """Create the archive of one tenant."""

    def __init__(self, runtime: Runtime, client: TestClient, tenant: str, folder: Path) -> None:
        self._runtime = runtime
        self._client = client
        self._tenant = tenant
        self._folder = folder
        folder.mkdir()

    def build(self, models: SmallModels) -> TenantArchive:
        index_id = self._post("/indexes", name=f"{self._tenant} index")["index_id"]
        second_index_id = self._post("/indexes", name=f"{self._tenant} second index")["index_id"]
        film = make_video(self._folder / "film.mp4", seconds=6.0, scene_seconds=2.0)
        job_id, video_id = self._upload(index_id, film)
        self._upload(index_id, picture(self._folder, "beside.png", seed=1))
        for seed in (2, 3):
            self._upload(None, picture(self._folder, f"playground-{seed}.png", seed=seed))
        prompt_id = self._prompt()
        models.extractor.broken_at = {2.0}
        run_id = self._run(prompt_id, {"type": "index", "index_id": index_id})
        models.extractor.broken_at = set()
        segment_id, retry_id = self._retry(run_id, video_id)
        self._run(prompt_id, {"type": "index", "index_id": index_id})
        playground_run_id = self._run(prompt_id, {"type": "playground"})
        ids = {
            "index_id": index_id,
            "video_id": video_id,
            "job_id": job_id,
            "prompt_id": prompt_id,
            "run_id": run_id,
            "segment_id": segment_id,
            "retry_id": retry_id,
            "upload_id": self._open_upload(index_id),
            **make_examples(self._post),
        }
        ids["clip_id"] = self._clip(video_id)
        ids["export_id"] = self._export(run_id)
        ids["delivery_id"] = self._delivery(ids["webhook_id"])
        self._automate(ids)
        ids["marker_id"] = self._mark(ids)
        deleted_index_id, deleted_video_id = self._delete_index_and_video()
        return TenantArchive(
            self._client,
            self._tenant,
            ids,
            deleted_index_id,
            deleted_video_id,
            second_index_id,
            playground_run_id,
            self._uris(ids),
            self._cursors(ids),
            self._filter_cursor(index_id),
            self._search_cursor(index_id),
            base64.b64encode((self._folder / "beside.png").read_bytes()).decode(),
        )

    def _open_upload(self, index_id: str) -> str:
        """Open an upload session; return its id."""
        described = {"file_name": f"{self._tenant} words.mp4", "content_type": "video/mp4", "size_bytes": 10}
        upload_id: str = self._post("/uploads", **described, index_id=index_id)["upload_id"]
        return upload_id

    def _clip(self, video_id: str) -> str:
        """Make a clip of a medium; return its id."""
        made = self._post(f"/videos/{video_id}/clips", start_seconds=2.0, end_seconds=3.0)
        run_queued_jobs(self._runtime)
        return str(made["clip_id"])

    def _delivery(self, webhook_id: str) -> str:
        """Queue a delivery of the import of a picture; return its id."""
        self._upload(None, picture(self._folder, "delivered.png", seed=5))
        path = f"/webhooks/{webhook_id}"
        assert self._client.patch(path, json={"events": ["media.created"]}).is_success
        self._post(f"{path}/replay", **{"from": "2026-01-01T00:00:00Z"})
        return str(self._get(f"{path}/deliveries")[0]["delivery_id"])

    def _automate(self, ids: dict[str, str]) -> None:
        """Save an automation of each kind, with the settings of the connectors in ``ids``."""
        path = f"/indexes/{ids['index_id']}/automations"
        importing = {"connector_id": ids["connector_id"], "debounce_interval": "1d"}
        exporting = {"destination_connector_id": ids["export_connector_id"]}
        for kind, body in (("import", importing), ("export", exporting)):
            answer = self._client.put(f"{path}/{kind}", json=body)
            assert answer.is_success, answer.text

    def _mark(self, ids: dict[str, str]) -> str:
        """Put a marker on a target of each type and on a field; return the id of the last."""
        result = f"segment:{ids['segment_id']}:{ids['run_id']}"
        targets = [
            {"type": "video", "id": ids["video_id"]},
            {"type": "segment", "id": ids["segment_id"]},
            {"type": "prompt_run", "id": ids["run_id"]},
            {"type": "result", "id": result, "field_path": "words"},
            {"type": "result", "id": result},
        ]
        for target in targets:
            body = {"target": target, "color": "red", "note": f"{self._tenant} words"}
            answer = self._client.put("/markers", json=body)
            assert answer.is_success, answer.text
        return str(answer.json()["marker_id"])

    def _post(self, path: str, **body: Any) -> Any:
        answer = self._client.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def _get(self, path: str, **query: str) -> Any:
        answer = self._client.get(path, params=query)
        assert answer.is_success, answer.text
        return answer.json()

    def _upload(self, index_id: str | None, path: Path) -> tuple[str, str]:
        """Import a file; return the ids of the import job and of the medium."""
        answer = send(self._client, path, title=f"{self._tenant} words", index_id=index_id)
        assert answer.status_code == 202, answer.text
        run_queued_jobs(self._runtime)
        job = self._get(f"/import-jobs/{answer.json()['job_id']}")
        assert job["status"] == "completed", job
        return job["job_id"], job["video_ids"][0]

    def _export(self, run_id: str) -> str:
        """Export a run; return the id of the export."""
        export_id = str(self._post(f"/exports/prompt-run/{run_id}")["export_id"])
        run_queued_jobs(self._runtime)
        return export_id

    def _prompt(self) -> str:
        made = self._post("/prompts", **PROMPT | {"name": f"{self._tenant} words"})
        return str(made["prompt_id"])

    def _run(self, prompt_id: str, target: dict[str, Any]) -> str:
        body = {"prompt_id": prompt_id, "target": target, "video_segmentation_type": "content_aware"}
        run_id = self._post("/prompt-runs/execute", **body)["run_id"]
        run_queued_jobs(self._runtime)
        return str(run_id)

    def _retry(self, run_id: str, video_id: str) -> tuple[str, str]:
        failed = self._get(f"/prompt-runs/{run_id}/failed-segments")["videos"]
        medium = next(each for each in failed if each["video_id"] == video_id)
        segment_id = medium["segments"][0]["segment_id"]
        path = f"/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retry"
        retry_id = self._post(path)["retry_id"]
        run_queued_jobs(self._runtime)
        return segment_id, str(retry_id)

    def _delete_index_and_video(self) -> tuple[str, str]:
        index_id = self._post("/indexes", name="gone")["index_id"]
        _, video_id = self._upload(None, picture(self._folder, "gone.png", seed=4))
        for path in (f"/indexes/{index_id}", f"/videos/{video_id}"):
            assert self._client.delete(path).is_success
        run_queued_jobs(self._runtime)
        return index_id, video_id

    def _uris(self, ids: dict[str, str]) -> list[str]:
        video = self._get(f"/videos/{ids['video_id']}")
        segments = self._get(f"/videos/{ids['video_id']}/segments")["data"]
        found = [video["video_uri"], *(s["gcs_uri"] for s in segments)]
        return found + [s["thumbnail_gcs_uri"] for s in segments if s["thumbnail_gcs_uri"]]

    def _cursors(self, ids: dict[str, str]) -> dict[str, tuple[str, dict[str, str]]]:
        lists = {
            "/indexes/{index_id}/videos": {},
            "/indexes/{index_id}/prompt-runs": {},
            "/playground/videos": {},
            "/videos/{video_id}/segments": {"run_id": ids["run_id"]},
            "/prompt-runs/{run_id}/results": {"video_id": ids["video_id"]},
            "/markers": {},
        }
        found = {}
        for path, query in lists.items():
            page = self._get(path.format(**ids), limit="1", **query)
            found[path] = (str(page["pagination"]["next_cursor"]), query)
            assert page["pagination"]["has_more"], path
        return found

    def _filter_cursor(self, index_id: str) -> str:
        body = {"conditions": [CONDITION], "page_size": 1}
        return str(self._post(f"/search/filter/{index_id}", **body)["next_page_token"])

    def _search_cursor(self, index_id: str) -> str:
        page = self._post("/workflow/search", index_id=index_id, query="red", limit=1)
        return str(page["pagination"]["next_cursor"])


def run_queued_jobs(runtime: Runtime) -> None:
    """Run the queued jobs, as the job runner does."""
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        job = JobRequest.model_validate(record.body)
        runner = {
            "ingest": runtime.imports.ingest.run,
            "deletion": runtime.deletion.work.run,
            "clip": runtime.editing.clip_work.run,
            "export": runtime.exports.work.run,
        }
        runner.get(job.workflow.value, runtime.runs.pipeline.run)(job, lambda: False)
        runtime.ports.records.write(Delete(record.key))
