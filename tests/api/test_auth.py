import re
import time
import uuid

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import NewClient, client_over


def _readiness(**changes: object) -> dict[str, object]:
    return {
        "event_id": str(uuid.uuid4()),
        "surface": "sdk",
        "reason": "authentication",
        **changes,
    }


@pytest.mark.parametrize("scope", list(Scope))
def test_valid_key_of_any_scope_gets_empty_204(new_client: NewClient, scope: Scope) -> None:
    answer = new_client(scope).get("/auth/validate")
    assert answer.status_code == 204
    assert answer.content == b""


def test_request_without_credentials_is_refused(anonymous: TestClient) -> None:
    answer = anonymous.get("/auth/validate")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_missing_credentials"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["vv_test", "sk_live_" + "0" * 48, "sk_live_" + "é" * 48, " "])
def test_unknown_key_is_refused(anonymous: TestClient, secret: str) -> None:
    answer = anonymous.get("/auth/validate", headers={b"X-API-Key": secret.encode()})
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "authentication_invalid_api_key"


def test_key_is_accepted_as_bearer_token(client: TestClient, anonymous: TestClient) -> None:
    secret = client.headers["X-API-Key"]
    assert re.fullmatch("sk_live_[0-9a-f]{48}", secret)
    answer = anonymous.get("/auth/validate", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 204


def test_api_key_header_takes_precedence_over_bearer_token(client: TestClient) -> None:
    good = client.headers["X-API-Key"]
    bad = "sk_live_" + "0" * 48
    right = client.get("/auth/validate", headers={"Authorization": f"Bearer {bad}"})
    wrong = client.get("/auth/validate", headers={"X-API-Key": bad, "Authorization": f"Bearer {good}"})
    assert (right.status_code, wrong.status_code) == (204, 401)


def test_other_bearer_tokens_are_refused(anonymous: TestClient) -> None:
    for value in ("Bearer eyJhbGciOi.e30.x", "Basic dXNlcjpwYXNz", "Bearer"):
        answer = anonymous.get("/auth/validate", headers={"Authorization": value})
        assert answer.status_code == 401
        assert answer.json()["error"]["code"] == "authentication_unsupported_credentials"


def test_revoked_key_is_refused_at_once_in_same_process(client: TestClient, runtime: Runtime) -> None:
    assert client.get("/auth/validate").status_code == 204
    (key,) = runtime.access.api_keys.list("acme")
    runtime.access.api_keys.revoke("acme", key.key_id)
    assert client.get("/auth/validate").status_code == 401


def test_key_revoked_elsewhere_is_refused_within_five_seconds(
    client: TestClient, runtime: Runtime, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/auth/validate").status_code == 204
    beside = local_runtime(settings).access.api_keys
    beside.revoke("acme", beside.list("acme")[0].key_id)
    monkeypatch.setattr(runtime.access.api_keys, "_monotonic", lambda: time.monotonic() + 5)
    assert client.get("/auth/validate").status_code == 401


def test_scope_is_checked_before_the_resource(new_client: NewClient) -> None:
    answer = new_client(Scope.SEARCH).post("/indexes", json={"name": "Mine"})
    assert answer.status_code == 403
    error = answer.json()["error"]
    assert error["code"] == "authorization_insufficient_scope"
    assert error["details"]["required_scope"] == "write"


def test_scope_is_checked_before_the_body(new_client: NewClient) -> None:
    assert new_client(Scope.READ).post("/indexes", json={"name": 1}).status_code == 403


def test_rate_limited_key_gets_429_with_retry_after(settings: Settings) -> None:
    client = client_over(local_runtime(settings.model_copy(update={"requests_per_minute": 3})))
    statuses = [client.get("/auth/validate").status_code for _ in range(3)]
    refused = client.get("/auth/validate")
    assert (statuses, refused.status_code) == ([204] * 3, 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.json()["error"]["code"] == "rate_limit_exceeded"


def test_readiness_is_acknowledged(new_client: NewClient) -> None:
    body = _readiness()
    answer = new_client(Scope.SEARCH).post("/auth/processing-activity", json=body)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "event_id": body["event_id"], "admission": "admitted"}


def test_readiness_for_intent_accepts_operation(client: TestClient) -> None:
    body = _readiness(reason="processing_intent", operation="upload_media")
    assert client.post("/auth/processing-activity", json=body).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"event_id": "not-a-uuid"},
        {"reason": "because"},
        {"operation": "upload_media"},
        {"reason": "processing_intent"},
        {"reason": "processing_intent", "operation": "dance"},
        {"surface": ""},
    ],
)
def test_invalid_readiness_request_is_refused(client: TestClient, changes: dict[str, object]) -> None:
    answer = client.post("/auth/processing-activity", json=_readiness(**changes))
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"]
