"""Tests of prompt runs over HTTP. The models of the official client parse the responses."""

from pathlib import Path
from typing import Any

import pytest
import videovector._types as official
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Caller, Scope
from shared.domain.job import JobRequest
from shared.domain.media import Media
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import NewClient
from tests.unit.media.samples import make_video
from tests.unit.services.run_world import OVERVIEW, SCHEMA, add_media
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

CALLER = Caller(tenant_id="acme", user_id="usr_acme", scopes=frozenset({Scope.ADMIN}))


@pytest.fixture
def models() -> SmallModels:
    return SmallModels()


@pytest.fixture
def runtime(settings: Settings, models: SmallModels) -> Runtime:
    return small_runtime(settings, models)


@pytest.fixture
def index_id(client: TestClient) -> str:
    return str(client.post("/indexes", json={"name": "films"}).json()["index_id"])


@pytest.fixture
def media(runtime: Runtime, models: SmallModels, index_id: str, tmp_path: Path) -> Media:
    film = make_video(tmp_path / "film.mp4", seconds=6.0, scene_seconds=2.0)
    return add_media(runtime.documents, runtime.ports.blobs, CALLER, film, index_id)


@pytest.fixture
def prompt_id(client: TestClient) -> str:
    prompt = {
        "name": "Colours",
        "prompt_text": "Name the colours that are shown",
        "json_schema": SCHEMA,
        "video_level": OVERVIEW.model_dump(),
    }
    return str(client.post("/prompts", json=prompt).json()["prompt_id"])


@pytest.fixture
def body(index_id: str, prompt_id: str, media: Media) -> dict[str, Any]:
    target = {"type": "index", "index_id": index_id}
    return {"prompt_id": prompt_id, "target": target, "video_segmentation_type": "content_aware"}


def work(runtime: Runtime, job_id: str) -> None:
    job = runtime.documents.get(JobRequest, keys.job(job_id))
    assert job is not None
    runtime.runs.pipeline.run(job, lambda: False)


