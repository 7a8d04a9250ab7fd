"""The first start of a server: its printed link signs a browser in once, and leads to a found moment."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.cli.demo.sample import SAMPLE
from tests.browser.watch import PageWatch, open_page

LINE = "The server is ready. Open "
MOTORCYCLE = (26.4, 32.5)
"""The seconds of the sample reel that show the motorcycle."""


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


def test_printed_link_leads_to_found_moment(browser: Browser, link: str, tmp_path: Path) -> None:
    parts = urlsplit(link)
    watch = PageWatch((f"{parts.scheme}://{parts.netloc}",))
    film = tmp_path / "my reel.mp4"
    film.write_bytes(SAMPLE.read_bytes())
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        watch.attach(context)
        page = open_page(context)
        page.goto(link)
        expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
        assert "ticket" not in page.url
        page.reload()
        check_used_up(browser, link)
        upload(page, film)
        make_searchable(page)
        find(page, "a motorcycle", "my reel")
        play(page)
        assert watch.unexpected() == []


def check_used_up(browser: Browser, link: str) -> None:
    """Check that the link signs nobody in a second time."""
    with browser.new_context() as context:
        page = open_page(context)
        page.goto(link)
        expect(page.get_by_text("once")).to_be_visible()
        expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
        assert "ticket" not in page.url


def upload(page: Page, film: Path) -> None:
    """Make an index, and upload a film by the file picker."""
    page.get_by_role("button", name="Create index").click()
    page.get_by_label("Name").fill("Holidays")
    page.get_by_role("dialog").get_by_role("button", name="Create index").click()
    expect(page.get_by_role("heading", name="No media yet")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Upload files").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(film)
    expect(page.get_by_role("main").get_by_role("link", name="my reel")).to_be_visible()


def make_searchable(page: Page) -> None:
    """Follow the notice of the index to a run with the default prompt, and wait for its end."""
    page.get_by_role("link", name="Make searchable").click()
    expect(page.get_by_role("combobox", name="Prompt")).to_contain_text("Scene description")
    expect(page.get_by_text("1 video")).to_be_visible()
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("main").get_by_text("Completed", exact=True)).to_be_visible()


def find(page: Page, sought: str, title: str) -> None:
    """Search everything, see why the best moment of the film matches, and open it."""
    page.keyboard.press("/")
    page.keyboard.type(sought)
    page.keyboard.press("Enter")
    hits = page.get_by_role("region", name="Hits")
    hit = hits.get_by_role("group", name=title).get_by_role("link").nth(1)
    expect(hit.locator("mark").first).to_have_text("motorcycle")
    hit.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()


def play(page: Page) -> None:
    """Play the moment. The playhead is where the moment begins, and moves on."""
    page.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    second = "document.querySelector('video').currentTime"
    begun = float(page.evaluate(second))
    start, end = MOTORCYCLE
    assert start <= begun < end
    page.keyboard.press("Space")
    page.wait_for_function(f"() => {second} > {begun}")
