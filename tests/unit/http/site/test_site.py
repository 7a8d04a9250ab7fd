"""The console and the documentation of a server: files, coding, caching, headers and missing builds."""

import gzip
import os
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from shared.http.app import create_app
from shared.http.site.site import add_site
from shared.runtime.local import local_runtime
from shared.settings import Settings

SCRIPT = b"export const name = 'console';" * 100
MEDIA = "http://media.example:9000"


def _write(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def console(tmp_path: Path) -> Path:
    folder = tmp_path / "console"
    _write(folder, "index.html", b"<title>console</title>")
    _write(folder, "assets/main-1a2b.js", SCRIPT)
    _write(folder, "assets/main-1a2b.js.gz", gzip.compress(SCRIPT))
    _write(folder, ".hidden.html", b"hidden")
    _write(tmp_path, "outside.txt", b"outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
def documentation(tmp_path: Path) -> Path:
    folder = tmp_path / "documentation"
    _write(folder, "index.html", b"<title>start</title>")
    _write(folder, "guides/search/index.html", b"<title>search</title>")
    _write(folder, "404.html", b"<title>not here</title>")
    _write(folder, "moved.json", b'{"guide": "guides/search/"}')
    return folder


@pytest.fixture
def application(tmp_path: Path) -> FastAPI:
    return create_app([], local_runtime(Settings(data_folder=tmp_path / "data")))


@pytest.fixture
def browser(application: FastAPI, console: Path, documentation: Path) -> TestClient:
    add_site(application, [MEDIA], console=console, documentation=documentation)
    return TestClient(application, headers={"Accept": "text/html"}, follow_redirects=False)


@pytest.mark.parametrize("path", ["/", "/library", "/videos/vid_1/at?t=3"])
def test_address_of_console_gives_its_page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>console</title>")
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"img-src 'self' blob: data: {MEDIA};" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("accepted", "coding"), [("br, gzip", "gzip"), ("gzip;q=0.5", "gzip"), ("gzip;q=0", None), ("", None)]
)
def test_file_is_sent_in_coding_that_client_takes(
    browser: TestClient, accepted: str, coding: str | None
) -> None:
    answer = browser.get("/assets/main-1a2b.js", headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == coding
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer.content == SCRIPT


def test_twin_older_than_its_file_is_not_sent(browser: TestClient, console: Path) -> None:
    os.utime(console / "assets/main-1a2b.js.gz", (1, 1))
    assert "Content-Encoding" not in browser.get("/assets/main-1a2b.js").headers


def test_unchanged_file_is_not_sent_again(browser: TestClient, console: Path) -> None:
    tag = browser.get("/").headers["ETag"]
    again = browser.get("/", headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    _write(console, "index.html", b"<title>another build</title>")
    assert browser.get("/", headers={"If-None-Match": tag}).status_code == 200


def test_head_has_the_headers_without_content(browser: TestClient) -> None:
    for path in ("/", "/docs/", "/assets/main-1a2b.js"):
        head, got = browser.head(path), browser.get(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["Content-Length"] == got.headers["Content-Length"]


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/favicon.ico",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/assets/..%5c..%5coutside.txt",
        "/link.txt",
        "/.hidden.html",
        "/assets/",
        f"/assets/{'a' * 300}.js",
        "/api",
        "/api/v2/nothing",
        "/media/nothing?token=x",
        "/metrics/nothing",
    ],
)
def test_what_no_build_has_is_not_found_as_json(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")


@pytest.mark.parametrize("path", ["/no-file.js", "/api/v2/nothing", "/health", "/docs", "/docs/no-file.js"])
def test_every_answer_is_inert_in_a_browser(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/json, text/plain, */*", ""])
def test_request_of_api_client_to_wrong_address_is_not_found(browser: TestClient, accept: str) -> None:
    for answer in (browser.get("/indexes", headers={"Accept": accept}), browser.post("/indexes")):
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "endpoint_not_found")
    assert browser.get("/", headers={"Accept": accept}).text == "<title>console</title>"


@pytest.mark.parametrize("path", ["a" * 300, "a/" * 3000])
def test_name_that_no_file_can_have_is_not_found(browser: TestClient, path: str) -> None:
    answer = browser.get(f"/docs/{path}")
    assert (answer.status_code, answer.text) == (404, "<title>not here</title>")


def test_documentation_has_pages_and_own_policy(browser: TestClient) -> None:
    answer = browser.get("/docs/guides/search/")
    assert answer.text == "<title>search</title>"
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy
    assert "connect-src 'self';" in policy
    missing = browser.get("/docs/nothing/")
    assert (missing.status_code, missing.text) == (404, "<title>not here</title>")


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("/docs", "/docs/"),
        ("/docs/guides/search", "/docs/guides/search/"),
        ("/docs/guide", "/docs/guides/search/"),
        ("/docs/guide.md", "/docs/guides/search/"),
        ("/docs?q=a%20b&c", "/docs/?q=a%20b&c"),
        ("/docs/guide?q=1", "/docs/guides/search/?q=1"),
    ],
)
def test_old_and_short_addresses_lead_to_the_page(browser: TestClient, typed: str, page: str) -> None:
    answer = browser.get(typed)
    assert (answer.status_code, answer.headers["Location"]) == (308, page)


def test_missing_builds_name_their_command(application: FastAPI, tmp_path: Path) -> None:
    add_site(application, console=tmp_path / "none", documentation=tmp_path / "none")
    browser = TestClient(application, headers={"Accept": "text/html"})
    for path, command in (("/library", "make console"), ("/docs/guide", "make docs")):
        answer = browser.get(path)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (503, "no-store")
        assert f"<pre>{command}</pre>" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert browser.get("/health").json() == {"status": "ok"}


def test_medium_has_its_page_where_links_have_tokens(
    application: FastAPI, console: Path, tmp_path: Path
) -> None:
    @application.get("/media/{file_name}")
    def link(file_name: str) -> str:
        return f"link of {file_name}"

    add_site(application, console=console, documentation=tmp_path)
    client = TestClient(application)
    page = {"Accept": "text/html,*/*;q=0.8"}
    assert "console" in client.get("/media/vid_1?t=3", headers=page).text
    assert client.get("/media/a.mp4?token=x", headers=page).json() == "link of a.mp4"
    assert client.get("/media/a.mp4").json() == "link of a.mp4"
    assert client.post("/media/vid_1", headers=page).status_code == 405
    missing = client.get("/media/a.mp4", headers=page)
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "endpoint_not_found")
