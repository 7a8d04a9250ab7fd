"""The frame of the console: every page of the rail opens."""

from playwright.sync_api import Page, expect


def test_pages_of_rail_open(page: Page) -> None:
    page.goto("/")
    rail = page.get_by_role("navigation", name="Pages")
    for name in ("Search", "Prompts", "Runs", "Connections", "System", "Library"):
        rail.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
