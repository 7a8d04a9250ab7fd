"""Sign-in by key and by link, and the ends of a session."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Console, signed_in
from tests.browser.watch import PageWatch, open_page
from tests.waiting import HANG_TIMEOUT

REFUSED = "the server responded with a status of 401"


def _sign_in(page: Page, api_key: str) -> None:
    page.get_by_label("API key").fill(api_key)
    page.get_by_role("button", name="Sign in").click()


def test_key_signs_in_and_leads_to_wanted_page(
    context: BrowserContext, console: Console, watch: PageWatch
) -> None:
    watch.expect(REFUSED)
    page = open_page(context)
    page.goto("/search?q=red+car")
    expect(page.get_by_role("heading", name="Sign in to VideoVector")).to_be_visible()
    expect(page).to_have_title("Sign in · VideoVector")
    accessibility.check(page)
    _sign_in(page, "sk_live_wrong")
    expect(page.get_by_text("The server does not accept this key.")).to_be_visible()
    accessibility.check(page)
    _sign_in(page, console.api_key)
    expect(page.get_by_role("button", name="Key and settings")).to_be_visible()
    expect(page).to_have_url(f"{console.url}/search?q=red+car")
    page.get_by_role("button", name="Key and settings").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    expect(page).to_have_url(f"{console.url}/sign-in")
    page.goto("/runs")
    expect(page.get_by_label("API key")).to_be_visible()


def test_used_link_says_so_and_leaves_address(
    context: BrowserContext, console: Console, watch: PageWatch
) -> None:
    watch.expect(REFUSED)
    page = open_page(context)
    page.goto("/#ticket=sgn_" + "0" * 64)
    expect(page.get_by_role("alert")).to_contain_text("The sign-in link is used or expired")
    command = page.get_by_role("region", name="Command for a sign-in link")
    expect(command).to_contain_text(f"keys sign-in-link --data ./data --address {console.url}")
    assert "ticket" not in page.url
    accessibility.check(page)
    _sign_in(page, console.api_key)
    expect(page).to_have_url(f"{console.url}/")


def test_sign_out_ends_key_of_link(
    context: BrowserContext, console: Console, data_folder: Path, watch: PageWatch
) -> None:
    command = [sys.executable, "-m", "shared.cli", "keys", "sign-in-link", "--data", str(data_folder)]
    made = subprocess.check_output([*command, "--address", console.url], text=True)
    page = open_page(context)
    with page.expect_response("**/console/sign-in") as signed_in_by_link:
        page.goto(next(word for word in made.split() if "#ticket=" in word))
    page.get_by_role("button", name="Key and settings").click()
    with page.expect_response("**/console/session") as ended:
        page.get_by_role("menuitem", name="Sign out").click()
    assert (ended.value.request.method, ended.value.status) == ("DELETE", 204)
    headers = {"X-API-Key": signed_in_by_link.value.json()["api_key"]}
    answer = httpx.get(f"{console.base_url}/console/session", headers=headers, timeout=HANG_TIMEOUT)
    assert answer.status_code == 401


def test_key_stays_in_its_tab(context: BrowserContext, console: Console) -> None:
    page = open_page(context)
    page.goto("/runs")
    _sign_in(page, console.api_key)
    expect(page).to_have_url(f"{console.url}/runs")
    assert console.api_key not in page.evaluate(
        "JSON.stringify(localStorage) + document.cookie + location.href"
    )
    other = open_page(context)
    other.goto("/runs")
    expect(other.get_by_label("API key")).to_be_visible()


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com/", "/\\example.com", "javascript:alert(1)"]
)
def test_next_address_stays_in_console(context: BrowserContext, console: Console, target: str) -> None:
    page = open_page(context)
    page.goto(f"/sign-in?next={target}")
    _sign_in(page, console.api_key)
    expect(page).to_have_url(f"{console.url}/")


def test_refused_key_returns_to_its_page(context: BrowserContext, console: Console, watch: PageWatch) -> None:
    watch.expect(REFUSED)
    page = signed_in(context, "sk_live_revoked")
    page.goto("/search?q=scene")
    expect(page.get_by_text("The server no longer accepts the key.")).to_be_visible()
    _sign_in(page, console.api_key)
    expect(page).to_have_url(f"{console.url}/search?q=scene")


def test_end_of_key_is_announced(context: BrowserContext, console: Console) -> None:
    page = signed_in(context, console.api_key, expires_at=datetime.now(UTC) + timedelta(hours=1))
    page.clock.install()
    page.goto("/runs")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    expect(page.get_by_text("The session ends at")).to_be_hidden()
    page.clock.fast_forward("52:00")
    expect(page.get_by_text("The session ends at")).to_be_visible()
    accessibility.check(page)
    page.get_by_role("button", name="Sign in again").click()
    expect(page).to_have_url(f"{console.url}/sign-in?next=%2Fruns")


def test_session_ends_with_its_key(context: BrowserContext, console: Console) -> None:
    page = signed_in(context, console.api_key, expires_at=datetime.now(UTC) + timedelta(hours=1))
    page.clock.install()
    page.goto("/runs")
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.clock.fast_forward("01:01:00")
    expect(page.get_by_text("The session has ended.")).to_be_visible()
    expect(page).to_have_url(f"{console.url}/sign-in?next=%2Fruns")
