"""Addresses of the documentation."""

import json
from pathlib import Path

import pytest
from starlette.requests import Request
from starlette.responses import Response

from shared.http.site.documentation import DocumentationSite


def _answer(folder: Path, path: str) -> Response | None:
    return DocumentationSite(folder).answer(
        Request({"type": "http", "method": "GET", "path": path, "headers": []})
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("index.html", "start/index.html", "404.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "moved.json").write_text(json.dumps({"guide": "start/"}))
    return tmp_path


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/docs", 308, "/docs/"),
        ("/docs/", 200, None),
        ("/docs/start/", 200, None),
        ("/docs/start", 308, "/docs/start/"),
        ("/docs/guide.md", 308, "/docs/start/"),
        ("/docs/guide/", 308, "/docs/start/"),
        ("/docs/other/", 404, None),
    ],
)
def test_addresses_lead_to_pages(folder: Path, path: str, status: int, location: str | None) -> None:
    found = _answer(folder, path)
    assert found is not None
    assert (found.status_code, found.headers.get("location")) == (status, location)


def test_missing_build_names_its_command(tmp_path: Path) -> None:
    found = _answer(tmp_path, "/docs/")
    assert found is not None
    assert found.status_code == 503
    assert b"make docs" in bytes(found.body)
