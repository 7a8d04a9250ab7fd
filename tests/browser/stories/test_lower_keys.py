"""What other keys see: of a lower scope, of another tenant, and the next person in the same tab."""

import re
from pathlib import Path
from typing import Final

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.conftest import Archive, Console
from tests.browser.indexes import new_index
from tests.browser.other_keys import created_key
from tests.browser.watch import PageWatch, open_page

_CHANGES: Final = (
    "Upload",
    "Upload files",
    "Import by address",
    "Create index",
    "New prompt",
    "New run",
    "Start run",
    "Run prompt",
    "New export",
    "Start export",
    "Export results",
    "New connector",
    "New webhook",
    "New import",
    "Start import",
    "New automation",
    "Save",
)
"""Names of what changes something. Some page shows each of them to a key with every scope."""

_CHANGES_ELSEWHERE: Final = ("Delete", "Retry", "Resend")
"""Names of changes in menus, at failures and in deliveries."""


@pytest.fixture
def empty_index(api: httpx.Client) -> str:
    return new_index(api, "Nothing in it")


def _addresses(archive: Archive, empty_index: str) -> list[str]:
    return [
        "/",
        f"/indexes/{archive.index_id}",
        f"/indexes/{empty_index}",
        "/playground",
        f"/media/{archive.video_id}?run={archive.run_id}&compare={archive.fixed_run_id}",
        f"/media/{archive.picture_id}",
        f"/search?q=boarding&index={archive.index_id}",
        "/prompts",
        f"/prompts/{archive.prompt_id}",
        "/prompts/new",
        "/runs",
        f"/runs/{archive.run_id}",
        f"/runs/new?index={archive.index_id}",
        "/exports",
        f"/exports/new?run={archive.run_id}",
        "/connections",
        "/connections?tab=webhooks",
        "/imports",
        "/imports/new",
        "/automations",
        "/saved-searches",
        "/system",
    ]


def _sign_in(page: Page, key: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Key and settings")).to_be_visible()


def _settled(page: Page) -> None:
    """Wait until the page is drawn and nothing on it loads."""
    expect(page.locator("#page").locator("h1, [role=alert]").first).to_be_attached()
    expect(page.locator("#page [role=status]:has-text('Loading')")).to_have_count(0)


@pytest.mark.parametrize("scope", ["read", "search"])
def test_no_page_does_what_its_key_may_not(
    context: BrowserContext, archive: Archive, empty_index: str, data_folder: Path, scope: str
) -> None:
    page = open_page(context)
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status in (401, 403):
            refused.append(f"{page.url}: {answer.request.method} {answer.url} {answer.status}")

    page.on("response", note)
    _sign_in(page, created_key(data_folder, scope))
    shown = _shown_on_pages(page, _addresses(archive, empty_index), (*_CHANGES, *_CHANGES_ELSEWHERE))
    assert (shown, refused) == ({}, [])


def test_full_key_sees_every_change(
    context: BrowserContext, console: Console, archive: Archive, empty_index: str
) -> None:
    page = open_page(context)
    _sign_in(page, console.api_key)
    shown = _shown_on_pages(page, _addresses(archive, empty_index), _CHANGES)
    assert set(_CHANGES) - shown.keys() == set()


def _shown_on_pages(page: Page, addresses: list[str], names: tuple[str, ...]) -> dict[str, str]:
    """Open every page. Return the names of buttons and links that one of them shows, each with its page."""
    shown: dict[str, str] = {}
    for address in addresses:
        page.goto(address)
        _settled(page)
        for name in names:
            word = re.compile(rf"\b{name}\b")  # "Saved searches" saves nothing
            if page.get_by_role("button", name=word).or_(page.get_by_role("link", name=word)).count():
                shown[name] = address
    return shown


def test_tenant_sees_nothing_of_another(
    context: BrowserContext, archive: Archive, empty_index: str, data_folder: Path, watch: PageWatch
) -> None:
    watch.expect("status of 404")
    page = open_page(context)
    _sign_in(page, created_key(data_folder, "admin", "stranger"))
    theirs = ("Sample reel", "Archive prompt", "A cat", "boarding", "Scenes of the reel")
    for address in _addresses(archive, empty_index):
        page.goto(address)
        _settled(page)
        found = page.locator("#page").inner_text()
        assert [each for each in theirs if each in found.replace("“boarding”", "")] == [], address
    page.get_by_role("button", name="Activity").click()
    expect(page.get_by_role("complementary", name="Activity")).not_to_contain_text("Sample reel")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").first.fill("a")
    for each in theirs:
        expect(page.get_by_role("option", name=each)).to_have_count(0)


def test_nothing_of_a_session_outlives_it_in_its_tab(
    context: BrowserContext, console: Console, archive: Archive, data_folder: Path, watch: PageWatch
) -> None:
    page = open_page(context)
    _sign_in(page, console.api_key)
    page.goto("/prompts/new")
    page.get_by_role("textbox", name="Name", exact=True).fill("A secret plan")
    page.reload()
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("A secret plan")
    page.get_by_role("button", name="Key and settings").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    kept = page.evaluate(
        "JSON.stringify([{...sessionStorage}, {...localStorage}, history.state, document.title])"
    )
    assert console.api_key not in kept
    assert "secret" not in kept
    _sign_in(page, created_key(data_folder, "admin", "next"))
    page.goto("/prompts/new")
    expect(page.get_by_role("textbox", name="Name", exact=True)).to_have_value("")
