"""The palette and the keys: everything can be reached without a pointer."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive, Console


def _search_box(page: Page) -> Locator:
    return page.get_by_role("searchbox", name="Search everything")


def _open(page: Page) -> None:
    page.keyboard.press("ControlOrMeta+k")
    expect(page.get_by_role("combobox", name="Go to or do")).to_be_focused()


def test_palette_finds_media_and_runs_actions(page: Page, archive: Archive, console: Console) -> None:
    page.goto("/runs")
    expect(_search_box(page)).to_be_visible()
    _open(page)
    page.keyboard.type("a cat play")
    expect(page.get_by_role("option", name="A cat Playground")).to_be_visible()
    accessibility.check(page)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("sample reel arch")
    expect(page.get_by_role("option", name="Sample reel", selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console.url}/media/{archive.video_id}")
    _open(page)
    page.keyboard.type("zzz nowhere")
    expect(page.get_by_role("option", name='Search for "zzz nowhere"', selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{console.url}/search?q=zzz+nowhere")
    _open(page)
    page.keyboard.type("theme dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    _open(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox", name="Go to or do")).to_have_count(0)


@pytest.mark.parametrize("typed", ['"boarding gate"', "null", "1e3", "[2024]"])
def test_words_that_look_like_json_are_searched_as_typed(page: Page, typed: str) -> None:
    page.goto("/runs")
    _search_box(page).fill(typed)
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox", name="Words to search for")).to_have_value(typed)
    page.goto("/runs")
    expect(_search_box(page)).to_be_visible()
    _open(page)
    page.keyboard.type(typed)
    page.get_by_role("option", name=f'Search for "{typed}"').click()
    expect(page.get_by_role("searchbox", name="Words to search for")).to_have_value(typed)


def test_single_keys_can_be_turned_off(page: Page) -> None:
    page.goto("/runs")
    expect(_search_box(page)).to_be_visible()
    page.keyboard.press("?")
    help_window = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_window).to_contain_text("Search everything")
    accessibility.check(page)
    help_window.get_by_role("switch", name="Use keys without Ctrl or Command").click()
    page.keyboard.press("Escape")
    expect(help_window).to_have_count(0)
    page.keyboard.press("/")
    expect(_search_box(page)).not_to_be_focused()
    _open(page)


def test_keys_of_fields_stay_theirs(page: Page) -> None:
    page.goto("/runs")
    _search_box(page).fill("")
    page.keyboard.type("what? / why?")
    expect(_search_box(page)).to_have_value("what? / why?")
    expect(page.get_by_role("dialog")).to_have_count(0)
