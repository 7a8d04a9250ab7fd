"""Make ``format-1.tar.gz``: an archive as releases before format 2 left it, and what they answered of it.

It runs under the code of then, which commit dbc079c has::

    git archive dbc079c | tar -x -C OLD && cp -r tests/archives OLD/tests && cd OLD
    python -m tests.archives.build FOLDER
"""

import json
import shutil
import sqlite3
import sys
import tarfile
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from functions.api.application import create_application
from shared.domain import blob_keys, keys
from shared.domain.access import Scope
from shared.domain.import_job import ImportFile
from shared.domain.job import JobRequest
from shared.http.app import API_PREFIX
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.services.records.documents import put
from shared.settings import Settings
from tests.api.imports import picture, send
from tests.archives.asking import ask, questions
from tests.robustness.tenant_archive import Builder, work
from tests.unit.media.samples import make_video
from tests.unit.services.small_models import SmallModels

TENANT: Final = "local"


class OldArchive:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._models = SmallModels()
        self._runtime = self._new_runtime()
        self._client = _client(self._runtime)
        self._others: list[str] = []

    def build(self) -> None:
        builder = Builder(self._runtime, self._client, TENANT, self._folder / "sources")
        archive = builder.build(self._models)
        index_id, prompt_id = archive["index_id"], archive["prompt_id"]
        retry = "/prompt-runs/{run_id}/videos/{video_id}/segments/{segment_id}/retries/{retry_id}"
        self._others.append(retry.format(**archive.ids))
        film = self._import_parts(index_id)
        self._import_many(index_id)
        self._models.extractor.broken_at = {2.0}
        self._run(prompt_id, {"type": "index", "index_id": index_id})
        self._models.extractor.broken_at = set()
        gone = self._import(picture(self._folder, "gone.png", seed=31), index_id)[1]
        self._run(prompt_id, {"type": "videos", "video_ids": [gone, film[0], film[1]]})
        for video_id in (gone, film[0]):
            self._delete(f"/videos/{video_id}")
            work(self._runtime)
        self._cut_off(prompt_id, [film[1], archive["video_id"]])
        self._run(prompt_id, {"type": "playground"}, wait=True)
        self._leave_deletions()

    def answers(self) -> list[dict[str, Any]]:
        """Of a server that was started since."""
        client = _client(self._new_runtime())
        others = [("GET", path, None) for path in self._others]
        return [ask(client, *question) for question in (*questions(client), *others)]

    def _new_runtime(self, **settings: Any) -> Runtime:
        chosen = Settings(data_folder=self._folder / "data", public_base_url="http://testserver", **settings)
        runtime = local_runtime(chosen)
        runtime.__dict__["models"] = self._models.pack("builtin")
        return runtime

    def _import_parts(self, index_id: str) -> list[str]:
        """One film in two parts."""
        film = make_video(self._folder / "parts.mp4", seconds=6.0, scene_seconds=2.0)
        send(self._client, film, title="in parts", index_id=index_id)
        work(self._new_runtime(max_part_seconds=3.5))
        return list(self._get("/import-jobs")[0]["video_ids"])

    def _import(self, path: Path, index_id: str | None) -> tuple[str, str]:
        answer = send(self._client, path, title=path.stem, index_id=index_id)
        work(self._runtime)
        job = self._get(f"/import-jobs/{answer.json()['job_id']}")
        return job["job_id"], job["video_ids"][0]

    def _import_many(self, index_id: str) -> None:
        """One import of several files, as connectors make them: one fails, one is left out."""
        answer = send(
            self._client, picture(self._folder, "many.png", seed=32), title="many", index_id=index_id
        )
        job_id = answer.json()["job_id"]
        others = [
            ImportFile(file_id="fil_B", job_id=job_id, ordinal=1, file_name="broken.mp4", size_bytes=6),
            ImportFile.model_validate(
                {
                    "file_id": "fil_C",
                    "job_id": job_id,
                    "ordinal": 2,
                    "file_name": "notes.txt",
                    "status": "skipped",
                }
            ),
        ]
        others[0].source_key = blob_keys.import_source(TENANT, job_id, "fil_B")
        others[1].skip_reason = "no medium"
        self._runtime.blobs.write(others[0].source_key, b"broken", "video/mp4")
        for other in others:
            self._runtime.documents.write(put(keys.import_file(TENANT, job_id, other.ordinal), other))
        work(self._runtime)

    def _run(self, prompt_id: str, target: dict[str, Any], *, wait: bool = False) -> str:
        body = {"prompt_id": prompt_id, "target": target, "video_segmentation_type": "content_aware"}
        answer = self._client.post("/prompt-runs/execute", json=body)
        assert answer.is_success, answer.text
        if not wait:
            work(self._runtime)
        return str(answer.json()["run_id"])

    def _cut_off(self, prompt_id: str, video_ids: list[str]) -> None:
        """A run of two media whose server was stopped within the second."""
        run_id = self._run(prompt_id, {"type": "videos", "video_ids": video_ids}, wait=True)
        job = self._runtime.documents.get(JobRequest, keys.job(run_id))
        assert job is not None
        extractor = self._models.extractor
        extractor.requests.clear()
        try:
            self._runtime.pipeline.run(job, lambda: len(extractor.requests) > 3)
        except Interrupted:
            return
        raise AssertionError("the run was not cut off")

    def _leave_deletions(self) -> None:
        """Of an index with a medium, and of a medium, which no server has come to yet."""
        index_id = self._client.post("/indexes", json={"name": "leaving"}).json()["index_id"]
        jobs = self._jobs()
        self._import_beside(jobs, picture(self._folder, "left.png", seed=33), index_id)
        video_id = self._import_beside(jobs, picture(self._folder, "right.png", seed=34), None)
        for path in (f"/indexes/{index_id}", f"/videos/{video_id}"):
            self._delete(path)

    def _jobs(self) -> set[str]:
        found = self._runtime.records.query(keys.job().partition, limit=100).records
        return {record.key.sort for record in found}

    def _import_beside(self, waiting: set[str], path: Path, index_id: str | None) -> str:
        """Without touching the jobs that are ``waiting``."""
        answer = send(self._client, path, title=path.stem, index_id=index_id)
        (job_id,) = self._jobs() - waiting
        job = self._runtime.documents.get(JobRequest, keys.job(job_id))
        assert job is not None
        self._runtime.ingest.run(job, lambda: False)
        self._runtime.records.write(Delete(keys.job(job_id)))
        return str(self._get(f"/import-jobs/{answer.json()['job_id']}")["video_ids"][0])

    def _delete(self, path: str) -> None:
        self._others += [path, f"{path}/deletion"]
        assert self._client.delete(path).is_success

    def _get(self, path: str) -> Any:
        answer = self._client.get(path)
        assert answer.is_success, answer.text
        return answer.json()


