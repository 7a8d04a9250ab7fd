"""Clips over HTTP, with the job that makes them."""

from pathlib import Path

import av
import pytest
from starlette.testclient import TestClient

from shared.domain import clock, keys
from shared.domain.access import Caller, Scope
from shared.domain.due import Due
from shared.domain.editing.clip import CLIP_LIFE, Clip
from shared.domain.job import JobRequest, Workflow
from shared.ports.jobs import Interrupted
from shared.ports.records import Delete
from shared.runtime import Runtime
from shared.runtime.due_dispatch import DueDispatch
from shared.runtime.job_dispatch import JobDispatch
from shared.services.records.due_work import due_until
from tests.api.conftest import NewClient
from tests.api.imports import field_of, import_picture, run_imports, send
from tests.unit.media.samples import make_video

pytestmark = pytest.mark.slow

PART = {"start_seconds": 1.0, "end_seconds": 2.5}


def jobs(runtime: Runtime) -> list[JobRequest]:
    found = runtime.ports.records.query(keys.job().partition, limit=100).records
    return [JobRequest.model_validate(record.body) for record in found]


def run_clips(runtime: Runtime) -> int:
    """Run the pending jobs of clips as the job runner does; return their number."""
    pending = [job for job in jobs(runtime) if job.workflow is Workflow.CLIP]
    for job in pending:
        JobDispatch(runtime).run(job, lambda: False)
        runtime.ports.records.write(Delete(keys.job(job.job_id)))
    return len(pending)


def files(runtime: Runtime) -> list[str]:
    return [key for key in runtime.ports.blobs.keys("media/") if "/clips/" in key]


def dues(runtime: Runtime) -> list[Due]:
    return list(due_until(runtime.documents, clock.now() + 2 * CLIP_LIFE))


@pytest.fixture
def video_id(client: TestClient, runtime: Runtime, tmp_path: Path) -> str:
    answer = send(client, make_video(tmp_path / "film.mp4", seconds=4), title="A/film")
    run_imports(runtime)
    (found,) = client.get(f"/import-jobs/{answer.json()['job_id']}").json()["video_ids"]
    assert isinstance(found, str)
    return found


def test_clip_is_made_and_downloaded_under_its_name(
    client: TestClient, runtime: Runtime, video_id: str, tmp_path: Path
) -> None:
    path = f"/videos/{video_id}/clips"
    asked = client.post(path, json=PART)
    assert (asked.status_code, asked.json()["status"], asked.json()["download_url"]) == (202, "pending", None)
    assert run_clips(runtime) == 1
    clip = client.get(f"{path}/{asked.json()['clip_id']}").json()
    assert (clip["status"], clip["progress"], clip["copied"], clip["error"]) == ("ready", 1.0, True, None)
    assert clip["duration_seconds"] == pytest.approx(1.5, abs=0.3)
    assert clip["file_name"] == "A-film 1-2.5.mp4"
    (listed,) = client.get(path).json()["clips"]
    assert listed | {"download_url": None} == clip | {"download_url": None}
    file = client.get(clip["download_url"])
    assert file.headers["Content-Disposition"].endswith("A-film%201-2.5.mp4")
    assert len(file.content) == clip["size_bytes"]
    (tmp_path / "clip.mp4").write_bytes(file.content)
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert len(container.streams.video) == 1


def test_same_request_is_for_one_clip(client: TestClient, runtime: Runtime, video_id: str) -> None:
    path = f"/videos/{video_id}/clips"
    first, second = (client.post(path, json=PART).json() for _ in range(2))
    assert first == second
    run_clips(runtime)
    third = client.post(path, json={"start_seconds": 1, "end_seconds": 2.50004}).json()
    assert (third["clip_id"], third["status"]) == (first["clip_id"], "ready")
    assert run_clips(runtime) == 0
    assert client.post(path, json=PART | {"precise": True}).json()["clip_id"] != first["clip_id"]


def test_interrupted_and_repeated_job_leaves_one_file(
    client: TestClient, runtime: Runtime, video_id: str
) -> None:
    made = client.post(f"/videos/{video_id}/clips", json=PART | {"end_seconds": 4.0, "precise": True}).json()
    (job,) = [job for job in jobs(runtime) if job.workflow is Workflow.CLIP]
    with pytest.raises(Interrupted):
        JobDispatch(runtime).run(job, lambda: True)
    assert client.get(f"/videos/{video_id}/clips/{made['clip_id']}").json()["status"] == "processing"
    JobDispatch(runtime).run(job, lambda: False)
    (stored,) = files(runtime)
    before = runtime.ports.blobs.read(stored)
    JobDispatch(runtime).run(job, lambda: False)
    assert files(runtime) == [stored]
    assert runtime.ports.blobs.read(stored) == before


def test_deleted_clip_leaves_nothing(client: TestClient, runtime: Runtime, video_id: str) -> None:
    path = f"/videos/{video_id}/clips"
    identifier = client.post(path, json=PART).json()["clip_id"]
    run_clips(runtime)
    assert client.delete(f"{path}/{identifier}").status_code == 200
    assert (files(runtime), dues(runtime)) == ([], [])
    for answer in (client.get(f"{path}/{identifier}"), client.delete(f"{path}/{identifier}")):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "resource_clip_not_found"


