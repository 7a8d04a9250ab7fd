import base64
from pathlib import Path
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from functions.api.videos import segments
from shared.domain.access import Caller, Scope
from shared.runtime import Runtime
from tests.api.conftest import NewClient
from tests.api.imports import field_of, import_picture, new_index
from tests.unit.services.run_records import add_run


@pytest.fixture
def index_id(client: TestClient) -> str:
    return new_index(client)


@pytest.fixture
def video_id(client: TestClient, runtime: Runtime, tmp_path: Path, index_id: str) -> str:
    return import_picture(client, runtime, tmp_path, index_id=index_id)


def test_medium_has_its_properties(client: TestClient, video_id: str, index_id: str) -> None:
    video = client.get(f"/videos/{video_id}").json()
    assert (video["video_id"], video["media_type"], video["status"]) == (video_id, "image", "not_processed")
    assert (video["index_id"], video["duration_seconds"], video["processing_status"]) == (index_id, None, [])
    assert video["marker"] == dict.fromkeys(("marker_id", "color", "note", "updated_at"))
    assert video["video_uri"]


def test_lists_are_newest_first_and_paged(
    client: TestClient, runtime: Runtime, tmp_path: Path, video_id: str, index_id: str
) -> None:
    second = import_picture(client, runtime, tmp_path, index_id=index_id, name="b.png", seed=2)
    loose = import_picture(client, runtime, tmp_path, name="c.png", seed=3)
    first = client.get(f"/indexes/{index_id}/videos", params={"limit": 1}).json()
    assert [video["video_id"] for video in first["data"]] == [second]
    assert first["pagination"]["has_more"]
    cursor = first["pagination"]["next_cursor"]
    rest = client.get(f"/indexes/{index_id}/videos", params={"limit": 1, "cursor": cursor}).json()
    assert [video["video_id"] for video in rest["data"]] == [video_id]
    assert rest["pagination"] == {"limit": 1, "has_more": False, "next_cursor": None}
    playground = client.get("/playground/videos").json()
    assert [video["video_id"] for video in playground["data"]] == [loose]
    assert client.get("/playground/videos", params={"cursor": cursor}).status_code == 400


def test_batch_returns_media_in_order_with_pictures(client: TestClient, video_id: str) -> None:
    (video,) = client.post("/videos/batch", json={"video_ids": [video_id]}).json()
    assert base64.b64decode(video["first_thumbnail"]).startswith(b"\xff\xd8")
    assert base64.b64decode(video["gif_data"]).startswith(b"GIF8")
    (status,) = client.post("/videos/batch/status", json={"video_ids": [video_id]}).json()
    assert status == {"video_id": video_id, "status": "not_processed", "processing_status": []}
    twice = client.post("/videos/batch", json={"video_ids": [video_id, video_id]}).json()
    assert [video["video_id"] for video in twice] == [video_id, video_id]


def test_unknown_id_in_batch_is_named(client: TestClient, video_id: str) -> None:
    for path in ("/videos/batch", "/videos/batch/status", "/videos/batch/segments"):
        answer = client.post(path, json={"video_ids": [video_id, "vid_unknown"]})
        assert answer.status_code == 404
        assert answer.json()["error"]["details"]["id"] == "vid_unknown"


def test_batch_of_invalid_size_is_refused(client: TestClient) -> None:
    assert field_of(client.post("/videos/batch", json={"video_ids": []})).endswith("video_ids")
    assert field_of(client.post("/videos/batch", json={"video_ids": ["v"] * 101})).endswith("video_ids")
    assert client.post("/videos/batch/segments", json={"video_ids": ["v"] * 51}).status_code == 422
    both = {"video_ids": ["v"], "targets": [{"video_id": "v"}]}
    assert client.post("/videos/batch/segments", json=both).status_code == 422
    assert client.post("/videos/batch/segments", json={}).status_code == 422


def test_medium_without_runs_has_no_segments(client: TestClient, video_id: str) -> None:
    page = client.get(f"/videos/{video_id}/segments").json()
    assert page == {"data": [], "pagination": {"limit": 50, "has_more": False, "next_cursor": None}}
    (answer,) = client.post("/videos/batch/segments", json={"targets": [{"video_id": video_id}]}).json()
    assert answer == {"video_id": video_id, "run_id": None, "segments": []}
    assert client.get(f"/videos/{video_id}/segments", params={"run_id": "run_unknown"}).status_code == 404


