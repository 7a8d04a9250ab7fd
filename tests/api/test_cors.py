"""Cross-origin requests and OPTIONS, against the whole application."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.domain.access import Scope
from shared.http.cors import EXPOSED_HEADERS, METHODS, REQUEST_HEADERS
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.api.conftest import client_over

PAGE = "https://page.example"
OTHER = "https://other.example"
LIMIT = 4096


@pytest.fixture
def opened(tmp_path: Path) -> Runtime:
    """A runtime that pages of three origins may call."""
    return local_runtime(
        Settings(
            data_folder=tmp_path / "data",
            public_base_url="http://testserver",
            browser_origins=f"{PAGE}, http://LOCALHOST:80/,http://[::1]:3000",
            max_json_body_bytes=LIMIT,
        )
    )


@pytest.fixture
def browser(opened: Runtime) -> TestClient:
    """A client with a key that sends the origin of a page."""
    client = client_over(opened, Scope.ADMIN)
    client.headers["Origin"] = PAGE
    return client


@pytest.mark.parametrize(
    "path", ["/indexes", "/videos/vid_1", "http://testserver/media/a.mp4", "http://testserver/upload-parts"]
)
@pytest.mark.parametrize("method", METHODS)
def test_preflight_of_configured_origin_needs_no_key(opened: Runtime, path: str, method: str) -> None:
    asking = {"Origin": PAGE, "Access-Control-Request-Method": method}
    asking["Access-Control-Request-Headers"] = "x-api-key,range"
    answer = client_over(opened, None).options(path, headers=asking)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert answer.headers["Access-Control-Allow-Headers"].split(", ") == list(REQUEST_HEADERS)
    assert int(answer.headers["Access-Control-Max-Age"]) > 0
    assert answer.headers["Vary"].startswith("Origin")
    assert "X-Request-ID" in answer.headers


@pytest.mark.parametrize("origin", ["http://localhost", "http://[::1]:3000"])
def test_origin_is_compared_as_browsers_send_it(opened: Runtime, origin: str) -> None:
    asking = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    assert client_over(opened, None).options("/indexes", headers=asking).status_code == 204


@pytest.mark.parametrize(
    "origin", [OTHER, "null", f"{PAGE}.evil.example", f"{PAGE}:8443", "http://page.example"]
)
def test_other_origins_get_no_allow_header(browser: TestClient, origin: str) -> None:
    asking = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    refused = browser.options("/indexes", headers=asking)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "cors_origin_refused")
    answer = browser.get("/indexes", headers={"Origin": origin})
    assert answer.status_code == 200
    for each in (refused, answer):
        assert "Access-Control-Allow-Origin" not in each.headers
        assert each.headers["Vary"].startswith("Origin")


def test_answer_exposes_headers_to_configured_origin(browser: TestClient) -> None:
    answer = browser.get("/indexes")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE
    assert answer.headers["Access-Control-Expose-Headers"].split(", ") == list(EXPOSED_HEADERS)
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_errors_reach_page_of_configured_origin(
    browser: TestClient, opened: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(opened.library.indexes, "list", broken)
    answers = {
        401: browser.get("/videos/vid_1", headers={"X-API-Key": "sk_live_" + "0" * 48}),
        403: browser.get("http://testserver/media/a.mp4?token=x"),
        404: browser.get("/nothing"),
        405: browser.patch("/indexes"),
        413: browser.post("/indexes", content=b'"' + b"x" * LIMIT + b'"'),
        422: browser.post("/indexes", json={}),
        500: browser.get("/indexes"),
    }
    for status, answer in answers.items():
        assert answer.status_code == status
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE, status
        assert answer.headers["Vary"].startswith("Origin"), status
        assert answer.headers["X-Request-ID"] == answer.json()["error"]["request_id"], status


def test_answer_without_origin_varies_by_origin(opened: Runtime) -> None:
    """A cached answer without the CORS headers must not be given to a page."""
    answer = client_over(opened).get("/indexes")
    assert answer.headers["Vary"] == "Origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_no_origin_is_permitted_by_default(client: TestClient) -> None:
    answer = client.get("/indexes", headers={"Origin": PAGE})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    asking = {"Origin": PAGE, "Access-Control-Request-Method": "GET"}
    assert "Access-Control-Allow-Origin" not in client.options("/indexes", headers=asking).headers


def test_options_names_methods_of_path_without_key(runtime: Runtime) -> None:
    client = client_over(runtime, None)
    answer = client.options("/indexes/idx_1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Allow"] == "DELETE, GET, HEAD, OPTIONS"
    assert client.options("/nothing").status_code == 404
