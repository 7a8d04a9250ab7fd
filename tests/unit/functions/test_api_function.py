"""Tests of the Lambda functions of the API over a real runtime: requests, responses, logs and metrics."""

import json
from pathlib import Path
from typing import Any

import pytest

from functions.api.gateway.entry import api_handler
from shared.domain import correlation
from shared.domain.access import Scope
from shared.domain.media import Index
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.functions.gateway import Gateway, form

REEL = Path("tests/media/sample-reel.mp4")


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path / "data", public_base_url="http://testserver"))


@pytest.fixture
def key(runtime: Runtime) -> dict[str, str]:
    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])
    return {"x-api-key": secret}


@pytest.fixture
def indexes(runtime: Runtime, key: dict[str, str]) -> Gateway:
    return Gateway(api_handler("indexes", runtime), key)


def test_resource_is_created_and_read_through_its_function(indexes: Gateway) -> None:
    made = indexes.request("POST", "/api/v2/indexes", json_body={"name": "Größe 😀"})
    assert made.status_code == 201
    assert made.headers["content-type"] == "application/json"
    found = indexes.request("GET", f"/api/v2/indexes/{made.json()['index_id']}")
    assert found.json()["name"] == "Größe 😀"


def test_stage_name_is_removed_from_path(runtime: Runtime, key: dict[str, str]) -> None:
    staged = Gateway(api_handler("indexes", runtime), key, stage="prod")
    assert staged.request("GET", "/api/v2/indexes").status_code == 200


def test_function_serves_its_own_routes_only(indexes: Gateway) -> None:
    answer = indexes.request("GET", "/api/v2/prompts")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")


def test_function_serves_description_of_whole_api(
    runtime: Runtime, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    description = Path("docs/openapi.json")
    monkeypatch.setattr("functions.api.gateway.function._OPENAPI_FILE", description)
    answer = Gateway(api_handler("auth", runtime), key).request("GET", "/api/v2/openapi.json")
    assert answer.status_code == 200
    assert answer.json() == json.loads(description.read_text(encoding="utf-8"))


def test_empty_response_and_head_have_no_body(runtime: Runtime, key: dict[str, str]) -> None:
    auth = Gateway(api_handler("auth", runtime), key)
    assert (
        auth.request("GET", "/api/v2/auth/validate").status_code,
        auth.request("HEAD", "/api/v2/auth/validate").content,
    ) == (204, b"")


def test_invalid_query_parameter_is_refused(indexes: Gateway) -> None:
    answer = indexes.request("GET", "/api/v2/indexes", query={"include_defaults": "not a boolean"})
    assert answer.status_code == 422


def test_uploaded_file_arrives_unchanged(runtime: Runtime, key: dict[str, str]) -> None:
    videos = Gateway(api_handler("videos", runtime), key)
    content = REEL.read_bytes()[:1_000_000]
    body, headers = form({"title": "reel"}, "reel.mp4", content)
    answer = videos.request("POST", "/api/v2/videos/upload", body=body, headers=headers)
    assert answer.status_code in (200, 201, 202), answer.content
    (source,) = runtime.ports.blobs.keys("imports/")
    assert b"".join(runtime.ports.blobs.stream(source)) == content


def test_too_large_form_gets_413_with_alternative_routes(runtime: Runtime, key: dict[str, str]) -> None:
    videos = Gateway(api_handler("videos", runtime), key)
    body, headers = form({"title": "large"}, "large.mp4", bytes(4_600_000))
    answer = videos.request("POST", "/api/v2/videos/upload", body=body, headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (413, "payload_too_large")
    assert error["details"]["doors"] == ["POST /api/v2/uploads", "POST /api/v2/videos"]
    assert answer.headers["x-request-id"] == error["request_id"]
    assert list(runtime.ports.blobs.keys("imports/")) == []


def test_too_large_response_becomes_422_for_limit(indexes: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.api.gateway.events.MAX_ANSWER_BYTES", 100)
    for number in range(10):
        indexes.request("POST", "/api/v2/indexes", json_body={"name": f"index {number}"})
    answer = indexes.request("GET", "/api/v2/indexes")
    assert (answer.status_code, answer.json()["error"]["details"]["errors"][0]["field"]) == (422, "limit")


def test_defect_gets_error_envelope_and_logs_stack_with_request_id(
    runtime: Runtime,
    key: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(runtime.library.indexes, "list", broken)
    answer = indexes.request("GET", "/api/v2/indexes", headers={"x-request-id": "mine-2"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    (stack,) = (line for line in _lines(capsys) if "exception" in line)
    assert (stack["correlation_id"], stack["exception_name"]) == ("mine-2", "ZeroDivisionError")


def _lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def test_request_logs_one_json_line_with_ids_and_no_path(
    runtime: Runtime, key: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    answer = indexes.request("GET", "/api/v2/indexes/idx_secret", headers={"x-request-id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    (line,) = [line for line in _lines(capsys) if "message" in line]
    assert line["service"] == "api-indexes"
    assert line["correlation_id"] == "mine-1"
    assert line["gateway_request_id"] == "JKJaXmPLvHcESHA"
    assert line["function_request_id"]
    assert "/api/v2/indexes/{index_id} 404" in line["message"]
    assert "idx_secret" not in json.dumps(line)


def test_services_see_request_id_as_correlation_id(
    runtime: Runtime, key: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def list_indexes(*_: object) -> list[Index]:
        seen.append(correlation.request_id())
        return []

    monkeypatch.setattr(runtime.library.indexes, "list", list_indexes)
    Gateway(api_handler("indexes", runtime), key).request(
        "GET", "/api/v2/indexes", headers={"x-request-id": "mine-2"}
    )
    assert seen == ["mine-2"]


def test_metrics_count_cold_starts_and_failures_only(
    runtime: Runtime, key: dict[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    indexes = Gateway(api_handler("indexes", runtime), key)
    for _ in range(2):
        indexes.request("GET", "/api/v2/indexes")
    monkeypatch.setattr(runtime.access.rate_limits, "_limit", 2)
    for _ in range(2):
        indexes.request("GET", "/api/v2/indexes")
    metrics = [line for line in _lines(capsys) if "_aws" in line]
    counted = [
        metric["Name"] for line in metrics for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    ]
    assert counted == ["ColdStart", "Throttled", "Throttled"]
    assert {line["service"] for line in metrics} == {"api-indexes"}
    assert {line["_aws"]["CloudWatchMetrics"][0]["Namespace"] for line in metrics} == {"VideoVectorServer"}