def test_segments_have_results_and_links_of_run(
    client: TestClient, anonymous: TestClient, runtime: Runtime, video_id: str
) -> None:
    media = runtime.library.media.get(Caller(tenant_id="acme", user_id="u", scopes=frozenset()), video_id)
    run_id = add_run(runtime.ports, media, failing=(1,), searchable=False)
    page = client.get(f"/videos/{video_id}/segments", params={"run_id": run_id, "limit": 1}).json()
    (first,) = page["data"]
    assert (first["start_time"], first["end_time"], first["from_run_id"]) == (0, 1, run_id)
    assert (first["segment_status"], first["processed"], first["metadata"]) == (
        "completed",
        True,
        {"summary": f"{run_id} 0"},
    )
    assert anonymous.get(first["thumbnail_uri"]).content == b"\xff\xd8thumbnail"
    assert anonymous.get(first["gif_uri"]).content == b"GIF89a"
    thumbnail = client.get(f"/videos/segments/{first['segment_id']}/thumbnail")
    assert (thumbnail.headers["content-type"], thumbnail.content) == ("image/jpeg", b"\xff\xd8thumbnail")
    following = {"run_id": run_id, "limit": 1, "cursor": page["pagination"]["next_cursor"]}
    (second,) = client.get(f"/videos/{video_id}/segments", params=following).json()["data"]
    assert (second["segment_status"], second["failure_stage"], second["error_message"]) == (
        "failed",
        "field_extraction",
        "no answer",
    )
    assert client.get(f"/videos/{video_id}/segments", params=following | {"run_id": ""}).status_code == 400
    (answer,) = client.post("/videos/batch/segments", json={"video_ids": [video_id]}).json()
    assert (answer["run_id"], len(answer["segments"])) == (None, 2)
    with patch.object(segments, "MAX_SEGMENTS", 5):
        too_many = client.post("/videos/batch/segments", json={"video_ids": [video_id] * 3})
    assert field_of(too_many) == "targets"
    target = {"video_id": video_id, "run_id": run_id}
    (answer,) = client.post("/videos/batch/segments", json={"targets": [target]}).json()
    assert answer["run_id"] == run_id
    (snapshot,) = client.get(f"/videos/{video_id}").json()["processing_status"]
    assert (snapshot["run_id"], snapshot["successful_segments"], snapshot["failed_segments"]) == (
        run_id,
        1,
        1,
    )
    assert [segment["status"] for segment in snapshot["segments"]] == ["completed", "failed"]
    assert snapshot["video_level"]["result_available"]
    (listed,) = client.get(f"/indexes/{media.index_id}/videos").json()["data"]
    assert listed["processing_status"][0]["segments"] == []


def test_signed_link_opens_file_without_key(client: TestClient, anonymous: TestClient, video_id: str) -> None:
    uri = client.get(f"/videos/{video_id}").json()["video_uri"]
    grant = client.post("/videos/signed-url", json={"gcs_uri": f"{uri}#t=1,2", "force_refresh": True}).json()
    assert grant["signed_url"].endswith("#t=1,2")
    assert grant["expires_at"].endswith("Z")
    answer = anonymous.get(grant["signed_url"].partition("#")[0])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")


def test_file_of_another_tenant_gets_no_link(
    client: TestClient, new_client: NewClient, video_id: str
) -> None:
    uri = client.get(f"/videos/{video_id}").json()["video_uri"]
    stranger = new_client(Scope.ADMIN, "other")
    assert stranger.post("/videos/signed-url", json={"gcs_uri": uri}).status_code == 404
    for foreign in (
        "gs://bucket/a.mp4",
        uri.replace("playback", "nothing"),
        uri.replace("media/", "imports/"),
    ):
        assert client.post("/videos/signed-url", json={"gcs_uri": foreign}).status_code == 404


def test_preview_is_gif(client: TestClient, video_id: str) -> None:
    answer = client.get(f"/videos/{video_id}/gif")
    assert answer.headers["content-type"] == "image/gif"
    assert answer.content.startswith(b"GIF8")


def test_thumbnail_of_medium_is_jpeg(client: TestClient, video_id: str) -> None:
    answer = client.get(f"/videos/{video_id}/thumbnail")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, max-age=3600"
    assert answer.headers["vary"] == "Authorization, X-API-Key"  # another key gets no copy from the cache
    assert answer.content.startswith(b"\xff\xd8\xff")


def test_thumbnail_of_unknown_segment_is_not_found(client: TestClient, video_id: str) -> None:
    ulid = video_id.partition("_")[2]
    for segment_id in ("seg_unknown", f"seg_{ulid}_00000000_000000"):
        answer = client.get(f"/videos/segments/{segment_id}/thumbnail")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_segment_not_found")


def test_media_of_another_tenant_are_not_found(new_client: NewClient, video_id: str, index_id: str) -> None:
    stranger = new_client(Scope.ADMIN, "other")
    for path in (
        f"/videos/{video_id}",
        f"/videos/{video_id}/segments",
        f"/videos/{video_id}/gif",
        f"/videos/{video_id}/thumbnail",
        f"/indexes/{index_id}/videos",
    ):
        assert stranger.get(path).status_code == 404
    assert stranger.post("/videos/batch", json={"video_ids": [video_id]}).status_code == 404
    assert stranger.get("/playground/videos").json()["data"] == []
