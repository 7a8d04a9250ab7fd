"""Import of media through the API. Tests run the import jobs themselves."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.job import JobRequest, Workflow
from shared.ports.records import Delete
from shared.runtime import Runtime


def picture(folder: Path, name: str = "leaf.png", seed: int = 1) -> Path:
    noise = np.random.default_rng(seed).integers(0, 255, (24, 32, 3), dtype=np.uint8)
    Image.fromarray(noise).resize((64, 48)).save(folder / name)
    return folder / name


def send(
    client: TestClient,
    path: Path,
    *,
    title: str = "A leaf",
    index_id: str | None = None,
    name: str | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    fields = {"title": title} | ({"index_id": index_id} if index_id else {})
    with path.open("rb") as file:
        return client.post(
            "/videos/upload", data=fields, files={"file": (name or path.name, file)}, headers=headers
        )


def run_imports(runtime: Runtime) -> None:
    """Run the pending import jobs, as the job runner does."""
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        request = JobRequest.model_validate(record.body)
        if request.workflow is Workflow.INGEST:
            runtime.imports.ingest.run(request, lambda: False)
            runtime.ports.records.write(Delete(record.key))


def run_listings(runtime: Runtime) -> None:
    """List the stores of pending import jobs, as the job runner does."""
    for record in runtime.ports.records.query(keys.job().partition, limit=100).records:
        request = JobRequest.model_validate(record.body)
        if request.workflow is Workflow.IMPORT_LISTING:
            runtime.imports.listing.run(request, lambda: False)
            runtime.ports.records.write(Delete(record.key))


def import_picture(
    client: TestClient, runtime: Runtime, folder: Path, *, index_id: str | None = None, **naming: Any
) -> str:
    """Upload and import a picture. Return the id of the medium."""
    answer = send(client, picture(folder, **naming), index_id=index_id)
    assert answer.status_code == 202, answer.text
    run_imports(runtime)
    job = client.get(f"/import-jobs/{answer.json()['job_id']}").json()
    assert job["status"] == "completed", job
    (video_id,) = job["video_ids"]
    assert isinstance(video_id, str)
    return video_id


def new_index(client: TestClient, name: str = "Films") -> str:
    index_id = client.post("/indexes", json={"name": name}).json()["index_id"]
    assert isinstance(index_id, str)
    return index_id


def field_of(answer: Any) -> str:
    """Return the field that a response with status 422 names."""
    if answer.status_code != 422:
        pytest.fail(answer.text)
    field = answer.json()["error"]["details"]["errors"][0]["field"]
    assert isinstance(field, str)
    return field
