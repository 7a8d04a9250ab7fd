"""The pages at ``/`` and ``/docs``."""

import base64
import hashlib
import re

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime
from tests.api.conftest import client_over

ORIGIN = "http://testserver"


@pytest.fixture
def browser(runtime: Runtime) -> TestClient:
    """A client without a key."""
    client = client_over(runtime, None)
    client.headers["Accept"] = "text/html"
    return client


def test_start_page_names_api_and_its_links_answer(browser: TestClient) -> None:
    answer = browser.get(f"{ORIGIN}/")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert f"{ORIGIN}/api/v2<" in answer.text
    links = re.findall(r'href="(/[^"]*)"', answer.text)
    assert {"/docs", "/docs/guide", "/api/v2/openapi.json", "/health"} <= set(links)
    for link in links:
        assert browser.get(ORIGIN + link).status_code == 200, link


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/guide", "/docs/api-decisions"])
def test_page_loads_nothing_and_runs_nothing(browser: TestClient, path: str) -> None:
    answer = browser.get(ORIGIN + path)
    (style,) = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    expected = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = answer.headers["Content-Security-Policy"]
    assert f"style-src 'sha256-{expected}'" in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script|<img|\ssrc=| style=|url\(", answer.text)


def test_pages_answer_head_and_refuse_other_methods(browser: TestClient) -> None:
    for path in ("/", "/docs", "/docs/guide"):
        head = browser.head(ORIGIN + path)
        assert (head.status_code, head.content) == (200, b"")
        refused = browser.post(ORIGIN + path)
        assert (refused.status_code, refused.json()["error"]["code"]) == (405, "method_not_allowed")
        assert refused.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("typed", "page"),
    [("/docs/", "/docs"), ("/docs/guide.md", "/docs/guide"), ("/docs/README.md", "/docs")],
)
def test_file_name_and_final_slash_show_the_page(browser: TestClient, typed: str, page: str) -> None:
    answer = browser.get(ORIGIN + typed)
    assert answer.status_code == 200
    assert answer.text == browser.get(ORIGIN + page).text


def test_unknown_page_is_not_found(browser: TestClient) -> None:
    for path in ("/docs/nothing", "/docs/.md.md", "/docs/..%2fREADME", "/docs/<script>"):
        answer = browser.get(ORIGIN + path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")
