"""Results of a run in the workflow API, and media grants, over HTTP."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.ids import recipe_fingerprint, segment_id
from shared.domain.job import JobRequest
from shared.domain.media import Media, Segment
from shared.runtime import Runtime
from shared.services.records.documents import put
from shared.services.workflow.media_grants import MediaGrants
from shared.settings import Settings
from tests.api.conftest import NewClient
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, SCHEMA, add_media, keep_media
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

CALLER: Final = Caller(tenant_id="acme", user_id="usr_acme", scopes=frozenset({Scope.ADMIN}))
GREEN: Final = {"conditions": [{"field": "lines", "operator": "contains", "value": "green"}]}


@pytest.fixture
def models() -> SmallModels:
    return SmallModels()


@pytest.fixture
def runtime(settings: Settings, models: SmallModels) -> Runtime:
    return small_runtime(settings, models)


@pytest.fixture
def media(runtime: Runtime, tmp_path: Path) -> list[Media]:
    """Two films, in the order of their ids."""
    film = make_video(tmp_path / "film.mp4", seconds=6.0, scene_seconds=2.0)
    added = [add_media(runtime.documents, runtime.ports.blobs, CALLER, film) for _ in range(2)]
    return sorted(added, key=lambda medium: medium.media_id)


def new_run(client: TestClient, media: list[Media], **prompt: Any) -> str:
    body = {
        "name": "Colours",
        "prompt_text": "Name the colours that are shown",
        "json_schema": SCHEMA,
        "video_level": OVERVIEW.model_dump(),
        **prompt,
    }
    prompt_id = client.post("/prompts", json=body).json()["prompt_id"]
    answer = client.post(
        "/workflow/process",
        json={
            "prompt_id": prompt_id,
            "video_ids": [medium.media_id for medium in media],
            "video_segmentation_type": "content_aware",
        },
    )
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["run_id"]
    assert answer.json()["results_url"] == f"/api/v2/workflow/runs/{run_id}/results"
    return run_id


def work(runtime: Runtime, run_id: str) -> None:
    job = runtime.documents.get(JobRequest, keys.job(run_id))
    assert job is not None
    runtime.runs.pipeline.run(job, lambda: False)


def results(client: TestClient, run_id: str, **query: Any) -> Any:
    answer = client.get(f"/workflow/runs/{run_id}/results", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.slow
def test_streams_of_run(client: TestClient, runtime: Runtime, media: list[Media]) -> None:
    """The streams are null until they are available; each continues with its own cursor."""
    run_id = new_run(client, media, selection_filter=GREEN)
    pending = results(client, run_id)
    assert (pending["status"], pending["filtered"], pending["unfiltered"]) == ("pending", None, None)
    assert pending["selection_summary"]["status"] == "pending"

    work(runtime, run_id)
    done = results(client, run_id)
    assert done["status"] == "completed"
    every = done["unfiltered"]["data"]
    assert [row["video_id"] for row in every] == sorted(row["video_id"] for row in every)
    expected = [
        row
        for medium in media
        for row in client.get(f"/prompt-runs/{run_id}/results", params={"video_id": medium.media_id}).json()[
            "data"
        ]
    ]
    assert [_same(row) for row in every] == [_same(row) for row in expected]
    green = [row["segment_id"] for row in every if "IT IS GREEN" in row["metadata"]["lines"]]
    assert [row["segment_id"] for row in done["filtered"]["data"]] == green
    assert 0 < len(green) < len(every)
    assert done["selection_summary"] == {
        "status": "completed",
        "selected_media_count": 2,
        "selected_video_count": 2,
        "selected_segment_count": len(green),
    }

    assert _walk(client, run_id, "unfiltered", result_level="segment") == [row["segment_id"] for row in every]
    assert _walk(client, run_id, "filtered", result_level="segment") == green
    of_one = _walk(client, run_id, "unfiltered", video_id=media[1].media_id)
    assert of_one == [row["segment_id"] for row in every if row["video_id"] == media[1].media_id]
    whole = results(client, run_id, result_level="video", limit=1)
    assert [row["video_id"] for row in whole["filtered"]["data"]] == [media[0].media_id]
    assert whole["unfiltered"]["pagination"]["has_more"]

    _refuses_foreign_cursors(client, run_id)
    client.delete(f"/videos/{media[0].media_id}")
    left = results(client, run_id)
    assert {row["video_id"] for row in left["filtered"]["data"]} == {media[1].media_id}
    assert {row["video_id"] for row in left["unfiltered"]["data"]} == {media[1].media_id}
    assert left["selection_summary"]["selected_media_count"] == 2


def _same(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without its signed links, which differ from answer to answer."""
    return {name: value for name, value in row.items() if not name.endswith("_uri") or "gcs" in name}


def _walk(client: TestClient, run_id: str, stream: str, **query: Any) -> list[str]:
    found, cursor = [], ""
    while True:
        given = {f"{stream}_cursor": cursor} if cursor else {}
        answer = results(client, run_id, view=stream, limit=2, **query, **given)
        other = "filtered" if stream == "unfiltered" else "unfiltered"
        assert answer[other] is None
        page = answer[stream]
        found += [row["segment_id"] for row in page["data"]]
        cursor = page["pagination"]["next_cursor"]
        assert page["pagination"]["has_more"] is (cursor is not None)
        if cursor is None:
            return found


