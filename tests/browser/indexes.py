"""Indexes that a test makes for itself, because all tests share one server."""

from pathlib import Path

import httpx
from playwright.sync_api import Locator, Page

from tests.waiting import wait_until


def new_index(api: httpx.Client, name: str) -> str:
    """Create an index. Return its id."""
    return str(api.post("/indexes", json={"name": name}).raise_for_status().json()["index_id"])


def import_file(api: httpx.Client, index_id: str, title: str, path: Path) -> str:
    """Import a file by the workflow route, which answers with the id of the medium."""
    with path.open("rb") as file:
        answer = api.post(
            "/workflow/upload", data={"title": title, "index_id": index_id}, files={"file": file}
        ).raise_for_status()
    return str(answer.json()["video"]["video_id"])


def section_of(page: Page, name: str) -> Locator:
    """Return the section of an index in the library. It is drawn once it is scrolled into sight."""
    section = page.get_by_role("group", name=name, exact=True)
    page.get_by_role("main").hover()

    def is_drawn_or_scrolled() -> bool:
        if section.count():
            return True
        page.mouse.wheel(0, 300)
        return False

    wait_until(is_drawn_or_scrolled, f"the section {name}")
    return section.first
