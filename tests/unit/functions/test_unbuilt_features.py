"""Routes of the public API are built, or say that their feature is not."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from functions.api.application import create_application
from functions.api.gateway.entry import FALLBACK_RESOURCE, api_handler
from functions.api.unbuilt_features.features import SUBJECTS, Feature, unbuilt_root_routes, unbuilt_routes
from infra import routes as infra_routes
from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.robustness.public_routes import PUBLIC_ROOT_ROUTES, PUBLIC_ROUTES
from tests.robustness.routes import all_routes
from tests.unit.functions.gateway import Gateway

OPEN = ["GET /usage/metric-types", "GET /.well-known/oauth-protected-resource/mcp"]


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    return local_runtime(Settings(data_folder=tmp_path_factory.mktemp("data")))


@pytest.fixture(scope="module")
def client(runtime: Runtime) -> TestClient:
    return TestClient(create_application(runtime))


@pytest.fixture(scope="module")
def key(runtime: Runtime) -> dict[str, str]:
    _, secret = runtime.access.api_keys.create("acme", "usr_1", "test", [Scope.SEARCH])
    return {"X-API-Key": secret}


def _templates(routes: Iterable[str]) -> set[str]:
    return {re.sub(r"{\w+}", "{}", route) for route in routes}


def _unbuilt() -> list[str]:
    return [
        *(f"{route.method} {API_PREFIX}{route.path}" for route in unbuilt_routes()),
        *(f"{route.method} {route.path}" for route in unbuilt_root_routes()),
    ]


def test_public_route_is_either_built_or_named_as_unbuilt() -> None:
    public = [route.replace(" ", f" {API_PREFIX}", 1) for route in PUBLIC_ROUTES] + PUBLIC_ROOT_ROUTES
    built, unbuilt = _templates(all_routes()), _templates(_unbuilt())
    assert len(unbuilt) == len(_unbuilt())
    assert unbuilt == _templates(public) - built
    assert len(_templates(public)) == len(public) >= 130
    assert set(SUBJECTS) == set(Feature)


@pytest.mark.parametrize("route", _unbuilt())
def test_unbuilt_feature_is_named_after_key_is_checked(
    client: TestClient, key: dict[str, str], route: str
) -> None:
    method, path = re.sub(r"{\w+}", "made_up", route).split(" ")
    anonymous = client.request(method, path)
    is_open = route.replace(API_PREFIX, "") in OPEN
    assert anonymous.status_code == (404 if is_open else 401)
    answer = client.request(method, path, headers=key)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "feature_not_available")
    assert Feature(error["details"]["feature"])
    assert error["message"].endswith("not built yet in this server.")
    assert answer.headers["X-Request-ID"] == error["request_id"]


def test_form_for_unbuilt_feature_is_refused_by_name(client: TestClient, key: dict[str, str]) -> None:
    answer = client.post(f"{API_PREFIX}/chat/sessions", headers=key, files={"file": b"\0\xff{"})
    assert (answer.status_code, answer.json()["error"]["details"]) == (404, {"feature": "chat"})


def test_unbuilt_feature_is_named_on_aws(runtime: Runtime, key: dict[str, str]) -> None:
    """API Gateway sends requests that match no route to the function of the fallback resource."""
    assert FALLBACK_RESOURCE == infra_routes.FALLBACK_RESOURCE
    fallback = Gateway(api_handler(FALLBACK_RESOURCE, runtime), key)
    routed = {route.key for route in infra_routes.routes()}
    for method, path in (("GET", "/api/v2/usage"), ("POST", "/api/v2/chat/sessions"), ("POST", "/mcp")):
        assert f"{method} {path}" not in routed
        answer = fallback.request(method, path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "feature_not_available")


def test_page_of_routes_lists_unbuilt_routes() -> None:
    page = Path("docs/routes.md").read_text(encoding="utf-8").partition("## Not built yet")[2]
    assert [route for route in _unbuilt() if f"| `{route.replace(' ', '` | `')}` |" not in page] == []
