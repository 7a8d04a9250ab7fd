"""The frame of the console: rail, search box, menu of the key, themes, phones, and what a scope shows."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive, Console, signed_in


def test_pages_of_rail_open(page: Page, console: Console) -> None:
    page.goto("/")
    rail = page.get_by_role("navigation", name="Pages")
    for name in ("Search", "Prompts", "Runs", "Exports", "Connections", "System", "Library"):
        rail.get_by_role("link", name=name, exact=True).click()
        expect(page).to_have_url(f"{console.url}/{'' if name == 'Library' else name.lower()}")
        expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_attached()
        expect(rail.get_by_role("link", name=name, exact=True)).to_have_attribute("aria-current", "page")
    expect(rail.get_by_role("link", name="Help")).to_have_attribute("href", "/docs/")


def test_rail_lists_indexes(page: Page, archive: Archive) -> None:
    page.goto("/runs")
    indexes = page.get_by_role("list", name="Indexes")
    expect(indexes.get_by_role("link", name="Archive").first).to_have_attribute(
        "href", f"/indexes/{archive.index_id}"
    )
    expect(indexes.get_by_role("link", name="Playground")).to_have_attribute("href", "/playground")


def test_keys_reach_search_and_page(page: Page, console: Console) -> None:
    page.goto("/runs")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_focused()
    page.keyboard.type("a/b?")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console.url}/search?q=a%2Fb%3F")
    page.goto("/runs")
    expect(page.get_by_role("searchbox", name="Search everything")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_theme_is_kept(page: Page) -> None:
    page.goto("/runs")
    page.get_by_role("button", name="Key and settings").click()
    accessibility.check(page)
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_read_only_key_sees_no_upload(context: BrowserContext, console: Console) -> None:
    page = signed_in(context, console.api_key, "read")
    page.goto("/runs")
    expect(page.get_by_role("button", name="Activity")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_have_count(0)


def test_search_key_sees_search_alone(context: BrowserContext, console: Console) -> None:
    page = signed_in(context, console.api_key, "search")
    page.goto("/")
    expect(page).to_have_url(f"{console.url}/search")
    rail = page.get_by_role("navigation", name="Pages")
    expect(rail.get_by_role("link", name="Search")).to_be_visible()
    for name in ("Library", "Prompts", "Runs", "Exports", "Connections", "System"):
        expect(rail.get_by_role("link", name=name, exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Activity")).to_have_count(0)


def test_phone_has_pages_at_bottom(page: Page, console: Console) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/runs")
    bar = page.get_by_role("navigation", name="Pages")
    accessibility.check(page)
    bar.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="System").click()
    expect(page).to_have_url(f"{console.url}/system")
    page.get_by_role("button", name="Activity").click()
    expect(page.get_by_role("complementary", name="Activity")).to_be_visible()
    accessibility.check(page)


def test_server_of_laptop_answers_without_network(page: Page) -> None:
    page.goto("/runs")
    expect(page.get_by_role("heading", name="Runs")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('offline'))")  # as a laptop that leaves its Wi-Fi
    page.get_by_role("link", name="Prompts").first.click()
    expect(page.get_by_role("link", name="Scene description")).to_be_visible()


def test_unknown_address_says_so(page: Page, console: Console) -> None:
    page.goto("/no/such/page")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
    accessibility.check(page)
    page.get_by_role("link", name="Open the library", exact=True).click()
    expect(page).to_have_url(f"{console.url}/")


def test_keys_move_through_list_but_not_in_fields(page: Page, archive: Archive) -> None:
    page.goto("/prompts")
    rows = page.get_by_role("main").get_by_role("listitem").get_by_role("link")
    expect(rows.nth(1)).to_be_visible()
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    page.get_by_role("searchbox", name="Search prompts").fill("archive")
    page.keyboard.type("jk?")
    expect(page.get_by_role("searchbox", name="Search prompts")).to_have_value("archivejk?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"/indexes/{archive.index_id}")
    expect(page.get_by_role("link", name="Sample reel")).to_be_visible()
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(keys).to_contain_text("Next in the list")
    expect(keys).to_contain_text("Select")
