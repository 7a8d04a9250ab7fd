"""Scopes of API keys: checked before any look-up, by the scope table of the public contract."""

import re
from datetime import timedelta
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.domain import clock, keys
from shared.domain.access import ApiKey, Scope
from shared.http.app import API_PREFIX
from tests.robustness.conftest import Tenants
from tests.robustness.resource import scopes
from tests.robustness.routes import all_routes

pytestmark = pytest.mark.slow

PUBLIC: Final = (
    "GET /health",
    "GET /media/{file_name}",
    "PUT /upload-parts",
    f"GET {API_PREFIX}/webhooks/events",
    f"POST {API_PREFIX}/console/sign-in",
)
"""A health probe, links and tickets that are the credential, and what the public API leaves open."""

REQUIRED: Final = scopes()

ROUTES: Final = [route.replace(API_PREFIX, "", 1) for route in all_routes() if route not in PUBLIC]


def _call(client: TestClient, route: str, **sent: Any) -> Any:
    """Send made-up ids and no body: a caller without permission must not learn that either is wrong."""
    method, path = route.split(" ")
    return client.request(method, re.sub(r"{\w+}", "made_up", path), **sent)


def test_every_route_declares_its_scope() -> None:
    assert set(ROUTES) == set(REQUIRED)


@pytest.mark.parametrize("route", ROUTES)
def test_insufficient_scope_is_refused_before_look_up(tenants: Tenants, route: str) -> None:
    needed = Scope(REQUIRED[route])
    for scope in Scope:
        answer = _call(tenants.client("alpha", scope), route)
        if scope.rank >= needed.rank:
            assert answer.status_code not in (401, 403), (scope, answer.text)
            continue
        assert answer.status_code == 403, (scope, answer.text)
        error = answer.json()["error"]
        assert error["code"] == "authorization_insufficient_scope"
        assert error["details"] == {"required_scope": needed.value, "scopes": [scope.value]}


@pytest.mark.parametrize("route", ROUTES)
def test_request_without_valid_key_is_refused(
    tenants: Tenants, unusable_keys: dict[str, str], route: str
) -> None:
    client = TestClient(tenants.application, base_url=f"http://testserver{API_PREFIX}")
    missing = _call(client, route)
    assert (missing.status_code, missing.json()["error"]["code"]) == (
        401,
        "authentication_missing_credentials",
    )
    for kind, secret in unusable_keys.items():
        for headers in ({"X-API-Key": secret}, {"Authorization": f"Bearer {secret}"}):
            answer = _call(client, route, headers=headers)
            assert answer.status_code == 401, (kind, answer.text)
            assert answer.json()["error"]["code"] == "authentication_invalid_api_key"
            assert secret not in answer.text


@pytest.fixture(scope="session")
def unusable_keys(tenants: Tenants) -> dict[str, str]:
    """Unusable keys, by the reason."""
    api_keys, documents = tenants.runtime.access.api_keys, tenants.runtime.documents
    revoked, revoked_secret = api_keys.create("alpha", "usr_1", "revoked", [Scope.ADMIN])
    api_keys.revoke("alpha", revoked.key_id)
    expired, expired_secret = api_keys.create("alpha", "usr_1", "expired", [Scope.ADMIN], timedelta(days=1))
    documents.update(
        ApiKey,
        keys.api_key(expired.secret_hash),
        lambda key: key.model_copy(update={"expires_at": clock.timestamp()}),
    )
    return {"revoked": revoked_secret, "expired": expired_secret, "unknown": "sk_live_" + "0" * 48}


@pytest.mark.parametrize("path", ["/health", "/media/a.mp4", f"{API_PREFIX}/webhooks/events"])
def test_public_routes_need_no_key(tenants: Tenants, path: str) -> None:
    answer = TestClient(tenants.application).get(path)
    assert (answer.status_code, answer.headers["X-Request-ID"] != "") in ((200, True), (403, True))
