"""Saved searches in the console: saved from a search, tested, matched by a run, paused and deleted."""

import re

import httpx
from playwright.sync_api import Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive
from tests.waiting import wait_until


def _finish_run(api: httpx.Client, archive: Archive) -> str:
    """Run the archive's prompt over its index again, and wait for its end."""
    target = {"type": "index", "index_id": archive.index_id}
    started = api.post("/prompt-runs/execute", json={"prompt_id": archive.prompt_id, "target": target})
    run_id = str(started.raise_for_status().json()["run_id"])
    wait_until(lambda: api.get(f"/prompt-runs/{run_id}").json()["status"] == "completed", "the run")
    return run_id


def test_search_is_saved_matched_paused_and_deleted(page: Page, api: httpx.Client, archive: Archive) -> None:
    page.goto(f"/search?index={archive.index_id}&q=boarding+at+gate")
    page.get_by_role("button", name="Save and alert").click()
    dialog = page.get_by_role("dialog", name="Save this search")
    dialog.get_by_label("Name").fill("Last call")
    dialog.get_by_label("Lowest score").fill("0.2")
    accessibility.check(page)
    dialog.get_by_role("button", name="Save and alert").click()
    page.wait_for_url("**/saved-searches?id=*")
    expect(page.get_by_role("heading", name="Last call")).to_contain_text("enabled")
    expect(page.get_by_text("“boarding at gate”, text at least 0.20")).to_be_visible()
    expect(page.get_by_text("No match yet")).to_be_visible()

    page.get_by_role("button", name="Show what matches now").click()
    now = page.get_by_role("region", name="What matches now")
    expect(now.get_by_role("status")).to_contain_text(re.compile(r"\d segments?"))
    accessibility.check(page)

    page.get_by_label("Lowest score").fill("0.1")
    page.get_by_role("button", name="Change lowest score").click()
    expect(page.get_by_text("“boarding at gate”, text at least 0.10")).to_be_visible()

    run_id = _finish_run(api, archive)
    found = page.get_by_role("region", name="Matches", exact=True)
    expect(found.get_by_role("link", name="Run")).to_have_attribute("href", f"/runs/{run_id}")
    segment = found.get_by_role("link", name=re.compile(r"\d:\d\d")).first
    segment.click()
    page.wait_for_url(f"**/media/{archive.video_id}?*")
    page.go_back()

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Last call")).to_contain_text("paused")
    address = page.url
    page.get_by_role("link", name="All saved searches").click()
    page.get_by_role("link", name="Webhooks can deliver it.").click()
    page.get_by_role("button", name="New webhook").first.click()
    alert = page.get_by_role("checkbox", name="A saved search matches new segments")
    expect(alert).to_be_visible()
    page.goto(address.replace("?id=", "/"))
    page.wait_for_url(address)
    page.get_by_role("link", name="All saved searches").click()
    row = page.get_by_role("listitem").filter(has_text="Last call")
    expect(row).to_contain_text("Last match")
    accessibility.check(page)
    row.get_by_role("link").click()
    page.get_by_role("button", name="Delete saved search").click()
    question = page.get_by_role("alertdialog")
    question.get_by_role("button", name="Delete saved search").click()
    page.wait_for_url("**/saved-searches")
    expect(row).to_have_count(0)
