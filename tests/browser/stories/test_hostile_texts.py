"""Hostile texts in every place of the console: nothing runs, text stays text, and no page breaks."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Locator, Page, expect

from tests.browser.conftest import signed_in
from tests.browser.hostile_archive import FIELD, MARKUP, HostileArchive, hostile_archive
from tests.browser.watch import PageWatch
from tests.hostile_texts import TEXTS

_FAULTS: Final = """() => {
  const planted = document.querySelectorAll(`.planted, iframe, object, embed, base, marquee, main style,
    main script, [srcdoc], [onerror], [onload], [onfocus], [onmouseover]`);
  const schemes = /^(https?:|blob:|data:image\\/)/;
  const names = ['href', 'src', 'action', 'formaction', 'poster', 'xlink:href'];
  const addresses = [...document.querySelectorAll('#console *')]
    .flatMap(each => names.map(name => each.getAttribute(name)))
    .filter(each => each !== null && !schemes.test(new URL(each, location.href).href));
  const end = each => Math.round(each.getBoundingClientRect().right);
  const beyond = wide => [...wide.querySelectorAll('*')].filter(each => end(each) > end(wide)).slice(0, 9)
    .map(each => `${each.tagName} ${each.className} ${end(each)}`).join(', ');
  const wide = [document.scrollingElement, document.querySelector('#page')]
    .filter(each => each !== null && each.scrollWidth > each.clientWidth)
    .map(each => `${each.tagName} is ${each.scrollWidth - each.clientWidth} px too wide: ${beyond(each)}`);
  return [...[...planted].map(each => each.outerHTML.slice(0, 200)), ...addresses, ...wide];
}"""
_SHOWN: Final = """() => [document.body.innerText,
  ...[...document.querySelectorAll('input, textarea')].map(each => each.value)].join('\\n')"""


@dataclass
class Reader:
    """A reader of the archive. ``shown`` are the texts that stood on the pages so far, ``faults`` what the
    pages did wrong."""

    page: Page
    archive: HostileArchive
    shown: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def note_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def open(self, address: str) -> None:
        self.page.goto(address)
        self.read(self.page.locator("#page"))

    def read(self, place: Locator, text: str = MARKUP) -> None:
        """Wait until a place shows a text, then check the page."""
        expect(place.get_by_text(text).filter(visible=True).first).to_be_visible()
        self.faults += [f"{self.page.url}: {fault}" for fault in self.page.evaluate(_FAULTS)]
        words = _normal(self.page.evaluate(_SHOWN))
        self.shown |= {text for text in TEXTS if _normal(text) in words}


def _normal(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


@pytest.fixture
def reader(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with hostile_archive(tmp_path_factory.mktemp("hostile")) as archive:
        parts = urlsplit(archive.address.base_url)
        origin = f"{parts.scheme}://{parts.netloc}"
        watch = PageWatch((origin,))
        context = browser.new_context(base_url=origin, viewport={"width": 390, "height": 844})
        watch.attach(context)
        found = Reader(signed_in(context, archive.address.api_key), archive)
        found.page.on("dialog", found.note_dialog)
        yield found
        context.close()
        assert watch.unexpected() == []


def test_hostile_texts_stay_texts_on_every_page(reader: Reader) -> None:
    page, archive = reader.page, reader.archive
    run, other = archive.run_ids
    for address in (
        "/",
        f"/indexes/{archive.index_id}",
        "/playground",
        f"/media/{archive.video_id}?run={run}&compare={other}",
        f"/media/{archive.picture_id}",
        f"/search?{urlencode({'q': MARKUP, 'index': archive.index_id})}",
        "/prompts",
        f"/prompts/{archive.prompt_id}",
        "/runs",
        f"/runs/{run}",
        f"/runs/{archive.failed_run_id}",
        f"/runs/new?index={archive.index_id}&prompt={archive.prompt_id}",
        "/connections",
        f"/connections?tab=webhooks&webhook={archive.webhook_id}",
        "/system",
    ):
        reader.open(address)
    page.goto(f"/connections?tab=webhooks&webhook={archive.webhook_id}&delivery={archive.delivery_id}")
    reader.read(page.get_by_role("region", name="Answer of the receiver"))
    _read_results(reader, run)
    _read_search(reader)
    _read_frame(reader)
    assert reader.faults == []
    assert [text for text in TEXTS if text not in reader.shown] == []
    assert page.evaluate("({}).planted ?? window.planted ?? null") is None


def _read_results(reader: Reader, run: str) -> None:
    page = reader.page
    page.goto(f"/media/{reader.archive.video_id}?run={run}")
    results = page.get_by_role("region", name="Results")
    reader.read(page.get_by_test_id("transcript"), TEXTS[0])
    reader.read(results)
    results.get_by_text("JSON", exact=True).click()
    reader.read(results.get_by_role("region", name="Result as JSON"))
    page.goto(f"/runs/{run}")
    page.get_by_role("button", name="Show calls").click()
    calls = page.get_by_role("table", name="Calls to models").get_by_role("row")
    calls.nth(1).get_by_role("button").first.click()
    reader.read(page.get_by_role("dialog", name="Call to a model"))


def _read_search(reader: Reader) -> None:
    """Build a condition on a field with a hostile name, and read the values that the box suggests."""
    page = reader.page
    condition = {"field": FIELD, "type": "string", "operator": "contains", "value": "<"}
    page.goto(f"/search?{urlencode({'index': reader.archive.index_id, 'filter': json.dumps([condition])})}")
    reader.read(page.locator("#page"))
    expect(page.locator(f"datalist option[value='{FIELD}']")).to_be_attached()
    page.get_by_role("button", name="Add condition").click()
    reader.read(page.locator("body"), FIELD)


def _read_frame(reader: Reader) -> None:
    page = reader.page
    page.set_viewport_size({"width": 1280, "height": 800})
    reader.open("/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("listbox")
    reader.read(palette)
    page.get_by_role("combobox").first.fill("planted")
    reader.read(palette)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Activity").click()
    reader.archive.import_picture()
    reader.read(page.get_by_role("complementary", name="Activity"))
    page.goto("/docs/")
    page.get_by_role("button", name="Search").click()
    page.get_by_placeholder("Search").fill(MARKUP)
    reader.read(page.locator(".pagefind-ui__message"))
