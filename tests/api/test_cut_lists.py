"""Cut lists over HTTP: of hits, of a run, of markers."""

import csv
import io
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from starlette.testclient import TestClient

from shared.domain.access import Caller
from shared.domain.media import Media
from shared.runtime import Runtime
from tests.api.imports import field_of, import_picture, new_index, run_imports, send
from tests.unit.media.samples import make_video
from tests.unit.services.run_records import add_run

pytestmark = pytest.mark.slow


@pytest.fixture
def index_id(client: TestClient) -> str:
    return new_index(client)


@pytest.fixture
def media(client: TestClient, runtime: Runtime, tmp_path: Path, index_id: str) -> Media:
    answer = send(client, make_video(tmp_path / "film.mp4", seconds=4), title="A film", index_id=index_id)
    run_imports(runtime)
    (found,) = client.get(f"/import-jobs/{answer.json()['job_id']}").json()["video_ids"]
    return runtime.library.media.get(Caller(tenant_id="acme", user_id="u", scopes=frozenset()), found)


@pytest.fixture
def run_id(runtime: Runtime, media: Media) -> str:
    """A run that has cut the medium into segments of one second."""
    return add_run(runtime.ports, media, searchable=False)


def rows(client: TestClient, source: dict[str, Any], **options: Any) -> list[tuple[str, str, str, str]]:
    answer = client.post("/videos/cut-list", json={"format": "csv", "source": source, **options})
    assert answer.status_code == 200, answer.text
    return [
        (row["video_id"], row["segment_id"], row["start_seconds"], row["end_seconds"])
        for row in csv.DictReader(io.StringIO(answer.text))
    ]


def segment_ids(client: TestClient, media: Media) -> list[str]:
    return [s["segment_id"] for s in client.get(f"/videos/{media.media_id}/segments").json()["data"]]


@pytest.mark.usefixtures("run_id")
def test_hits_become_a_list_in_their_order(client: TestClient, media: Media) -> None:
    first, second = segment_ids(client, media)[:2]
    parts = [
        {"video_id": media.media_id, "segment_id": second},
        {"video_id": media.media_id, "start_seconds": 2.5, "end_seconds": 9},
        {"video_id": media.media_id, "segment_id": first, "name": "Opening"},
    ]
    source = {"type": "segments", "segments": parts}
    assert rows(client, source) == [
        (media.media_id, second, "1.000000", "2.000000"),
        (media.media_id, "", "2.500000", "4.000000"),
        (media.media_id, first, "0.000000", "1.000000"),
    ]
    answer = client.post("/videos/cut-list", json={"format": "otio", "source": source, "title": "My list"})
    assert answer.headers["Content-Disposition"].endswith("My%20list.otio")
    read = otio.adapters.read_from_string(answer.text, "otio_json")
    assert [clip.name for clip in read.video_tracks()[0]] == ["A film", "A film", "Opening"]


def test_run_becomes_a_list_of_its_segments(client: TestClient, media: Media, run_id: str) -> None:
    found = rows(client, {"type": "run", "run_id": run_id})
    assert [row[1] for row in found] == segment_ids(client, media)
    assert found == rows(client, {"type": "run", "run_id": run_id, "video_ids": [media.media_id]})
    for wrong in ({"run_id": "run_unknown"}, {"run_id": run_id, "video_ids": ["vid_unknown"]}):
        answer = client.post("/videos/cut-list", json={"format": "edl", "source": {"type": "run", **wrong}})
        assert answer.status_code == 404


@pytest.mark.usefixtures("run_id")
def test_markers_become_a_list_in_order_of_time(client: TestClient, media: Media, index_id: str) -> None:
    first, second = segment_ids(client, media)[:2]
    for target, color, note in (
        ({"type": "segment", "id": second}, "red", "Later"),
        ({"type": "segment", "id": first}, "red", None),
        ({"type": "video", "id": media.media_id}, "blue", "All"),
    ):
        put = client.put("/markers", json={"target": target, "color": color, "note": note})
        assert put.status_code in (200, 201), put.text
    red = [(media.media_id, first, "0.000000", "1.000000"), (media.media_id, second, "1.000000", "2.000000")]
    assert rows(client, {"type": "markers", "color": "red"}) == red
    assert rows(client, {"type": "markers", "index_id": index_id, "color": "red"}) == red
    assert len(rows(client, {"type": "markers"})) == 3
    empty = client.post(
        "/videos/cut-list",
        json={"format": "csv", "source": {"type": "markers", "index_id": new_index(client, "Other")}},
    )
    assert (empty.status_code, empty.json()["error"]["code"]) == (422, "cut_list_empty")
    unknown = {"type": "markers", "index_id": "idx_unknown"}
    assert client.post("/videos/cut-list", json={"format": "csv", "source": unknown}).status_code == 404


def test_bad_parts_are_refused_by_field(client: TestClient, media: Media) -> None:
    def refused(part: dict[str, Any], **options: Any) -> Any:
        source = {"type": "segments", "segments": [{"video_id": media.media_id} | part]}
        return client.post("/videos/cut-list", json={"format": "edl", "source": source, **options})

    span = {"start_seconds": 1, "end_seconds": 2}
    assert refused({"start_seconds": 4, "end_seconds": 5}).status_code == 422
    assert refused({"start_seconds": 2, "end_seconds": 1}).status_code == 422
    assert refused({}).status_code == 422
    assert refused({"segment_id": "seg_1", **span}).status_code == 422
    assert refused({"segment_id": "seg_unknown"}).status_code == 404
    assert field_of(refused(span, handles_seconds=10.5)) == "handles_seconds"
    assert field_of(refused(span, frame_rate="26")) == "frame_rate"
    assert field_of(refused(span, drop_frame=True)) == "drop_frame"
    assert refused({**span, "name": "\n"}).status_code == 422


def test_list_of_pictures_is_empty(client: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    part = {"video_id": import_picture(client, runtime, tmp_path), "start_seconds": 0, "end_seconds": 1}
    answer = client.post(
        "/videos/cut-list", json={"format": "edl", "source": {"type": "segments", "segments": [part]}}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "cut_list_empty")
