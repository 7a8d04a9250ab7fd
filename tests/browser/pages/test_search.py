"""Search in the console: by words, by a picture and by conditions; what an address and a key show of it."""

import base64
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive, Console, signed_in
from tests.browser.other_keys import created_key
from tests.browser.watch import PageWatch

_PASTE = """content => {
  const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
  const clipboardData = new DataTransfer();
  clipboardData.items.add(new File([bytes], 'picture.jpg', { type: 'image/jpeg' }));
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""


def test_words_find_moment_at_its_second(page: Page, context: BrowserContext, archive: Archive) -> None:
    page.goto(f"/search?index={archive.index_id}&run={archive.run_id}")
    expect(page.get_by_role("heading", name="Find a moment")).to_be_visible()
    page.get_by_role("searchbox", name="Words to search for").fill("boarding at gate")
    expect(_hits(page).first).to_contain_text("text")
    expect(_hits(page).first.locator("mark").first).to_have_text(re.compile("boarding", re.IGNORECASE))
    heading = page.get_by_role("heading", name="Sample reel")
    expect(heading.get_by_title("From Archive")).to_be_visible()
    _has_pictures(_hits(page))
    accessibility.check(page)

    page.get_by_role("radio", name="Best first").click()
    expect(page.get_by_role("heading", name="Sample reel")).to_have_count(0)
    expect(_hits(page).first).to_contain_text("Sample reel")
    expect(_hits(page).first.get_by_title("From Archive")).to_be_visible()
    address = page.url
    colleague = context.new_page()
    colleague.goto(address)
    expect(_hits(colleague)).to_have_count(_hits(page).count())
    expect(colleague.get_by_role("searchbox")).to_have_value("boarding at gate")
    expect(colleague.get_by_role("radio", name="Best first")).to_be_checked()

    page.get_by_role("searchbox").blur()
    page.keyboard.press("j")
    expect(_hits(page).first).to_be_focused()
    page.keyboard.press("j")
    expect(_hits(page).nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.get_by_role("searchbox").blur()
    _hits(page).first.click()
    page.wait_for_url(f"**/media/{archive.video_id}?*")
    opened = parse_qs(urlsplit(page.url).query)
    assert 30 <= float(opened["t"][0]) <= 36
    assert opened["run"] == [archive.run_id]
    hit = page.get_by_role("group", name="Hits").get_by_role("button").first
    expect(hit).to_have_accessible_name(re.compile(r"^Hit, 0:\d\d – 0:\d\d, score 0\.\d\d$"))
    hit.click()
    start = int(re.findall(r"0:(\d\d)", hit.get_attribute("title") or "")[0])
    expect(page.get_by_role("slider", name="Timeline")).to_have_attribute("aria-valuenow", str(start))
    accessibility.check(page)
    page.go_back()
    expect(_hits(page).first).to_contain_text("Sample reel")
    assert page.url == address
    page.goto(f"/media/{archive.video_id}?run={archive.run_id}")
    expect(page.get_by_test_id("lane Segments")).to_be_visible()
    expect(page.get_by_role("group", name="Hits")).to_have_count(0)


def test_pasted_picture_finds_its_like(page: Page, archive: Archive) -> None:
    page.goto(f"/search?index={archive.index_id}&run={archive.run_id}")
    searchbox = page.get_by_role("searchbox")
    searchbox.fill("cat")
    expect(_hits(page).first).to_be_visible()
    searchbox.fill("")
    expect(page.get_by_role("heading", name="Find a moment")).to_be_visible()
    page.evaluate(_PASTE, base64.b64encode(archive.picture_path.read_bytes()).decode())
    expect(page.get_by_role("img", name="Picture of the search")).to_be_visible()
    expect(_hits(page).first).to_contain_text("picture 0.")
    _has_pictures(_hits(page))
    of_picture = _hits(page).first.get_attribute("href")
    searchbox.fill("cat")
    expect(_hits(page).first).to_contain_text("text")
    expect(_hits(page).first).to_have_attribute("href", of_picture or "")
    accessibility.check(page)

    segment_id = parse_qs(urlsplit(of_picture or "").query)["segment"][0]
    page.goto(f"/search?index={archive.index_id}&picture=segment:{segment_id}")
    expect(_hits(page).first).to_contain_text("picture 0.9")
    page.goto("/search?picture=tab:unknown")
    expect(page.get_by_text("Paste it again")).to_be_visible()


def test_condition_is_built_by_clicks(page: Page, context: BrowserContext, archive: Archive) -> None:
    page.goto(f"/search?index={archive.index_id}&run={archive.run_id}")
    page.get_by_role("button", name="Add condition").click()
    accessibility.check(page)
    page.get_by_role("button", name=re.compile("^Text on screen")).click()
    condition = page.get_by_role("group", name="Condition on Text on screen")
    condition.get_by_role("combobox", name="How Text on screen compares").click()
    page.get_by_role("option", name="has an entry that contains").click()
    expect(condition.locator("datalist option[value='FLIGHT TK417']")).to_have_count(1)
    condition.get_by_label("Value for Text on screen").fill("boarding")
    expect(_hits(page)).to_have_count(1)
    expect(_hits(page)).to_contain_text("BOARDING")
    accessibility.check(page)

    page.get_by_role("searchbox").fill("flight")
    expect(_hits(page)).to_have_count(1)
    expect(_hits(page)).to_contain_text("text")
    colleague = context.new_page()
    colleague.goto(page.url)
    expect(_hits(colleague)).to_have_count(1)
    expect(colleague.get_by_label("Value for Text on screen")).to_have_value("boarding")

    page.get_by_role("button", name="Remove the condition on Text on screen").click()
    expect(_hits(page)).not_to_have_count(1)
    page.get_by_role("button", name="Add condition").click()
    page.get_by_role("button", name=re.compile("^Has speech")).click()
    page.get_by_role("combobox", name="Value for Has speech").click()
    page.get_by_role("option", name="no", exact=True).click()
    expect(_hits(page).first).to_contain_text("Has speechno")


def test_other_tenant_and_lower_scope_see_their_own(
    browser: Browser, console: Console, watch: PageWatch, archive: Archive, data_folder: Path
) -> None:
    watch.expect("404")
    stranger = _page_of(browser, console, watch, created_key(data_folder, "admin", "strangers"), "admin")
    stranger.goto("/search?q=boarding")
    expect(stranger.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(stranger.get_by_role("button", name="Add condition")).to_have_count(0)
    stranger.goto(f"/search?q=boarding&index={archive.index_id}")
    expect(stranger.get_by_role("alert")).to_contain_text(archive.index_id)
    accessibility.check(stranger)

    searcher = _page_of(browser, console, watch, created_key(data_folder, "search"), "search")
    searcher.goto(f"/search?index={archive.index_id}")
    searcher.get_by_role("searchbox").fill("boarding at gate")
    hits = searcher.get_by_role("article")
    expect(hits.first).to_contain_text("BOARDING")
    _has_pictures(hits)
    expect(searcher.get_by_role("region", name="Hits").get_by_role("link")).to_have_count(0)
    expect(searcher.get_by_role("button", name="Add condition")).to_be_visible()
    accessibility.check(searcher)


def _hits(page: Page) -> Locator:
    """Return the links of hits, without those of the titles above them."""
    return page.get_by_role("region", name="Hits").locator("a:not(h2 a)")


def _has_pictures(hits: Locator) -> None:
    """Check that the picture of each hit is there."""
    pictures = hits.locator("img")
    expect(pictures).not_to_have_count(0)
    for picture in pictures.all():
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") > 0


def _page_of(browser: Browser, console: Console, watch: PageWatch, api_key: str, scope: str) -> Page:
    context = browser.new_context(base_url=console.url, viewport={"width": 1280, "height": 800})
    watch.attach(context)
    return signed_in(context, api_key, scope)
