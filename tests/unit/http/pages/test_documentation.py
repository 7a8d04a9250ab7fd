"""The documentation as HTML: its links lead to pages that exist, and nothing outside ``docs`` is shown."""

import re

import pytest

from shared.http.pages import documentation

OPENAPI = "/api/v2/openapi.json"


def anchors(html: str) -> set[str]:
    return set(re.findall(r'<h\d id="([^"]*)"', html))


@pytest.mark.parametrize("name", sorted(documentation.names()))
def test_links_of_page_lead_to_pages_and_headings(name: str) -> None:
    title, html = documentation.as_html(name, OPENAPI)
    assert title
    assert "<h1" in html
    for link in re.findall(r'href="([^"]*)"', html):
        if link.startswith("http") or link == OPENAPI:
            continue
        path, _, anchor = link.partition("#")
        linked = path.removeprefix("/docs").removeprefix("/") or ("README" if path else name)
        assert linked in documentation.names(), link
        assert not anchor or anchor in anchors(documentation.as_html(linked, OPENAPI)[1]), link


def test_guide_keeps_tables_commands_and_links() -> None:
    title, html = documentation.as_html("guide", OPENAPI)
    assert title == "Guide"
    assert "<table>" in html
    assert 'href="/docs/settings"' in html
    assert 'href="/docs/adr/0014-format-of-an-archive"' in html
    assert "make serve PORT=8000" in html


def test_start_page_links_openapi_file() -> None:
    assert f'href="{OPENAPI}"' in documentation.as_html(documentation.START, OPENAPI)[1]


@pytest.mark.parametrize(
    "name", ["nothing", "../README", "guide.md", "adr", "/etc/hosts", "adr/../guide", ""]
)
def test_other_files_are_not_shown(name: str) -> None:
    with pytest.raises(KeyError):
        documentation.as_html(name, OPENAPI)
