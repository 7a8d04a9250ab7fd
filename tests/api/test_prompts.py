"""Tests of prompts over HTTP."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.domain import keys
from shared.domain.access import Scope
from shared.ports.records import Put
from shared.runtime import Runtime
from tests.api.conftest import NewClient

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "actions": {"type": "array", "items": {"type": "string"}},
        "place": {"enum": ["in", "out", None]},
    },
    "required": ["actions"],
}
BODY: dict[str, Any] = {
    "name": "Action Detection",
    "description": "",
    "prompt_text": "Analyze this video segment and extract the actions.",
    "json_schema": SCHEMA,
}
NOT_NULL = ("description", "semantic_indexing", "is_active", "created_at", "user_id", "json_schema")


def create(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post("/prompts", json={**BODY, **changes})
    assert answer.status_code == 201
    prompt: dict[str, Any] = answer.json()
    return prompt


def field_of(answer: Any) -> str:
    field: str = answer.json()["error"]["details"]["errors"][0]["field"]
    return field


def test_prompt_is_created_and_read(client: TestClient) -> None:
    prompt = create(client)
    assert {name: prompt[name] for name in BODY} == BODY
    assert all(prompt[name] is not None for name in NOT_NULL)
    assert prompt["semantic_indexing"] == {"disabled_segment_fields": [], "disabled_video_level_fields": []}
    assert prompt["video_level"] is None
    assert client.get(f"/prompts/{prompt['prompt_id']}").json() == prompt


def test_all_fields_of_prompt_are_stored(client: TestClient) -> None:
    sent = {
        "video_level": {
            "instructions_text": "Sum up.",
            "json_schema": SCHEMA,
            "included_segment_fields": ["actions"],
        },
        "semantic_indexing": {
            "disabled_segment_fields": ["actions[]"],
            "disabled_video_level_fields": ["place"],
        },
        "execution_config": {
            "video_segmentation_type": "fixed",
            "video_segment_duration": 10,
            "processing_model": None,
        },
        "selection_filter": {"conditions": [{"field": "actions", "value": "run"}]},
    }
    prompt = create(client, **sent)
    assert {name: prompt[name] for name in sent} == sent
    without_list = create(client, video_level={"instructions_text": "Sum up.", "json_schema": SCHEMA})
    assert without_list["video_level"]["included_segment_fields"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "ab"}, "name"),
        ({"name": None}, "name"),
        ({"prompt_text": "short"}, "prompt_text"),
        ({"json_schema": {"type": "array"}}, "json_schema.type"),
        ({"json_schema": []}, "json_schema"),
        (
            {"json_schema": {"type": "object", "properties": {"transcription": {}}}},
            "json_schema.properties.transcription",
        ),
        ({"video_level": {"instructions_text": "x"}}, "video_level.json_schema"),
        (
            {"selection_filter": {"conditions": [{"field": "actions"}]}},
            "selection_filter.conditions[0].value",
        ),
        ({"selection_filter": [{"field": "plaice", "value": "x"}]}, "selection_filter[0].field"),
    ],
)
def test_invalid_prompt_is_refused_with_its_field(
    client: TestClient, changes: dict[str, Any], field: str
) -> None:
    answer = client.post("/prompts", json={**BODY, **changes})
    assert answer.status_code == 422
    assert field_of(answer) == field


def test_same_idempotency_key_creates_one_prompt(client: TestClient) -> None:
    headers = {"Idempotency-Key": "prompt-create:1"}
    first, again = (client.post("/prompts", json=BODY, headers=headers) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert client.get("/prompts", params={"include_defaults": "false"}).json()["total_count"] == 1
    other = client.post("/prompts", json={**BODY, "name": "Other"}, headers=headers)
    assert other.status_code == 409
    assert "idempotency" in other.json()["error"]["code"]


def test_list_is_object_with_counts(client: TestClient) -> None:
    prompt = create(client)
    client.put(f"/prompts/{prompt['prompt_id']}", json={"is_active": False})
    own = client.get("/prompts", params={"active_only": "false", "include_defaults": "false"}).json()
    assert [item["prompt_id"] for item in own["prompts"]] == [prompt["prompt_id"]]
    assert (own["total_count"], own["active_count"]) == (1, 0)
    default = client.get("/prompts").json()
    assert [item["prompt_id"] for item in default["prompts"]] == ["prm_default_scene"]


def test_update_changes_only_given_fields(client: TestClient) -> None:
    prompt = create(
        client, description="old", video_level={"instructions_text": "Sum up.", "json_schema": SCHEMA}
    )
    path = f"/prompts/{prompt['prompt_id']}"
    cleared = client.put(path, json={"description": ""}).json()
    assert cleared["description"] == ""
    assert cleared["json_schema"] == SCHEMA
    assert cleared["video_level"] == prompt["video_level"]
    assert client.put(path, json={"clear_video_level": True}).json()["video_level"] is None
    assert client.put(path, json={"name": "x"}).status_code == 422
    nullable = {"type": "object", "properties": {"a": {"default": None}}}
    assert client.put(path, json={"json_schema": nullable}).json()["json_schema"] == nullable


def test_prompt_with_runs_is_deleted_only_with_force(client: TestClient, runtime: Runtime) -> None:
    used, unused = create(client)["prompt_id"], create(client)["prompt_id"]
    runtime.ports.records.write(Put(keys.prompt_usage("acme", used, "run_1"), {}))
    assert client.delete(f"/prompts/{unused}").json()["message"]
    refused = client.delete(f"/prompts/{used}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "prompt_in_use")
    usage = client.get(f"/prompts/{used}/usage").json()
    assert usage == {
        "prompt_id": used,
        "name": BODY["name"],
        "is_active": True,
        "is_in_use": True,
        "created_at": usage["created_at"],
        "schema_properties_count": 2,
    }
    assert client.delete(f"/prompts/{used}", params={"force": "true"}).status_code == 200
    assert client.get(f"/prompts/{used}").json()["error"]["code"] == "resource_prompt_not_found"


def test_invalid_sample_gets_200_with_error_text(client: TestClient) -> None:
    good = client.post(
        "/prompts/test-schema", json={"json_schema": SCHEMA, "sample_data": {"actions": ["run"]}}
    ).json()
    assert (good["valid"], good["validated_data"], good["error"]) == (True, {"actions": ["run"]}, None)
    bad = client.post("/prompts/test-schema", json={"json_schema": SCHEMA, "sample_data": {"actions": [1]}})
    assert bad.status_code == 200
    assert bad.json()["valid"] is False
    assert "actions[0]" in bad.json()["error"]
    for unusable in (
        {"type": "array"},
        {"type": "object", "properties": {"a": {"$ref": "http://localhost/x"}}},
    ):
        answer = client.post("/prompts/test-schema", json={"json_schema": unusable, "sample_data": {}})
        assert answer.json()["valid"] is False
        assert answer.json()["validated_data"] is None


def test_generated_prompt_is_unsaved_and_can_be_created(client: TestClient) -> None:
    draft = client.post("/prompts/generate", json={"instruction": "Extract products and sentiment"}).json()
    assert list(draft["json_schema"]["properties"]) == ["summary", "products", "sentiment"]
    assert client.get("/prompts", params={"include_defaults": "false"}).json()["total_count"] == 0
    assert client.post("/prompts", json=draft).status_code == 201


def test_scope_is_checked_before_lookup(new_client: NewClient) -> None:
    search, read, write = (new_client(scope) for scope in (Scope.SEARCH, Scope.READ, Scope.WRITE))
    assert search.get("/prompts/prm_none").status_code == 403
    assert read.get("/prompts/prm_none").status_code == 404
    assert (
        read.post("/prompts/test-schema", json={"json_schema": SCHEMA, "sample_data": {}}).status_code == 403
    )
    assert read.put("/prompts/prm_none", json={}).status_code == 403
    assert write.delete("/prompts/prm_none").status_code == 403
    assert write.put("/prompts/prm_none", json={}).status_code == 404


def test_prompt_of_another_tenant_is_not_found(new_client: NewClient) -> None:
    path = f"/prompts/{create(new_client())['prompt_id']}"
    stranger = new_client(Scope.ADMIN, "umbrella")
    answers = [stranger.get(path), stranger.put(path, json={"name": "Mine"}), stranger.delete(path)]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert stranger.get(f"{path}/usage").status_code == 404


def test_default_prompt_is_read_only(client: TestClient) -> None:
    path = "/prompts/prm_default_scene"
    assert client.get(path).json()["user_id"] == "system"
    assert client.put(path, json={"name": "Mine"}).json()["error"]["code"] == "prompt_read_only"
    assert client.delete(path, params={"force": "true"}).status_code == 403
