"""Invalid ids, fields, parameters and URLs: the answer names the fault, and nothing is written."""

from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.http.app import API_PREFIX
from tests.api.imports import field_of
from tests.robustness.answers import error_of, fill_path
from tests.robustness.routes import all_routes
from tests.robustness.tenant_archive import PROMPT

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("assert_nothing_written", "no_name_server")]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/indexes/{}", "resource_index_not_found"),
        ("/indexes/{}/videos", "resource_index_not_found"),
        ("/indexes/{}/prompt-runs", "resource_index_not_found"),
        ("/videos/{}", "resource_video_not_found"),
        ("/videos/{}/gif", "resource_video_not_found"),
        ("/videos/{}/thumbnail", "resource_video_not_found"),
        ("/videos/{}/timeline", "resource_video_not_found"),
        ("/videos/{}/segments", "resource_video_not_found"),
        ("/videos/segments/{}/thumbnail", "resource_segment_not_found"),
        ("/prompts/{}", "resource_prompt_not_found"),
        ("/prompt-runs/{}", "resource_prompt_run_not_found"),
        ("/prompt-runs/{}/llm-calls", "resource_prompt_run_not_found"),
        ("/import-jobs/{}", "resource_import_job_not_found"),
        ("/import-jobs/{}/outputs", "resource_import_job_not_found"),
    ],
)
def test_unknown_id_gets_error_code_of_its_resource(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path.format("made_up"))
    assert answer.status_code == 404
    assert error_of(answer)["code"] == code


MALFORMED_IDS: Final = {
    "up": "%2E%2E",
    "up_and_away": "..%2F..%2Fetc%2Fpasswd",
    "separator": "a%23segments%23b",
    "quote": "a'%20OR%20'1'='1",
    "percent": "%25",
    "space": "%20",
    "emoji": "%F0%9F%92%A5",
    "not_utf8": "%FF%FE",
    "surrogate": "%ED%A0%80",
    "long": "x" * 8000,
    "playground": "playground",
    "null": "null",
}


@pytest.mark.parametrize("identifier", MALFORMED_IDS.values(), ids=list(MALFORMED_IDS))
def test_malformed_id_in_path_is_rejected(client: TestClient, identifier: str) -> None:
    for route in all_routes():
        method, path = route.replace(API_PREFIX, "", 1).split(" ")
        is_another_route = f"{method} {API_PREFIX}{fill_path(path, identifier)}" in all_routes()
        if "{" in path and not path.startswith("/media") and not is_another_route:
            answer = client.request(method, fill_path(path, identifier))
            assert answer.status_code in (404, 405, 422), (route, answer.text)
            error_of(answer)


