"""Markers over HTTP: put, list, delete; where models show them; filters of lists and of the search."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import client_over
from tests.robustness.tenant_archive import ArchiveBuilder, TenantArchive, run_queued_jobs
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

EMPTY = dict.fromkeys(("marker_id", "color", "note", "updated_at"))


def body(target_type: str, target_id: str, field_path: str | None = None, **marker: Any) -> dict[str, Any]:
    return {"target": {"type": target_type, "id": target_id, "field_path": field_path}, **marker}


def shown(marker: dict[str, Any]) -> dict[str, Any]:
    return {name: marker[name] for name in EMPTY}


@pytest.mark.parametrize(
    ("target", "marker", "field"),
    [
        ({"type": "index", "id": "idx_1"}, {"color": "red"}, "target.type"),
        ({"type": "video", "id": ""}, {"color": "red"}, "target.id"),
        ({"type": "video", "id": "vid_1", "field_path": "mood"}, {"color": "red"}, "target.field_path"),
        ({"type": "video", "id": "vid_1"}, {"color": "#ff0000"}, "color"),
        ({"type": "video", "id": "vid_1"}, {"color": "any"}, "color"),
        ({"type": "video", "id": "vid_1"}, {}, "note"),
        ({"type": "video", "id": "vid_1"}, {"note": " "}, "note"),
        ({"type": "video", "id": "vid_1"}, {"note": "n" * 501}, "note"),
        ({"type": "video", "id": "vid_1"}, {"note": 5}, "note"),
    ],
)
def test_bad_field_is_refused_by_name(
    client: TestClient, target: dict[str, str], marker: dict[str, Any], field: str
) -> None:
    answer = client.put("/markers", json={"target": target, **marker})
    assert (answer.status_code, answer.json()["error"]["details"]["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("target_type", "target_id", "code"),
    [
        ("video", "vid_1", "resource_video_not_found"),
        ("segment", "seg_1", "resource_segment_not_found"),
        ("prompt_run", "run_1", "resource_prompt_run_not_found"),
        ("result", "segment:seg_1:run_1", "resource_result_not_found"),
    ],
)
def test_unknown_target_is_not_found(client: TestClient, target_type: str, target_id: str, code: str) -> None:
    answer = client.put("/markers", json=body(target_type, target_id, color="red"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


def test_unknown_marker_is_not_found(client: TestClient) -> None:
    answer = client.delete("/markers/mrk_1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "resource_marker_not_found")
    assert client.get("/markers", params={"color": "pink"}).status_code == 422
    assert client.get("/markers").json()["data"] == []


@pytest.fixture
def models() -> SmallModels:
    return SmallModels()


@pytest.mark.slow
def test_marker_is_shown_filtered_and_erased(settings: Settings, models: SmallModels, tmp_path: Path) -> None:
    """The archive has red markers on a medium, a segment of it, its result, a field of that, and the run."""
    runtime = small_runtime(settings, models)
    client = client_over(runtime)
    archive = ArchiveBuilder(runtime, client, "acme", tmp_path / "archive").build(models)
    _models_show_markers(client, archive)
    _lists_are_filtered(client, archive)
    _search_is_filtered(client, archive)
    _markers_are_changed_and_erased(client, runtime, archive)


def _listed(client: TestClient, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/markers", params=query).json()["data"]
    return found


def _models_show_markers(client: TestClient, archive: TenantArchive) -> None:
    video_id, segment_id, run_id = archive["video_id"], archive["segment_id"], archive["run_id"]
    by_type = {
        (marker["target"]["type"], marker["target"]["field_path"]): shown(marker)
        for marker in _listed(client)
    }
    video, segment, run = (by_type[(name, None)] for name in ("video", "segment", "prompt_run"))
    result, field = by_type[("result", None)], {"words": by_type[("result", "words")]}

    assert client.get(f"/videos/{video_id}").json()["marker"] == video
    batch = client.post("/videos/batch", json={"video_ids": [video_id]}).json()
    assert [each["marker"] for each in batch] == [video]
    videos = client.get(f"/indexes/{archive['index_id']}/videos").json()["data"]
    assert [v["marker"] for v in videos] == [video if v["video_id"] == video_id else EMPTY for v in videos]
    segments = client.get(f"/videos/{video_id}/segments", params={"run_id": run_id}).json()["data"]
    assert len(segments) > 1
    for each in segments:
        assert each["marker"] == (segment if each["segment_id"] == segment_id else EMPTY)
        assert each["metadata_markers"] == {}
    assert client.get(f"/prompt-runs/{run_id}").json()["marker"] == run
    listed_runs = client.get("/prompt-runs").json()
    assert [r["marker"] for r in listed_runs] == [
        run if r["run_id"] == run_id else EMPTY for r in listed_runs
    ]
    results = client.get(f"/prompt-runs/{run_id}/results", params={"video_id": video_id}).json()["data"]
    for each in results:
        is_marked = each["segment_id"] == segment_id
        assert each["marker"] == (result if is_marked else EMPTY)
        assert each["metadata_markers"] == (field if is_marked else {})
        assert each["extracted_metadata_markers"] == each["metadata_markers"]
    other_run = next(
        r["run_id"] for r in listed_runs if r["run_id"] not in (run_id, archive.playground_run_id)
    )
    others = client.get(f"/prompt-runs/{other_run}/results", params={"video_id": video_id}).json()["data"]
    assert segment in [each["marker"] for each in others]  # the same segment in another run
    of_video = client.get(f"/prompt-runs/{run_id}/videos/{video_id}/video-result").json()
    assert of_video["marker"] == video
    hits = client.post(
        f"/indexes/{archive['index_id']}/search", json={"query": "red", "run_ids": [run_id], "top_k": 50}
    ).json()
    marked = {hit["result_id"]: hit["marker"] for hit in hits if hit["marker"] != EMPTY}
    assert marked[f"segment:{segment_id}:{run_id}"] == result
    assert marked[f"video:{video_id}:{run_id}"] == video
    assert len(marked) == 2
    (hit,) = (hit for hit in hits if hit["segment_id"] == segment_id)
    assert hit["extracted_metadata_markers"] == field


def _lists_are_filtered(client: TestClient, archive: TenantArchive) -> None:
    video_id, index_id = archive["video_id"], archive["index_id"]

    def ids(path: str, name: str, **query: str) -> list[str]:
        answer = client.get(path, params=query).json()
        return [each[name] for each in (answer if isinstance(answer, list) else answer["data"])]

    for color, is_marked in (("red", True), ("any", True), ("blue", False)):
        marked = {"marker_color": color}
        videos = [video_id] if is_marked else []
        runs = [archive["run_id"]] if is_marked else []
        segments = [archive["segment_id"]] if is_marked else []
        assert ids(f"/indexes/{index_id}/videos", "video_id", **marked) == videos
        assert ids("/playground/videos", "video_id", **marked) == []
        assert ids(f"/videos/{video_id}/segments", "segment_id", **marked) == segments
        assert ids("/prompt-runs", "run_id", **marked) == runs
        assert ids(f"/indexes/{index_id}/prompt-runs", "run_id", **marked) == runs
        assert ids(f"/videos/{video_id}/prompt-runs", "run_id", **marked) == runs
    assert ids(f"/indexes/{archive.second_index_id}/videos", "video_id", marker_color="any") == []
    assert ids(f"/indexes/{archive.second_index_id}/prompt-runs", "run_id", marker_color="any") == []
    assert len(_listed(client, target_type="result", color="red")) == 2
    assert len(_listed(client, video_id=video_id)) == 4
    assert len(_listed(client, target_id=archive["run_id"])) == 1
    page = client.get("/markers", params={"limit": "2"}).json()
    following = client.get(
        "/markers", params={"limit": "2", "cursor": page["pagination"]["next_cursor"]}
    ).json()
    assert page["data"] + following["data"] == _listed(client)[:4]


def _search_is_filtered(client: TestClient, archive: TenantArchive) -> None:
    def found(index_id: str, conditions: list[dict[str, Any]], color: str) -> list[str]:
        """Return the ids of all results, read one a page."""
        asked = {"conditions": conditions, "marker_color": color, "page_size": 1}
        results: list[str] = []
        cursor = None
        while True:
            answer = client.post(f"/search/filter/{index_id}", json={**asked, "cursor": cursor})
            assert answer.status_code == 200, answer.text
            results += [each["result_id"] for each in answer.json()["results"]]
            cursor = answer.json()["next_page_token"]
            if cursor is None:
                return sorted(results)

    index_id, segment_id, video_id = archive["index_id"], archive["segment_id"], archive["video_id"]
    words = {"field": "words", "operator": "greater_equal", "type": "integer", "value": 0}
    everything = found(index_id, [], "any")
    assert found(index_id, [], "red") == everything
    assert {each.rpartition(":")[0] for each in everything} == {f"segment:{segment_id}", f"video:{video_id}"}
    assert len(everything) == 4  # of two runs
    of_segment = [each for each in everything if each.startswith("segment")]
    assert found(index_id, [words], "red") == of_segment
    assert found(index_id, [], "blue") == []
    assert found(archive.second_index_id, [], "any") == []
    refused = client.post(f"/search/filter/{index_id}", json={"conditions": []})
    assert refused.status_code == 422


def _markers_are_changed_and_erased(client: TestClient, runtime: Runtime, archive: TenantArchive) -> None:
    video_id = archive["video_id"]
    before = client.get(f"/videos/{video_id}").json()["marker"]
    put = client.put("/markers", json=body("video", video_id, note="Cut \N{CLAPPER BOARD} here"))
    assert (put.status_code, put.json()["marker_id"]) == (200, before["marker_id"])
    changed = client.get(f"/videos/{video_id}").json()["marker"]
    assert (changed["color"], changed["note"]) == (None, "Cut \N{CLAPPER BOARD} here")
    gone = client.delete(f"/markers/{put.json()['marker_id']}")
    assert gone.json() == {"message": f"The marker {put.json()['marker_id']} is deleted."}
    assert client.get(f"/videos/{video_id}").json()["marker"] == EMPTY
    client.delete(f"/indexes/{archive['index_id']}")
    run_queued_jobs(runtime)
    assert [marker["target"]["type"] for marker in _listed(client)] == ["prompt_run"]
