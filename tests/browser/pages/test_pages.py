"""Every page of the console: accessible, without overflow on a phone, and shown in the documentation."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive, Console, signed_in
from tests.browser.exhibition import Exhibition, open_exhibition
from tests.browser.pictures import Theme, show_in_documentation
from tests.browser.watch import open_page
from tests.receiver import running_receiver

ROUTES: Final = Path(__file__).parents[3] / "console" / "src" / "pages"
_AT_REST: Final = """() => document.querySelector('.animate-pulse, img[hidden]') === null
  && [...document.images].every(image => image.complete)"""
_WIDER_THAN_WINDOW: Final = """() => [...document.querySelectorAll('body, main, main *')]
  .filter(each => each.getBoundingClientRect().right > innerWidth + 1
    && !each.closest('[class*=overflow-], .sr-only, svg'))
  .map(each => each.outerHTML.slice(0, 200))"""


@dataclass(frozen=True)
class ConsolePage:
    """``address`` has names of an exhibition in braces; ``shows`` is a text of the page at rest."""

    route: str
    address: str
    shows: str
    theme: Theme = "light"


PAGES: Final = {
    "sign-in": ConsolePage("/sign-in", "/sign-in", "API key"),
    "library": ConsolePage("/", "/", "Playground"),
    "index": ConsolePage("/indexes/$indexId", "/indexes/{index_id}", "Sort by", "dark"),
    "playground": ConsolePage("/playground", "/playground", "A cat"),
    "medium": ConsolePage(
        "/media/$videoId", "/media/{video_id}?t=7.5&run={video_run_id}", "Mr. John Dashwood had then", "dark"
    ),
    "search": ConsolePage("/search", "/search?q=rainfall+in+Lisbon", "MONTHLY"),
    "saved-searches": ConsolePage("/saved-searches", "/saved-searches", "Boarding at the gate"),
    "saved-search": ConsolePage(
        "/saved-searches/$savedSearchId", "/saved-searches/{saved_search_id}", "Change lowest score"
    ),
    "prompts": ConsolePage("/prompts", "/prompts", "Archive prompt"),
    "new-prompt": ConsolePage("/prompts/new", "/prompts/new", "Start from an example"),
    "prompt": ConsolePage("/prompts/$promptId", "/prompts/{prompt_id}", "Fields of each segment"),
    "runs": ConsolePage("/runs", "/runs", "Archive prompt"),
    "new-run": ConsolePage("/runs/new", "/runs/new?index={index_id}&prompt={prompt_id}", "One unit (MT)"),
    "run": ConsolePage("/runs/$runId", "/runs/{run_id}", "Results of whole media"),
    "exports": ConsolePage("/exports", "/exports", "Results of the city: films"),
    "new-export": ConsolePage(
        "/exports/new", "/exports/new?run={run_id}&format=parquet", "At most 64 MiB", "dark"
    ),
    "export": ConsolePage("/exports/$exportId", "/exports/{export_id}", "How to open it"),
    "connections": ConsolePage("/connections", "/connections", "Film bucket"),
    "imports": ConsolePage("/imports", "/imports", "Stills of the city (*.png)"),
    "new-import": ConsolePage(
        "/imports/new",
        "/imports/new?connector={connector_id}&index={import_index_id}&pattern=stills%2F2024%2F*",
        "Leave out what does not look like media",
    ),
    "import": ConsolePage("/imports/$jobId", "/imports/{import_job_id}", "damaged.png"),
    "automations": ConsolePage("/automations", "/automations", "Import into Stills"),
    "automation": ConsolePage("/automations", "/automations?index={import_index_id}&kind=import", "Open run"),
    "webhooks": ConsolePage("/connections", "/connections?tab=webhooks&webhook={webhook_id}", "Newsroom"),
    "system": ConsolePage("/system", "/system", "Models in use"),
}


@pytest.fixture(scope="module")
def exhibition(
    console: Console, archive: Archive, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exhibition]:
    folder = tmp_path_factory.mktemp("exhibition")
    with running_receiver() as receiver:
        yield open_exhibition(console.base_url, console.api_key, archive, data_folder, folder, receiver.url)


def test_every_route_has_a_page_here() -> None:
    routes = {
        path
        for file in ROUTES.glob("*/routes.ts")
        for path in re.findall(r"^\s+path: '([^']+)'", file.read_text("utf-8"), re.MULTILINE)
    }
    assert routes == {page.route for page in PAGES.values()}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_and_documented(
    name: str, context: BrowserContext, console: Console, exhibition: Exhibition
) -> None:
    opened = PAGES[name]
    page = open_page(context) if opened.route == "/sign-in" else signed_in(context, console.api_key)
    page.goto(opened.address.format(**asdict(exhibition)))
    expect(page.get_by_text(opened.shows).first).to_be_attached()
    page.wait_for_function(_AT_REST)
    accessibility.check(page)
    _check_headings(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate(_WIDER_THAN_WINDOW) == []
    show_in_documentation(page, name, theme=opened.theme)


def _check_headings(page: Page) -> None:
    """Check that the page has one heading of level 1, and that no level is left out."""
    found = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(each => +each.tagName[1])")
    assert found.count(1) == 1, found
    assert all(below - above <= 1 for above, below in pairwise(found)), found
