"""Saved searches over HTTP, with small models."""

from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import NewClient
from tests.api.imports import picture, send
from tests.robustness.tenant_archive import run_queued_jobs
from tests.unit.services.small_models import SmallModels
from tests.unit.services.small_runtime import small_runtime

pytestmark = pytest.mark.slow

RED = {"field": "lines", "operator": "item_equals", "value": "red", "type": "array"}
COUNTED = {"field": "words", "operator": "greater_equal", "value": 0, "type": "integer"}
PROMPT = {
    "name": "Words",
    "prompt_text": "Read the lines.",
    "json_schema": {
        "type": "object",
        "properties": {
            "lines": {"type": "array", "items": {"type": "string"}},
            "words": {"type": "integer"},
        },
    },
}


@pytest.fixture
def runtime(settings: Settings) -> Runtime:
    return small_runtime(settings, SmallModels())


@pytest.fixture
def index_id(client: TestClient) -> str:
    return str(client.post("/indexes", json={"name": "Leaves"}).json()["index_id"])


def created(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/saved-searches", json={"name": "Red", **fields})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def finish_run(client: TestClient, runtime: Runtime, index_id: str, folder: Path, seed: int = 1) -> str:
    """Import a picture, run a prompt over its index, and let the alerts take all events of the tenant."""
    assert send(client, picture(folder, f"leaf-{seed}.png", seed=seed), index_id=index_id).status_code == 202
    run_queued_jobs(runtime)
    prompt_id = client.post("/prompts", json=PROMPT).json()["prompt_id"]
    target = {"type": "index", "index_id": index_id}
    answer = client.post("/prompt-runs/execute", json={"prompt_id": prompt_id, "target": target})
    assert answer.is_success, answer.text
    run_queued_jobs(runtime)
    log = runtime.notifications.event_log
    runtime.alerts.run_alerts.consume(list(log.each("acme", after=None, limit=100)))
    return str(answer.json()["run_id"])


def test_search_is_created_listed_changed_and_deleted(client: TestClient, index_id: str) -> None:
    floor = {"space": "text", "min_score": 0.4}
    search = created(client, index_ids=[index_id], query="a red leaf", threshold=floor)
    assert search["threshold"] == floor | {"scale": "cosine", "model": "test@1/4"}
    assert (search["status"], search["pause_reason"], search["last_matched_at"]) == ("enabled", None, None)
    path = f"/saved-searches/{search['saved_search_id']}"
    assert client.get(path).json() == search
    assert client.get("/saved-searches").json() == [search]
    changed = client.patch(path, json={"name": "Leaves", "status": "paused", "conditions": [RED]}).json()
    assert (changed["name"], changed["status"], changed["conditions"]) == ("Leaves", "paused", [RED])
    only_conditions = client.patch(path, json={"query": None, "threshold": None}).json()
    assert (only_conditions["query"], only_conditions["threshold"]) == (None, None)
    assert client.delete(path).json() == {
        "message": f"The saved search {search['saved_search_id']} is deleted."
    }
    for answer in (client.get(path), client.delete(path), client.get(f"{path}/matches")):
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "resource_saved_search_not_found"


def test_repeated_key_creates_one_search(client: TestClient) -> None:
    body = {"name": "Red", "playground": True, "conditions": [RED]}
    headers = {"Idempotency-Key": "saved-search-1"}
    first, again = (client.post("/saved-searches", headers=headers, json=body) for _ in range(2))
    assert first.json() == again.json()
    assert len(client.get("/saved-searches").json()) == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"index_ids": ["i"] * 21, "playground": False}, "index_ids"),
        ({"playground": False}, "index_ids"),
        ({"conditions": None}, "query"),
        ({"query": "red"}, "threshold"),
        ({"query": " ", "threshold": {"space": "text", "min_score": 0.4}}, "query"),
        ({"query": "red", "threshold": {"space": "text", "min_score": 2}}, "threshold.min_score"),
        ({"query": "red", "threshold": {"space": "sound", "min_score": 0.4}}, "threshold.space"),
        ({"query": "red", "threshold": {"space": "picture", "min_score": 0.4}}, "threshold.space"),
        ({"threshold": {"space": "text", "min_score": 0.4}}, "threshold"),
        ({"conditions": [RED | {"operator": "near"}]}, "conditions[0].operator"),
        ({"status": "deleted"}, "status"),
    ],
)
def test_bad_field_is_refused_by_name(
    client: TestClient, runtime: Runtime, fields: dict[str, Any], field: str
) -> None:
    body = {"name": "Red", "playground": True, "conditions": [RED], **fields}
    answer = client.post("/saved-searches", json=body)
    errors = answer.json()["error"]["details"]["errors"]
    assert (answer.status_code, errors[0]["field"]) == (422, field)
    assert client.get("/saved-searches").json() == []


def test_run_makes_a_match_that_is_listed_by_pages(
    client: TestClient, runtime: Runtime, index_id: str, tmp_path: Path
) -> None:
    search = created(client, index_ids=[index_id], conditions=[COUNTED])
    path = f"/saved-searches/{search['saved_search_id']}"
    assert client.get(f"{path}/matches").json()["data"] == []
    runs = [finish_run(client, runtime, index_id, tmp_path, seed) for seed in (1, 2)]
    page = client.get(f"{path}/matches", params={"limit": 1}).json()
    assert [match["run_id"] for match in page["data"]] == runs[1:]
    cursor = page["pagination"]["next_cursor"]
    older = client.get(f"{path}/matches", params={"limit": 1, "cursor": cursor}).json()
    assert [match["run_id"] for match in older["data"]] == runs[:1]
    (segment,) = older["data"][0]["segments"]
    assert (segment["index_id"], segment["score"]) == (index_id, None)
    assert client.get(f"/videos/{segment['video_id']}").status_code == 200
    found = client.get(path).json()["last_matched_at"]
    assert found == page["data"][0]["matched_at"]
    other = created(client, playground=True, conditions=[RED])
    foreign = f"/saved-searches/{other['saved_search_id']}/matches"
    assert client.get(foreign, params={"cursor": cursor}).status_code == 400


def test_test_shows_matches_of_all_runs_without_an_event(
    client: TestClient, runtime: Runtime, index_id: str, tmp_path: Path
) -> None:
    for seed in (1, 2):
        finish_run(client, runtime, index_id, tmp_path, seed)
    floor = {"space": "text", "min_score": 0.0}
    search = created(client, index_ids=[index_id], query="red", threshold=floor, status="paused")
    path = f"/saved-searches/{search['saved_search_id']}"
    tested = client.post(f"{path}/test").json()
    assert len(tested["segments"]) == 2
    assert all(0 <= segment["score"] <= 1 for segment in tested["segments"])
    assert client.get(f"{path}/matches").json()["data"] == []
    assert client.get(path).json() == search


def test_search_of_another_tenant_is_not_found(new_client: NewClient, client: TestClient) -> None:
    search = created(client, playground=True, conditions=[RED])
    other = new_client(Scope.ADMIN, "other")
    assert other.get(f"/saved-searches/{search['saved_search_id']}").status_code == 404
    assert other.get("/saved-searches").json() == []