@pytest.mark.parametrize(
    "identifier", ["../..", "a#segments#b", "", " ", "💥", "x" * 8000, 3, None, ["a"], {}]
)
def test_malformed_id_in_body_is_refused(client: TestClient, identifier: Any) -> None:
    bodies = {
        "/videos/batch": {"video_ids": [identifier]},
        "/videos/batch/segments": {"targets": [{"video_id": identifier, "run_id": identifier}]},
        "/prompt-runs/estimate": {
            "prompt_id": identifier,
            "target": {"type": "index", "index_id": identifier},
        },
        "/search/multi-run": {"query": "a", "run_ids": [identifier], "index_id": identifier},
        "/workflow/process": {"prompt_id": identifier, "video_ids": [identifier]},
        "/workflow/search": {"query": "a", "prompt_run_ids": [identifier], "index_id": "made_up"},
    }
    for path, body in bodies.items():
        answer = client.post(path, json=body)
        assert answer.status_code in (404, 422), (path, answer.text)
        error_of(answer)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/indexes", {}, "name"),
        ("/indexes", {"name": ""}, "name"),
        ("/indexes", {"name": "x" * 256}, "name"),
        ("/indexes", {"name": 3}, "name"),
        ("/videos", {"title": "A", "video_uri": ""}, "video_uri"),
        ("/videos/batch", {"video_ids": []}, "video_ids"),
        ("/videos/batch", {"video_ids": ["a"] * 101}, "video_ids"),
        ("/prompts", PROMPT | {"name": "ab"}, "name"),
        ("/prompts", PROMPT | {"name": "x" * 101}, "name"),
        ("/prompts", PROMPT | {"description": "x" * 501}, "description"),
        ("/prompts", PROMPT | {"prompt_text": "short"}, "prompt_text"),
        ("/prompts", PROMPT | {"json_schema": {"type": "array"}}, "json_schema"),
        ("/prompts", PROMPT | {"video_level": {"instructions_text": "a"}}, "video_level.json_schema"),
        ("/prompts", PROMPT | {"execution_config": {"video_segment_duration": 0}}, "execution_config"),
        ("/prompt-runs/estimate", {"prompt_id": "a", "target": {"type": "moon"}}, "target.type"),
        ("/search/multi-run", {"query": "", "run_ids": ["a"]}, "query"),
        ("/search/filter/playground", {"conditions": []}, "conditions"),
        ("/search/filter/playground", {"conditions": [{"field": "a"}]}, "conditions[0]"),
        ("/playground/search", {"query": "a", "top_k": 101}, "top_k"),
        ("/playground/search", {"query": "a", "top_k": 1.5}, "top_k"),
        ("/workflow/search", {"query": "a", "limit": 0}, "limit"),
        ("/workflow/define", {"instruction": "a"}, "instruction"),
    ],
)
def test_invalid_field_is_named_with_its_rule(client: TestClient, path: str, body: Any, field: str) -> None:
    answer = client.post(path, json=body)
    assert field_of(answer).startswith(field), answer.text
    (first, *_) = error_of(answer)["details"]["errors"]
    assert first["rule"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/playground/videos", "limit", "0"),
        ("/playground/videos", "limit", "101"),
        ("/playground/videos", "limit", "many"),
        ("/import-jobs", "status", "sideways"),
        ("/prompt-runs", "limit", "99999999999999999999999"),
        ("/prompts", "active_only", "perhaps"),
    ],
)
def test_invalid_parameter_is_named(client: TestClient, path: str, name: str, value: str) -> None:
    assert field_of(client.get(path, params={name: value})) == name


@pytest.mark.parametrize("cursor", ["x", "AAAA", "ü", "💥", "=" * 100, "A" * 4000])
def test_forged_cursor_is_refused(client: TestClient, cursor: str) -> None:
    for path in ("/playground/videos", "/workflow/search/page"):
        answer = client.get(path, params={"cursor": cursor})
        assert answer.status_code in (400, 422)
        error_of(answer)


@pytest.mark.parametrize("path", ["/nothing", "/indexes/", "/videos//segments", "//indexes", "/../etc"])
def test_unknown_endpoint_is_not_found(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{API_PREFIX}{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert error_of(answer)["code"] in ("endpoint_not_found", "resource_index_not_found")


def test_unsupported_method_is_refused(client: TestClient) -> None:
    answer = client.request("PATCH", "/indexes")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"


@pytest.mark.parametrize("url", ["/indexes/a%00b", "/playground/videos?cursor=%00"])
def test_nul_in_url_is_refused(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 422
    error_of(answer)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://localhost/a.mp4",
        "https://localhost.:8443/a.mp4",
        "https://2130706433/a.mp4",
        "https://0x7f.1/a.mp4",
        "https://0/a.mp4",
        "https://[::1]/a.mp4",
        "https://[::ffff:127.0.0.1]/a.mp4",
        "https://[64:ff9b::7f00:1]/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/a.mp4",
        "https://192.168.1.1/a.mp4",
        "https://172.16.0.1/a.mp4",
        "https://100.64.0.1/a.mp4",
        "https://[fd00::1]/a.mp4",
        "https://[fe80::1]/a.mp4",
        "https://168.63.129.16/machine",
        "https://xn--a/a.mp4",
        "https://\u2488.example/a.mp4",
        "https://metadata.internal/a.mp4",
        "https://user:secret@example.com/a.mp4",
        "http://93.184.216.34/a.mp4",
        "https://93.184.216.34:22/a.mp4",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://example.com/a.mp4",
        "//127.0.0.1/a.mp4",
        "https://",
        "https:///a.mp4",
        "media://local/media/alpha/x",
    ],
)
def test_unsafe_source_uri_is_refused(client: TestClient, uri: str) -> None:
    answer = client.post("/videos", json={"title": "A", "video_uri": uri})
    assert field_of(answer) == "video_uri", answer.text
    assert "secret" not in answer.text
