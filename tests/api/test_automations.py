"""Automations over HTTP: what is saved, shown and refused. No store is asked."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from tests.api.conftest import NewClient
from tests.api.imports import field_of, new_index

S3 = {
    "name": "Films",
    "bucket": "films",
    "region": "eu-central-1",
    "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "scopes": ["import", "export"],
}
PROMPT = {
    "name": "Colours",
    "prompt_text": "Name the colours that are shown",
    "json_schema": {"type": "object", "properties": {"colour": {"type": "string"}}},
}


@pytest.fixture
def connector_id(client: TestClient) -> str:
    return str(client.post("/connectors/s3", json=S3).json()["connector_id"])


@pytest.fixture
def path(client: TestClient) -> str:
    return f"/indexes/{new_index(client)}/automations"


def _saved(client: TestClient, path: str, **body: Any) -> Any:
    answer = client.put(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_import_automation_is_saved_and_shown(client: TestClient, path: str, connector_id: str) -> None:
    prompt_id = client.post("/prompts", json=PROMPT).json()["prompt_id"]
    settings = {
        "connector_id": connector_id,
        "source_prefix": "clips/",
        "file_pattern": "*.{mp4,mov}",
        "recursive": False,
        "debounce_interval": "1h",
    }
    preset = {"prompt_id": prompt_id, "video_segmentation_type": "fixed", "video_segment_duration": 5}
    saved = _saved(client, f"{path}/import", **settings, prompt_preset=preset)
    assert settings.items() <= saved.items()
    assert (saved["enabled"], saved["paused"], saved["status"]) == (True, False, "active")
    assert (saved["last_result"], saved["history"], saved["watched_by"]) == (None, [], "listing")
    assert saved["next_check_at"] > saved["created_at"]
    assert preset.items() <= saved["prompt_preset"].items()
    assert saved["prompt_preset"]["prompt"]["prompt_text"] == PROMPT["prompt_text"]
    assert client.get(f"{path}/import").json() == saved


def test_shown_automation_can_be_saved_again(client: TestClient, path: str, connector_id: str) -> None:
    saved = _saved(client, f"{path}/import", connector_id=connector_id)
    again = _saved(client, f"{path}/import", **saved)
    assert again["automation_id"] == saved["automation_id"]


def test_frozen_prompt_does_not_follow_changes(client: TestClient, path: str, connector_id: str) -> None:
    prompt_id = client.post("/prompts", json=PROMPT).json()["prompt_id"]
    preset = {"prompt_id": prompt_id}
    _saved(client, f"{path}/import", connector_id=connector_id, prompt_preset=preset)
    client.put(f"/prompts/{prompt_id}", json={"prompt_text": "Name nothing of what is shown"})
    shown = client.get(f"{path}/import").json()["prompt_preset"]["prompt"]
    assert shown["prompt_text"] == PROMPT["prompt_text"]


def test_pause_and_resume_keep_the_settings(client: TestClient, path: str, connector_id: str) -> None:
    saved = _saved(client, f"{path}/import", connector_id=connector_id, source_prefix="a/")
    paused = client.post(f"{path}/import/pause").json()
    assert (paused["status"], paused["status_reason"]["code"]) == ("paused", "automation_paused")
    assert (paused["paused"], paused["next_check_at"]) == (True, None)
    resumed = client.post(f"{path}/import/resume").json()
    assert resumed | {"updated_at": saved["updated_at"]} == saved


def test_deleted_connector_is_told(client: TestClient, path: str, connector_id: str) -> None:
    _saved(client, f"{path}/import", connector_id=connector_id)
    _saved(client, f"{path}/export", destination_connector_id=connector_id)
    client.delete(f"/connectors/{connector_id}")
    for kind in ("import", "export"):
        shown = client.get(f"{path}/{kind}").json()
        assert (shown["status"], shown["status_reason"]["code"]) == ("blocked", "connector_deleted")


def test_export_automation_is_saved_and_has_no_result(
    client: TestClient, path: str, connector_id: str
) -> None:
    body = {"destination_connector_id": connector_id, "destination_subpath": "results"}
    saved = _saved(client, f"{path}/export", **body, enabled=False)
    assert body.items() <= saved.items()
    assert (saved["status"], saved["last_result"], saved["history"]) == ("disabled", None, [])
    assert client.get(f"{path}/export").json() == saved
    assert client.post(f"{path}/export/pause").json()["paused"] is True
    assert client.post(f"{path}/export/resume").json()["paused"] is False


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("import", {"debounce_interval": "2m"}, "debounce_interval"),
        ("import", {"source_prefix": "/clips"}, "source_prefix"),
        ("import", {"file_pattern": "[z-a]"}, "file_pattern"),
        ("import", {"connector_id": ""}, "connector_id"),
        ("import", {"prompt_preset": {}}, "prompt_preset.prompt_id"),
        ("export", {"destination_subpath": "../out"}, "destination_subpath"),
    ],
)
def test_bad_setting_is_refused_by_field(
    client: TestClient, path: str, connector_id: str, kind: str, change: dict[str, Any], field: str
) -> None:
    body = {"connector_id": connector_id, "destination_connector_id": connector_id} | change
    assert field_of(client.put(f"{path}/{kind}", json=body)) == field


def test_missing_automation_is_not_found(client: TestClient, path: str) -> None:
    for kind in ("import", "export"):
        for answer in (client.get(f"{path}/{kind}"), client.post(f"{path}/{kind}/pause")):
            assert (answer.status_code, answer.json()["error"]["code"]) == (
                404,
                "resource_automation_not_found",
            )


def test_automations_of_all_indexes_are_listed(client: TestClient, path: str, connector_id: str) -> None:
    assert client.get("/automations").json() == {"import_automations": [], "export_automations": []}
    importing = _saved(client, f"{path}/import", connector_id=connector_id)
    elsewhere = f"/indexes/{new_index(client)}/automations"
    exporting = _saved(client, f"{elsewhere}/export", destination_connector_id=connector_id)
    shown = client.get("/automations").json()
    assert shown == {"import_automations": [importing], "export_automations": [exporting]}


def test_deleted_automation_is_gone(client: TestClient, path: str, connector_id: str) -> None:
    _saved(client, f"{path}/import", connector_id=connector_id)
    _saved(client, f"{path}/export", destination_connector_id=connector_id)
    for kind in ("import", "export"):
        assert client.delete(f"{path}/{kind}").status_code == 200
        assert client.get(f"{path}/{kind}").status_code == 404
        assert client.delete(f"{path}/{kind}").status_code == 404
    assert client.get("/automations").json() == {"import_automations": [], "export_automations": []}


def test_connector_without_scope_is_refused(client: TestClient, path: str) -> None:
    made = client.post("/connectors/s3", json=S3 | {"scopes": ["import"]}).json()["connector_id"]
    answer = client.put(f"{path}/export", json={"destination_connector_id": made})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "connector_scope_missing")


def test_reader_may_look_but_not_change(new_client: NewClient, path: str) -> None:
    reader = new_client(Scope.READ)
    assert reader.get(f"{path}/import").status_code == 404
    assert reader.put(f"{path}/import", json={"connector_id": "con_1"}).status_code == 403
    assert reader.post(f"{path}/export/pause").status_code == 403
    assert new_client(Scope.WRITE).delete(f"{path}/import").status_code == 403
