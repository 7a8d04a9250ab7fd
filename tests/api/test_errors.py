"""Tests that every failure is answered with the error envelope and a request id."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime

import httpx
import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.domain.errors import (
    Conflict,
    DomainError,
    InvalidCursor,
    InvalidRequest,
    InvalidSchema,
    NotFound,
    PayloadTooLarge,
    RecordTooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedMedia,
    VersionConflict,
)
from shared.domain.keys import Key
from shared.http.app import create_app
from shared.runtime import Runtime
from tests.api.conftest import Answer, NewClient

pytestmark = pytest.mark.slow

FAILURES: dict[str, tuple[Exception, int, str]] = {
    "invalid": (InvalidRequest("target.index_id", "is required"), 422, "validation_error"),
    "schema": (InvalidSchema("json_schema", "must be an object"), 422, "invalid_json_schema"),
    "cursor": (InvalidCursor(), 400, "invalid_cursor"),
    "large": (PayloadTooLarge("too much"), 413, "payload_too_large"),
    "missing": (NotFound("prompt_run", "run_1"), 404, "resource_prompt_run_not_found"),
    "conflict": (Conflict("busy"), 409, "conflict"),
    "often": (TooManyRequests("slow down", retry_after_seconds=7), 429, "rate_limit_exceeded"),
    "media": (UnsupportedMedia("no video"), 415, "unsupported_media"),
    "down": (Unavailable("no store"), 503, "service_unavailable"),
    "changed": (VersionConflict(Key("tenant#acme#runs", "run_1")), 409, "concurrent_change"),
    "record": (RecordTooLarge(Key("tenant#acme#runs", "run_1"), 500_000, 400_000), 413, "payload_too_large"),
    "plain": (DomainError("odd"), 500, "internal_error"),
    "defect": (RuntimeError("password=hunter2"), 500, "internal_error"),
}


@pytest.fixture
def failing(runtime: Runtime) -> TestClient:
    router = APIRouter()

    @router.get("/fail/{kind}")
    async def fail(kind: str) -> None:
        raise FAILURES[kind][0]

    return TestClient(create_app([router], runtime), raise_server_exceptions=False)


def _check_envelope(answer: Answer) -> dict[str, object]:
    body = answer.json()
    error: dict[str, object] = body["error"]
    assert set(error) == {"code", "message", "details", "request_id", "timestamp"}
    assert error["message"]
    assert isinstance(error["details"], dict)
    assert answer.headers["X-Request-ID"] == error["request_id"] == body["request_id"]
    assert datetime.fromisoformat(str(error["timestamp"])).tzinfo is not None
    return error


@pytest.mark.parametrize("kind", list(FAILURES))
def test_each_error_has_its_status_and_code(failing: TestClient, kind: str) -> None:
    _, status, code = FAILURES[kind]
    answer = failing.get(f"/api/v2/fail/{kind}")
    assert answer.status_code == status
    assert _check_envelope(answer)["code"] == code


def test_429_has_retry_after(failing: TestClient) -> None:
    assert failing.get("/api/v2/fail/often").headers["Retry-After"] == "7"


def test_version_conflict_asks_for_retry_and_names_no_key(
    failing: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = failing.get("/api/v2/fail/changed")
    error = _check_envelope(answer)
    assert error["message"] == "Another request changed the resource at the same time."
    assert error["details"] == {"retryable": True, "retry_after": 1}
    assert answer.headers["Retry-After"] == "1"
    assert "tenant#" not in answer.text
    assert "write conflict: version conflict at tenant#acme#runs / run_1" in caplog.text


def test_record_too_large_names_rule_and_no_key(failing: TestClient) -> None:
    answer = failing.get("/api/v2/fail/record")
    error = _check_envelope(answer)
    assert error["message"] == "One item is larger than can be stored."
    assert error["details"] == {"rule": "max_record_bytes"}
    assert "tenant#" not in answer.text


def test_defect_discloses_no_internals(failing: TestClient) -> None:
    answer = failing.get("/api/v2/fail/defect")
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text


def test_unknown_paths_methods_and_trailing_slashes_are_refused(client: TestClient) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/indexes/", 404),
        ("DELETE", "/indexes", 405),
        ("PATCH", "/auth/validate", 405),
    ):
        answer = client.request(method, path, follow_redirects=False)
        assert answer.status_code == status, path
        _check_envelope(answer)


def test_unknown_path_is_logged_without_ids_and_query(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "shared.http.access"):
        client.get("/videos/vid_01J9Z3W6/segmnts?key=hunter2", headers={"X-Request-ID": "mine-3"})
        client.delete("/nothing/sk_live_0f1e2d3c")
    lines = [record.message for record in caplog.records if record.name == "shared.http.access"]
    assert lines[0].startswith("GET /api/v2/videos/{id}/segmnts 404 ")
    assert lines[0].endswith(" mine-3")
    assert lines[1].startswith("DELETE /api/v2/nothing/{masked} 404 ")
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/indexes", "GET, HEAD, OPTIONS, POST"),
        ("/videos/vid_1", "DELETE, GET, HEAD, OPTIONS"),
        ("/workflow/upload", "OPTIONS, POST"),
    ],
)
def test_refused_method_names_all_allowed_methods(client: TestClient, path: str, allowed: str) -> None:
    assert client.patch(path).headers["Allow"] == allowed


def test_valid_request_id_is_kept(client: TestClient) -> None:
    kept = client.get("/indexes", headers={"X-Request-ID": "trace-42:a.b_c"})
    assert kept.headers["X-Request-ID"] == "trace-42:a.b_c"
    for odd in ("", "a b", "x" * 129, "<script>", "é"):
        answer = client.get("/indexes", headers={b"X-Request-ID": odd.encode()})
        assert re.fullmatch(r"req_[0-9A-Z]{26}", answer.headers["X-Request-ID"])


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'name': 'x'}",
        b'{"name": "\xff"}',
        b"\x00",
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b'{"\\ud800": "x", "name": "x"}',
        b'{"name": "x", "other": NaN}',
        b'{"name": "x", "other": -Infinity}',
        b'{"name": "x", "other": 1e999}',
        b'{"name": "x", "other": ' + b"9" * 5000 + b"}",
        b'{"name": "x", "other": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"name": "x", "other": ' + b"[" * 150 + b"]" * 150 + b"}",
    ],
)
def test_json_that_cannot_be_stored_is_refused(client: TestClient, body: bytes) -> None:
    answer = client.post("/indexes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    _check_envelope(answer)
    assert client.get("/indexes").json() == []


def test_surrogate_pair_and_text_nan_are_accepted(client: TestClient) -> None:
    body = b'{"name": "NaN \\ud83c\\udfac 1e999", "unknown": {"Infinity": [1.5e10]}}'
    answer = client.post("/indexes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201
    assert answer.json()["name"] == "NaN 🎬 1e999"


def test_too_large_body_is_refused_with_and_without_length(client: TestClient, runtime: Runtime) -> None:
    limit = runtime.settings.max_plain_body_bytes
    text = b'{"name": "' + b"x" * limit + b'"}'

    def in_pieces() -> Iterator[bytes]:
        yield text[: limit // 2]
        yield text[limit // 2 :]

    for content in (text, in_pieces()):
        answer = client.post("/indexes", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert _check_envelope(answer)["details"] == {"rule": "max_plain_body_bytes", "limit": limit}


def test_nul_in_url_is_refused(client: TestClient) -> None:
    for address in ("/indexes/a%00b", "/indexes?include_defaults=%00"):
        answer = client.get(address)
        assert answer.status_code == 422
        _check_envelope(answer)


def test_query_value_of_wrong_type_is_refused_with_its_name(client: TestClient) -> None:
    answer = client.get("/indexes", params={"include_defaults": "perhaps"})
    assert answer.status_code == 422
    details = _check_envelope(answer)["details"]
    assert isinstance(details, dict)
    assert details["errors"][0]["field"] == "include_defaults"


def test_head_has_headers_of_get_without_body(client: TestClient) -> None:
    got, head = client.get("/indexes"), client.head("/indexes")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Type"] == got.headers["Content-Type"]


def test_health_needs_no_key(anonymous: TestClient) -> None:
    assert anonymous.get("http://testserver/health").json() == {"status": "ok"}


def test_log_contains_route_and_no_secret(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/indexes/idx_private", params={"token": "hunter2"})
    (line,) = [record.getMessage() for record in caplog.records if record.name.startswith("shared.")]
    assert line.startswith("GET /api/v2/indexes/{index_id} 404 ")
    for secret in ("hunter2", "idx_private", client.headers["X-API-Key"]):
        assert secret not in line


def test_message_of_a_rule_of_ours_has_no_prefix(client: TestClient) -> None:
    answer = client.post("/videos/batch/segments", json={})
    assert answer.json()["error"]["message"] == "body: give exactly one of video_ids and targets"


def test_openapi_describes_authentication(client: TestClient) -> None:
    document = json.loads(client.get("/openapi.json").text)
    assert set(document["components"]["securitySchemes"]) == {"ApiKey", "Bearer"}
    assert document["paths"]["/health"]["get"]["security"] == []
    errors = document["paths"]["/api/v2/indexes"]["post"]["responses"]["4XX"]
    assert errors["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorEnvelope")


def test_fifty_concurrent_callers_are_answered(new_client: NewClient, client: TestClient) -> None:
    transport = httpx.ASGITransport(client.app)
    headers = {"X-API-Key": new_client(Scope.READ).headers["X-API-Key"]}

    async def all_at_once() -> list[int]:
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as caller:
            answers = await asyncio.gather(*(caller.get("/api/v2/indexes") for _ in range(50)))
        return [answer.status_code for answer in answers]

    assert asyncio.run(all_at_once()) == [200] * 50


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/indexes", {"name": "  "}, "name: must not have only spaces"),
        ("/videos/batch/segments", {}, "body: give exactly one of video_ids and targets"),
    ],
)
def test_rule_is_told_without_words_of_the_library(
    client: TestClient, path: str, body: dict[str, str], message: str
) -> None:
    error = client.post(path, json=body).json()["error"]
    assert error["message"] == message
