"""Indexes that a test makes for itself, because all tests share one server."""

import httpx
from playwright.sync_api import Locator, Page

from tests.waiting import wait_until


def new_index(api: httpx.Client, name: str) -> str:
    """Create an index. Return its id."""
    return str(api.post("/indexes", json={"name": name}).raise_for_status().json()["index_id"])


def section_of(page: Page, name: str) -> Locator:
    """Return the section of an index in the library. It is drawn once it is scrolled into sight."""
    section = page.get_by_role("group", name=name, exact=True)
    scroll = "main => { main.scrollTop = main.scrollTop + main.clientHeight / 2 }"
    wait_until(lambda: section.count() or page.get_by_role("main").evaluate(scroll), f"the section {name}")
    return section.first
