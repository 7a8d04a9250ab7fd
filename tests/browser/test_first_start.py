"""The first start: the link that a new server prints signs a browser in, once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.watch import PageWatch, open_page

LINE = "# In a browser: "


@pytest.fixture
def link(tmp_path: Path) -> Iterator[str]:
    """The link that a server on a new data folder prints."""
    command = [sys.executable, "-m", "shared.cli", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield next(line for line in process.stdout if line.startswith(LINE)).removeprefix(LINE).strip()
        finally:
            process.terminate()


def test_printed_link_signs_in_once(browser: Browser, link: str) -> None:
    parts = urlsplit(link)
    origin = f"{parts.scheme}://{parts.netloc}"
    watch = PageWatch((origin,))
    with browser.new_context() as first:
        watch.attach(first)
        page = open_page(first)
        page.goto(link)
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
        assert "ticket" not in page.url
        page.reload()
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
        assert watch.unexpected() == []
    with browser.new_context() as second:
        page = open_page(second)
        page.goto(link)
        expect(page.get_by_text("once")).to_be_visible()
        expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
        assert "ticket" not in page.url