def _client(runtime: Runtime) -> TestClient:
    _, secret = runtime.api_keys.create(TENANT, "usr_local", "test", [Scope.ADMIN])
    client = TestClient(create_application(runtime), base_url=f"http://testserver{API_PREFIX}")
    client.headers["X-API-Key"] = secret
    return client


def main(folder: Path) -> None:
    folder.mkdir(parents=True)
    archive = OldArchive(folder)
    archive.build()
    answers = archive.answers()
    (folder / "answers.json").write_text(json.dumps(answers, indent=1))
    data = folder / "data"
    for name in ("secrets", "blobs/.scratch"):  # others are made
        shutil.rmtree(data / name)
    for path in list(data.rglob("*.sqlite")):
        _settle(path)
    with tarfile.open(folder / "format-1.tar.gz", "w:gz") as packed:
        packed.add(data, "data", filter=_nobodys)
        packed.add(folder / "answers.json", "answers.json", filter=_nobodys)


def _settle(path: Path) -> None:
    """Everything into the one file: it is still open elsewhere."""
    whole = path.with_suffix(".whole")
    with sqlite3.connect(path) as connection:
        connection.execute("VACUUM INTO ?", (str(whole),))
    for left in path.parent.glob(f"{path.name}*"):
        left.unlink()
    whole.rename(path)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main(Path(sys.argv[1]))