def test_clip_deleted_before_its_job_runs_leaves_nothing(
    client: TestClient, runtime: Runtime, video_id: str
) -> None:
    path = f"/videos/{video_id}/clips"
    identifier = client.post(path, json=PART).json()["clip_id"]
    client.delete(f"{path}/{identifier}")
    again = client.post(path, json=PART).json()
    assert again["clip_id"] == identifier
    assert run_clips(runtime) == 2
    assert len(files(runtime)) == 1
    assert client.get(f"{path}/{identifier}").json()["status"] == "ready"


def test_clip_is_removed_at_the_end_of_its_life(client: TestClient, runtime: Runtime, video_id: str) -> None:
    identifier = client.post(f"/videos/{video_id}/clips", json=PART).json()["clip_id"]
    run_clips(runtime)
    (due,) = dues(runtime)
    assert DueDispatch(runtime).handle(due)
    assert (files(runtime), dues(runtime)) == ([], [])
    assert client.get(f"/videos/{video_id}/clips/{identifier}").status_code == 404
    assert DueDispatch(runtime).handle(due)


def test_deleted_medium_leaves_no_trace_of_its_clips(
    client: TestClient, runtime: Runtime, video_id: str
) -> None:
    identifier = client.post(f"/videos/{video_id}/clips", json=PART).json()["clip_id"]
    run_clips(runtime)
    client.post(f"/videos/{video_id}/clips", json=PART | {"precise": True})
    client.delete(f"/videos/{video_id}")
    assert client.get(f"/videos/{video_id}/clips/{identifier}").status_code == 404
    for job in jobs(runtime):
        JobDispatch(runtime).run(job, lambda: False)
        runtime.ports.records.write(Delete(keys.job(job.job_id)))
    assert list(runtime.ports.blobs.keys("media/")) == []
    assert dues(runtime) == []
    assert runtime.documents.every(Clip, keys.clip("acme")) == []


def test_job_of_a_medium_that_is_gone_erases_the_clip(
    client: TestClient, runtime: Runtime, video_id: str
) -> None:
    client.post(f"/videos/{video_id}/clips", json=PART)
    runtime.documents.write(Delete(keys.media("acme", video_id)))
    run_clips(runtime)
    assert runtime.documents.every(Clip, keys.clip("acme")) == []
    assert (files(runtime), dues(runtime)) == ([], [])


def test_clip_that_cannot_be_made_fails_and_may_be_requested_again(
    client: TestClient, runtime: Runtime, video_id: str
) -> None:
    path = f"/videos/{video_id}/clips"
    reader = Caller(tenant_id="acme", user_id="usr_acme", scopes=frozenset({Scope.READ}))
    media = runtime.library.media.get(reader, video_id)
    content = runtime.ports.blobs.read(media.playback_key)
    runtime.ports.blobs.write(media.playback_key, b"\0" * 1000, "video/mp4")
    identifier = client.post(path, json=PART).json()["clip_id"]
    run_clips(runtime)
    failed = client.get(f"{path}/{identifier}").json()
    assert failed["status"] == "failed"
    assert failed["error"]["code"] == "unsupported_format"
    runtime.ports.blobs.write(media.playback_key, content, "video/mp4")
    assert client.post(path, json=PART).json()["status"] == "pending"
    run_clips(runtime)
    assert client.get(f"{path}/{identifier}").json()["status"] == "ready"


def test_job_that_is_given_up_fails_its_clip(client: TestClient, runtime: Runtime, video_id: str) -> None:
    identifier = client.post(f"/videos/{video_id}/clips", json=PART).json()["clip_id"]
    (job,) = [job for job in jobs(runtime) if job.workflow is Workflow.CLIP]
    JobDispatch(runtime).give_up(job, RuntimeError("secret path"))
    clip = client.get(f"/videos/{video_id}/clips/{identifier}").json()
    assert clip["error"] == {"code": "clip_failed", "message": "The clip could not be made."}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"start_seconds": 4.0, "end_seconds": 5.0}, "start_seconds"),
        ({"start_seconds": 2.0, "end_seconds": 2.01}, "end_seconds"),
        ({"start_seconds": 3.0, "end_seconds": 2.0}, "end_seconds"),
    ],
)
def test_part_that_does_not_fit_is_refused(
    client: TestClient, video_id: str, body: dict[str, float], field: str
) -> None:
    assert field_of(client.post(f"/videos/{video_id}/clips", json=body)) == field


@pytest.mark.parametrize(
    "body", [{}, {"start_seconds": 1}, {"segment_id": "seg_1", **PART}, {"end_seconds": 1}]
)
def test_request_names_a_segment_or_a_span(
    client: TestClient, video_id: str, body: dict[str, object]
) -> None:
    assert client.post(f"/videos/{video_id}/clips", json=body).status_code == 422


def test_picture_has_no_clips(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    picture_id = import_picture(client, runtime, tmp_path)
    answer = client.post(f"/videos/{picture_id}/clips", json=PART)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "clip_of_picture")


def test_foreign_medium_and_weaker_keys_are_refused(
    new_client: NewClient, client: TestClient, video_id: str
) -> None:
    path = f"/videos/{video_id}/clips"
    assert new_client(Scope.ADMIN, "other").post(path, json=PART).status_code == 404
    assert new_client(Scope.READ).post(path, json=PART).status_code == 403
    identifier = client.post(path, json=PART).json()["clip_id"]
    assert new_client(Scope.WRITE).delete(f"{path}/{identifier}").status_code == 403
