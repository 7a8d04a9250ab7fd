"""Every way in while only the reserve of the disk is left."""

from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from tests.api.conftest import client_over
from tests.api.imports import import_picture, picture, run_imports, send
from tests.api.test_deletion import _delete_now

MORE_THAN_ANY_DISK: Final = 2**62
PART: Final = 1024


@pytest.fixture
def full(runtime: Runtime) -> Runtime:
    """A second runtime over the same folder, whose reserve is larger than the disk."""
    settings = runtime.settings.model_copy(update={"disk_reserve_bytes": MORE_THAN_ANY_DISK})
    return local_runtime(settings)


def announce(client: TestClient) -> Any:
    body = {"file_name": "a.mp4", "content_type": "video/mp4", "size_bytes": PART}
    return client.post("/uploads", json=body)


def test_every_upload_is_refused_and_media_can_be_deleted(
    client: TestClient, runtime: Runtime, full: Runtime, tmp_path: Path
) -> None:
    video_id = import_picture(client, runtime, tmp_path)
    upload = announce(client).json()
    pending = send(client, picture(tmp_path)).json()["job_id"]
    (part,) = upload["parts"]
    limited = client_over(full)
    source = picture(tmp_path).read_bytes()
    for answer in (
        send(limited, picture(tmp_path)),
        limited.post("/workflow/upload", files={"file": ("a.png", source)}),
        announce(limited),
        client_over(full, None).put(part["url"], content=b"x" * PART, headers=part["headers"]),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "storage_full"), answer.text
    run_imports(full)
    job = limited.get(f"/import-jobs/{pending}").json()
    assert (job["status"], job["error_code"]) == ("failed", "storage_full")
    assert limited.delete(f"/videos/{video_id}").status_code == 200
    _delete_now(full)
    assert limited.get(f"/videos/{video_id}/deletion").json()["status"] == "deleted"


def test_joining_parts_needs_room(client: TestClient, full: Runtime, anonymous: TestClient) -> None:
    upload = announce(client).json()
    (part,) = upload["parts"]
    assert anonymous.put(part["url"], content=b"x" * PART, headers=part["headers"]).status_code == 200
    path = f"/uploads/{upload['upload_id']}"
    refused = client_over(full).post(f"{path}/complete")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "storage_full")
    assert client.post(f"{path}/complete").status_code < 300
