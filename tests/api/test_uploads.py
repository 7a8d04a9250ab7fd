"""Tests of upload sessions over HTTP: start, upload to signed links without a key, completion."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from tests.api.conftest import NewClient
from tests.unit.media.samples import make_video


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return make_video(tmp_path / "film.mp4", seconds=1.0).read_bytes() + b"\0" * (16 * 1024**2)


def announce(client: TestClient, content: bytes, **more: Any) -> Any:
    body = {"file_name": "film.mp4", "content_type": "video/mp4", "size_bytes": len(content)}
    return client.post("/uploads", json=body | more)


def send(anonymous: TestClient, upload: dict[str, Any], content: bytes) -> None:
    for part in upload["parts"]:
        start = (part["part_number"] - 1) * upload["part_size_bytes"]
        piece = content[start : start + part["size_bytes"]]
        answer = anonymous.request(part["method"], part["url"], content=piece, headers=part["headers"])
        assert answer.status_code == 200, answer.text
        assert answer.json() == {"part_number": part["part_number"], "size_bytes": part["size_bytes"]}


def test_file_is_announced_sent_and_imported_once(
    client: TestClient, anonymous: TestClient, content: bytes
) -> None:
    answer = announce(client, content, title="A film")
    assert answer.status_code == 201
    upload = answer.json()
    assert (upload["status"], upload["part_count"], upload["arrived_parts"]) == ("open", 2, [])
    path = f"/uploads/{upload['upload_id']}"
    early = client.post(f"{path}/complete")
    assert (early.status_code, early.json()["error"]["code"]) == (409, "upload_incomplete")
    send(anonymous, upload, content)
    assert client.get(path).json()["arrived_parts"] == [1, 2]
    first, second = client.post(f"{path}/complete"), client.post(f"{path}/complete")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["job_id"] == second.json()["job_id"]
    [file] = client.get(f"/import-jobs/{first.json()['job_id']}/files").json()["items"]
    assert file["file_name"] == "film.mp4"
    assert client.get(path).json()["status"] == "completed"
    assert client.delete(path).json()["error"]["code"] == "upload_completed"


def test_aborted_upload_refuses_parts_and_lists_none(
    client: TestClient, anonymous: TestClient, content: bytes
) -> None:
    upload = announce(client, content).json()
    assert client.delete(f"/uploads/{upload['upload_id']}").status_code == 200
    part = upload["parts"][1]
    assert anonymous.put(part["url"], content=b"x" * part["size_bytes"]).status_code == 404
    assert client.get(f"/uploads/{upload['upload_id']}").json()["parts"] == []


def test_part_of_other_size_than_its_link_is_refused(
    client: TestClient, anonymous: TestClient, content: bytes
) -> None:
    part = announce(client, content).json()["parts"][1]
    for wrong in (b"", b"x" * (part["size_bytes"] - 1), b"x" * (part["size_bytes"] + 1)):
        answer = anonymous.put(part["url"], content=wrong)
        assert (answer.status_code, answer.json()["error"]["details"]["errors"][0]["field"]) == (422, "body")
    forged = anonymous.put("http://testserver/upload-parts?token=v1.a.b", content=b"x")
    assert (forged.status_code, forged.json()["error"]["code"]) == (403, "upload_link_invalid")


def test_unacceptable_file_is_refused_when_announced(client: TestClient, content: bytes) -> None:
    assert announce(client, content, size_bytes=2**49).status_code == 413
    assert announce(client, content, content_type="text/html").status_code == 415
    for no_header in ("video/mp\u00e9", "video/mp4\n", "video/mp4\r\nX-Injected: 1", "video/mp4; a=b"):
        assert announce(client, content, content_type=no_header).status_code == 422, no_header
    assert announce(client, content, index_id="idx_gone").status_code == 404
    assert announce(client, content, title="  ").status_code == 422
    assert announce(client, content, size_bytes=0).status_code == 422


def test_same_idempotency_key_starts_one_upload(client: TestClient, content: bytes) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {"file_name": "film.mp4", "content_type": "video/mp4", "size_bytes": 10}
    first, second = (client.post("/uploads", json=body, headers=headers).json() for _ in range(2))
    assert first["upload_id"] == second["upload_id"]


def test_upload_links_need_write_scope(new_client: NewClient, client: TestClient) -> None:
    upload_id = announce(client, b"0123456789").json()["upload_id"]
    assert new_client(Scope.READ).get(f"/uploads/{upload_id}").status_code == 403
    assert new_client(Scope.WRITE, "other").get(f"/uploads/{upload_id}").status_code == 404