def started(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/prompt-runs/execute", json=body)
    assert answer.status_code == 202, answer.text
    run: dict[str, Any] = answer.json()
    return run


def test_run_produces_results(
    client: TestClient, runtime: Runtime, media: Media, body: dict[str, Any]
) -> None:
    pending = official.PromptRun.model_validate(started(client, body))
    assert pending.status == "pending"
    assert pending.total_videos == 1
    assert pending.run_context == body["target"]
    work(runtime, pending.run_id)
    run = official.PromptRun.model_validate(client.get(f"/prompt-runs/{pending.run_id}").json())
    assert run.status == "completed"
    assert run.total_segments == run.completed_segments == 3
    assert run.completed_videos == run.video_level_completed_items == 1
    assert run.created_new_segments
    assert run.field_extraction_succeeded
    assert run.billing_status == "confirmed"


def test_results_are_paged(client: TestClient, runtime: Runtime, media: Media, body: dict[str, Any]) -> None:
    run_id = started(client, body)["run_id"]
    work(runtime, run_id)
    path, query = f"/prompt-runs/{run_id}/results", {"video_id": media.media_id, "limit": "2"}
    first = client.get(path, params=query).json()
    rest = client.get(path, params=query | {"cursor": first["pagination"]["next_cursor"]}).json()
    assert (first["pagination"]["has_more"], rest["pagination"]["has_more"]) == (True, False)
    results = [official.SegmentRunResult.model_validate(r) for r in first["data"] + rest["data"]]
    assert [r.metadata["lines"] for r in results] == [["IT IS RED"], ["IT IS GREEN"], ["IT IS BLUE"]]
    assert results[0].result_id == f"segment:{results[0].segment_id}:{run_id}"
    assert results[0].thumbnail_available
    link = str(results[0].thumbnail_uri).removeprefix("http://testserver")
    assert client.get(f"http://testserver{link}").content.startswith(b"\xff\xd8")
    assert client.get(path).status_code == 422
    assert client.get(path, params={"video_id": "vid_unknown"}).status_code == 404
    other = f"/indexes/{media.index_id}/prompt-runs"
    assert client.get(other, params={"cursor": first["pagination"]["next_cursor"]}).status_code == 400


def test_media_wide_result_is_returned(
    client: TestClient, runtime: Runtime, media: Media, body: dict[str, Any]
) -> None:
    run_id = started(client, body)["run_id"]
    path = f"/prompt-runs/{run_id}/videos/{media.media_id}/video-result"
    assert client.get(path).status_code == 404
    work(runtime, run_id)
    answer = client.get(path).json()
    result = official.PromptRunVideoResult.model_validate(answer)
    assert result.metadata == {"parts": [4, 4, 4]}
    assert result.successful_segment_count == 3
    assert result.preview_segment_id
    assert answer["omitted_segment_ids"] == []


def test_runs_are_listed_newest_first_for_tenant_index_and_medium(
    client: TestClient, media: Media, body: dict[str, Any]
) -> None:
    ids = [started(client, body)["run_id"] for _ in range(3)][::-1]
    assert [run["run_id"] for run in client.get("/prompt-runs", params={"limit": "2"}).json()] == ids[:2]
    page = client.get(f"/indexes/{media.index_id}/prompt-runs", params={"limit": "2"}).json()
    cursor = page["pagination"]["next_cursor"]
    rest = client.get(f"/indexes/{media.index_id}/prompt-runs", params={"limit": "2", "cursor": cursor})
    assert [run["run_id"] for run in page["data"] + rest.json()["data"]] == ids
    assert [r["run_id"] for r in client.get(f"/videos/{media.media_id}/prompt-runs").json()] == ids
    assert client.get("/indexes/idx_unknown/prompt-runs").status_code == 404
    assert client.get("/videos/vid_unknown/prompt-runs").status_code == 404


def test_failures_are_listed_and_retried(
    client: TestClient, runtime: Runtime, models: SmallModels, media: Media, body: dict[str, Any]
) -> None:
    models.extractor.broken_at = {0.0}
    run_id = started(client, body | {"video_segmentation_type": "fixed", "video_segment_duration": 2})[
        "run_id"
    ]
    work(runtime, run_id)
    listed = client.get(f"/prompt-runs/{run_id}/failed-segments").json()
    manifest = official.PromptRunFailedSegmentsManifest.model_validate(listed)
    assert (manifest.status, manifest.failed_segments) == ("completed_with_failures", 1)
    assert manifest.operation_counts.field_extraction == 1
    [segment] = manifest.videos[0].segments
    assert segment.failed_operations == ["field_extraction"]
    assert segment.retryable
    models.extractor.broken_at = set()
    path = f"/prompt-runs/{run_id}/videos/{media.media_id}/segments/{segment.segment_id}"
    answer = client.post(f"{path}/retry", headers={"Idempotency-Key": "again"})
    assert answer.status_code == 202
    retry = official.PromptRunSegmentRetry.model_validate(answer.json())
    assert (retry.status, retry.idempotency_key) == ("pending", "again")
    assert client.post(f"{path}/retry", headers={"Idempotency-Key": "again"}).json() == answer.json()
    assert client.post(f"{path}/retry").status_code == 409
    work(runtime, retry.retry_id)
    state = client.get(f"{path}/retries/{retry.retry_id}").json()
    assert official.PromptRunSegmentRetryStatus.model_validate(state).status == "completed"
    assert client.get(f"/prompt-runs/{run_id}").json()["status"] == "completed"


def test_retry_during_run_is_refused(
    client: TestClient, runtime: Runtime, media: Media, body: dict[str, Any]
) -> None:
    first = started(client, body)["run_id"]
    work(runtime, first)
    query = {"video_id": media.media_id}
    [segment, *_] = client.get(f"/prompt-runs/{first}/results", params=query).json()["data"]
    second = started(client, body)["run_id"]
    path = f"/videos/{media.media_id}/segments/{segment['segment_id']}/retry"
    assert client.post(f"/prompt-runs/{second}{path}").status_code == 409


def test_model_calls_are_listed(client: TestClient, runtime: Runtime, body: dict[str, Any]) -> None:
    run_id = started(client, body)["run_id"]
    work(runtime, run_id)
    calls = [
        official.LlmCall.model_validate(c) for c in client.get(f"/prompt-runs/{run_id}/llm-calls").json()
    ]
    assert {call.purpose for call in calls} == {"metadata_extraction", "video_level_extraction"}
    assert all(call.total_tokens == 7 and call.user_id == "usr_acme" for call in calls)


def test_estimate_applies_rules_of_run(client: TestClient, body: dict[str, Any]) -> None:
    found = official.PromptRunCostEstimate.model_validate(
        client.post("/prompt-runs/estimate", json=body).json()
    )
    assert found.sufficient_balance
    assert found.estimated_mt == started(client, body)["billing_estimated_mt"] > 0
    for change in (
        {"target": {"type": "videos", "video_ids": []}},
        {"video_segmentation_type": "fixed"},
        {"audio_segmentation_type": "smart"},
        {"video_segment_duration": 0},
        {"processing_model": "no-such-model"},
    ):
        for path in ("/prompt-runs/estimate", "/prompt-runs/execute"):
            assert client.post(path, json=body | change).status_code == 422


@pytest.mark.parametrize(
    ("target", "code", "field", "rule"),
    [
        ({"type": "index"}, "validation_error", "target.index_id", "must be a non-empty string"),
        ({"type": "videos"}, "target_empty", "target.video_ids", "must be a non-empty list"),
        (
            {"type": "videos", "video_ids": [" "]},
            "validation_error",
            "target.video_ids",
            "must be a non-empty string",
        ),
        ({"type": "playground"}, "target_empty", "target", "holds no media to process"),
    ],
)
def test_malformed_target_is_refused_with_field_and_rule(
    client: TestClient, body: dict[str, Any], target: dict[str, Any], code: str, field: str, rule: str
) -> None:
    for path in ("/prompt-runs/estimate", "/prompt-runs/execute"):
        answer = client.post(path, json=body | {"target": target})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (422, code)
        assert error["details"]["errors"] == [{"field": field, "rule": rule}]


def test_same_idempotency_key_starts_one_run(client: TestClient, body: dict[str, Any]) -> None:
    headers = {"Idempotency-Key": "prompt-run-execute:1"}
    first = client.post("/prompt-runs/execute", json=body, headers=headers)
    again = client.post("/prompt-runs/execute", json=body, headers=headers)
    assert first.json() == again.json()
    assert len(client.get("/prompt-runs").json()) == 1


def test_process_video_uses_fixed_segments(client: TestClient, runtime: Runtime, media: Media) -> None:
    path = f"/videos/{media.media_id}/process"
    answer = client.post(path, params={"segment_duration": "3"})
    assert answer.status_code == 202
    assert answer.json()["message"]
    assert client.post(path, params={"segment_duration": "3"}).status_code == 409
    assert client.post("/videos/vid_unknown/process").status_code == 404
    assert client.post(path, params={"segment_duration": "301"}).status_code == 422
    [run] = client.get(f"/videos/{media.media_id}/prompt-runs").json()
    assert (run["video_segmentation_type"], run["video_segment_duration"]) == ("fixed", 3)
    work(runtime, run["run_id"])
    assert client.get(f"/prompt-runs/{run['run_id']}").json()["completed_segments"] == 2


def test_cancelled_run_stops(client: TestClient, runtime: Runtime, body: dict[str, Any]) -> None:
    run_id = started(client, body)["run_id"]
    cancelled = official.PromptRun.model_validate(client.post(f"/prompt-runs/{run_id}/cancel").json())
    assert cancelled.stop_state.requested_by == "usr_acme"
    work(runtime, run_id)
    ended = client.get(f"/prompt-runs/{run_id}").json()
    assert (ended["status"], ended["cancelled_videos"]) == ("cancelled", 1)


def test_scope_is_checked_before_id_and_tenants_are_isolated(
    new_client: NewClient, client: TestClient, body: dict[str, Any]
) -> None:
    run_id = started(client, body)["run_id"]
    reader, foreign = new_client(Scope.READ), new_client(tenant="other")
    assert reader.post("/prompt-runs/run_made_up/cancel").status_code == 403
    assert reader.post("/prompt-runs/execute", json=body).status_code == 403
    assert reader.get(f"/prompt-runs/{run_id}").status_code == 200
    assert new_client(Scope.SEARCH).get(f"/prompt-runs/{run_id}").status_code == 403
    for path in ("", "/failed-segments", "/llm-calls"):
        assert foreign.get(f"/prompt-runs/{run_id}{path}").status_code == 404
    assert foreign.post(f"/prompt-runs/{run_id}/cancel").status_code == 404