def _refuses_foreign_cursors(client: TestClient, run_id: str) -> None:
    page = results(client, run_id, view="unfiltered", limit=1)["unfiltered"]
    cursor = page["pagination"]["next_cursor"]
    for query in (
        {"filtered_cursor": cursor},
        {"unfiltered_cursor": cursor, "result_level": "video"},
        {"unfiltered_cursor": cursor[:-2] + "xx"},
    ):
        answer = client.get(f"/workflow/runs/{run_id}/results", params=query)
        assert answer.json()["error"]["code"] == "invalid_cursor", query


@pytest.mark.slow
def test_filter_that_nothing_satisfies_has_empty_page(
    client: TestClient, runtime: Runtime, media: list[Media]
) -> None:
    mauve = [{"field": "lines", "value": "mauve"}]
    run_id = new_run(client, media[:1], selection_filter=mauve)
    work(runtime, run_id)
    found = results(client, run_id, view="filtered", result_level="segment")
    assert found["filtered"] == {
        "data": [],
        "pagination": {"limit": 50, "has_more": False, "next_cursor": None},
    }
    without = new_run(client, media[:1])
    work(runtime, without)
    found = results(client, without)
    assert (found["filtered"], found["selection_summary"]["status"]) == (None, "absent")
    assert found["unfiltered"]["data"]


def test_run_and_medium_must_exist(client: TestClient, new_client: NewClient, media: list[Media]) -> None:
    run_id = new_run(client, media[:1])
    other = new_client(tenant="other")
    for caller, path, video_id in (
        (client, "run_unknown", None),
        (other, run_id, None),
        (client, run_id, "vid_unknown"),
        (client, run_id, media[1].media_id),
    ):
        query = {"video_id": video_id} if video_id else {}
        answer = caller.get(f"/workflow/runs/{path}/results", params=query)
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "query", [{"view": "all"}, {"result_level": "frame"}, {"limit": 0}, {"limit": 51}, {"video_id": ""}]
)
def test_bad_query_is_refused(client: TestClient, media: list[Media], query: dict[str, Any]) -> None:
    answer = client.get("/workflow/runs/run_1/results", params=query)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"][0]["field"] in query


def test_grant_downloads_file_under_its_name(
    client: TestClient, anonymous: TestClient, runtime: Runtime, media: list[Media]
) -> None:
    medium = media[0].model_copy(update={"title": "Blätter 1/2"})
    keep_media(runtime.documents, medium)
    body = {"video_id": medium.media_id, "intent": "download"}
    granted = client.post("/workflow/media-grants", json=body)
    assert granted.status_code == 200, granted.text
    grant = granted.json()
    assert grant | {"url": ""} == {
        "url": "",
        "filename": "Blätter 1-2.mp4",
        "mime_type": "video/mp4",
        "video_id": medium.media_id,
    }
    answer = anonymous.get(grant["url"])
    assert answer.content == runtime.ports.blobs.read(medium.playback_key)
    assert answer.headers["content-type"] == grant["mime_type"]
    assert unquote(answer.headers["content-disposition"]).endswith(f"''{grant['filename']}")


def test_grant_names_segment_and_checks_it(client: TestClient, runtime: Runtime, media: list[Media]) -> None:
    run_id = new_run(client, media[:1])
    segment = Segment(
        segment_id=segment_id(media[0].media_id, "fixed:2", 1),
        media_id=media[0].media_id,
        recipe="fixed:2",
        ordinal=1,
        start=2.0,
        end=4.0,
        created_at=media[0].created_at,
    )
    key = keys.segment("acme", media[0].media_id, recipe_fingerprint("fixed:2"), 1)
    runtime.documents.write(put(key, segment))
    body = {"video_id": media[0].media_id, "intent": "download", "run_id": run_id}
    named = client.post("/workflow/media-grants", json=body | {"segment_id": segment.segment_id})
    assert named.json()["filename"] == "film 2-4s.mp4"
    for changes, status in (
        ({"video_id": media[1].media_id}, 404),
        ({"video_id": media[1].media_id, "run_id": None, "segment_id": segment.segment_id}, 404),
        ({"run_id": "run_unknown"}, 404),
        ({"segment_id": "seg_1"}, 404),
        ({"video_id": "vid_unknown"}, 404),
        ({"intent": "stream"}, 422),
    ):
        assert client.post("/workflow/media-grants", json=body | changes).status_code == status, changes


def test_grant_of_another_tenant_is_not_found(new_client: NewClient, media: list[Media]) -> None:
    body = {"video_id": media[0].media_id, "intent": "download"}
    assert new_client(tenant="other").post("/workflow/media-grants", json=body).status_code == 404


def test_grant_expires(anonymous: TestClient, runtime: Runtime, media: list[Media]) -> None:
    grants = MediaGrants(runtime.documents, runtime.ports.blobs, -1)
    expired = grants.grant(CALLER, media[0].media_id)
    answer = anonymous.get(expired.url)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "media_link_expired")
