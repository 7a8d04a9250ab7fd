"""An archive comes in: a store is previewed and imported, what failed is retried, and new files follow."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.automation_interval import end_interval_of_paused
from tests.browser.conftest import Archive, Console, signed_in
from tests.browser.film_store import BROKEN, connected, film_store, still
from tests.browser.indexes import new_index
from tests.browser.other_keys import created_key
from tests.browser.watch import PageWatch
from tests.stores.providers import Provider
from tests.waiting import wait_until


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Provider]:
    made = film_store(tmp_path)
    yield made
    made.close()


def _select(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).last.click()
    page.get_by_role("option", name=option, exact=True).click()


def test_folder_of_a_store_is_previewed_imported_and_retried(
    page: Page, api: httpx.Client, store: Provider, tmp_path: Path
) -> None:
    connected(api, store, "Story of stills")
    page.goto("/connections")
    page.get_by_role("listitem", name="Story of stills").get_by_role("button", name="Browse").click()
    page.get_by_role("list", name="Files").get_by_role("button", name="stills").click()
    page.get_by_role("link", name="Import this folder").click()
    preview = page.get_by_role("region", name="What would come")
    expect(preview.get_by_role("status")).to_contain_text("10 files")
    expect(preview.get_by_role("status")).to_contain_text("3 files do not look like media")
    preview.get_by_role("button", name="Leave out what does not look like media").click()
    expect(page.get_by_label("Pattern")).to_have_value("*.png")
    expect(preview.get_by_role("status")).to_contain_text("7 files")
    expect(preview.get_by_role("status")).to_contain_text("3 of 10 files stay out.")
    preview.get_by_role("radio", name="Left out").click()
    expect(preview.get_by_text("2023/contents.txt")).to_be_visible()
    page.get_by_label("Name of the new index").fill("Stills of the story")
    page.get_by_role("button", name="Start import").click()

    page.wait_for_url("**/imports/imp_*")
    head = page.locator("#page header").get_by_role("status").first
    expect(head).to_contain_text("Completed with failures")
    failed = page.get_by_role("list", name="Files that failed")
    expect(failed.get_by_text("stills/2024/damaged.png")).to_be_visible()
    expect(failed.get_by_role("listitem").first).to_contain_text("1 file")
    expect(page.get_by_text("None was asked for.")).to_be_visible()
    accessibility.check(page)
    page.get_by_role("radio", name="Media").click()
    media = page.get_by_role("list", name="Media")
    expect(media.get_by_role("link")).to_have_count(6)
    page.get_by_role("radio", name=re.compile("All files")).click()
    expect(page.get_by_role("list", name="All files").get_by_text("stills/2023/still-01.png")).to_be_visible()

    store.put(BROKEN, still(tmp_path, 999))
    page.get_by_role("button", name="Retry 1 file anyway").click()
    expect(head).to_contain_text(re.compile("Completed(?! with)"))
    page.get_by_role("radio", name="Media").click()
    expect(media.get_by_role("link")).to_have_count(7)
    media.get_by_role("link", name="damaged").click()
    page.wait_for_url("**/media/vid_*")


def test_automation_made_by_clicks_imports_a_new_file(
    page: Page, api: httpx.Client, store: Provider, archive: Archive, data_folder: Path, tmp_path: Path
) -> None:
    connected(api, store, "Watched stills")
    index_id = new_index(api, "Watched")
    page.goto("/automations")
    page.get_by_role("button", name="New automation").first.click()
    dialog = page.get_by_role("dialog", name="New automation")
    _select(page, "Index", "Watched")
    _select(page, "Connector", "Watched stills")
    dialog.get_by_label("Prefix").fill("stills/2024/")
    dialog.get_by_label("Pattern").fill("still-*.png")
    expect(dialog.get_by_role("status")).to_contain_text("Now 3 files would fit")
    _select(page, "Prompt to run over what came", "Archive prompt")
    accessibility.check(page)
    dialog.get_by_role("button", name="Save automation").click()
    page.wait_for_url("**/automations?index=*")
    expect(page.get_by_role("heading", name="Import into Watched")).to_contain_text("active")
    expect(page.get_by_text("It has not looked yet.")).to_be_visible()
    assert api.get(f"/indexes/{index_id}/automations/import").json()["debounce_interval"] == "5m"

    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Import into Watched")).to_contain_text("paused")
    store.put("stills/2024/still-new.png", still(tmp_path, 1000))
    end_interval_of_paused(data_folder, index_id)
    page.get_by_role("button", name="Resume").click()
    history = page.get_by_role("region", name="What it did")
    expect(history.get_by_text("Run started")).to_be_visible()
    expect(history.get_by_text("Import started")).to_be_visible()
    accessibility.check(page)
    history.get_by_role("link", name="Open import").first.click()
    following = page.get_by_role("region", name="Prompt run afterwards")
    expect(following).to_contain_text("The run over the media has started.")
    page.get_by_role("radio", name="Media").click()
    expect(page.get_by_role("list", name="Media").get_by_role("link", name="still-new")).to_be_visible()
    following.get_by_role("link", name="Open run").click()
    page.wait_for_url("**/runs/run_*")
    expect(page.locator("#page header").get_by_role("status").first).to_contain_text("Completed")

    page.goto(f"/automations?index={index_id}&kind=import")
    page.get_by_role("button", name="Edit").click()
    edit = page.get_by_role("dialog", name="Edit the automation of Watched")
    _select(page, "Import after", "1 day")
    edit.get_by_role("button", name="Save automation").click()
    expect(edit).to_have_count(0)
    expect(page.get_by_role("region", name="Settings")).to_contain_text("1 day")
    page.get_by_role("button", name="Delete automation").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete automation").click()
    page.wait_for_url("**/automations")
    expect(page.get_by_role("link", name="Import into Watched")).to_have_count(0)


def test_import_under_way_is_cancelled_and_continued(page: Page, api: httpx.Client, tmp_path: Path) -> None:
    store = film_store(tmp_path, pictures=150)
    connector_id = connected(api, store, "Many stills")
    index_id = new_index(api, "Stopped")
    body = {"connector_id": connector_id, "index_id": index_id, "file_pattern": "*.png"}
    job_id = api.post("/import-jobs", json=body).raise_for_status().json()["job_id"]
    page.goto(f"/imports/{job_id}")
    page.get_by_role("button", name="Cancel import").click()
    question = page.get_by_role("alertdialog", name="Cancel this import?")
    expect(question).to_contain_text("stay")
    accessibility.check(page)
    question.get_by_role("button", name="Cancel import").click()
    head = page.locator("#page header").get_by_role("status").first
    expect(head).to_contain_text("Cancelled")
    expect(page.get_by_role("region", name="Progress")).to_contain_text("Not begun")
    page.get_by_role("button", name="Continue import").click()
    wait_until(lambda: api.get(f"/import-jobs/{job_id}").json()["progress"]["imported"] == 300, "all files")
    expect(head).to_contain_text("Completed with failures")
    page.get_by_role("link", name="All imports").click()
    _select(page, "Index", "Stopped")
    expect(page.get_by_role("list", name="Imports").get_by_role("listitem")).to_have_count(1)
    page.get_by_role("checkbox", name="Only of automations").check()
    expect(page.get_by_text("No import fits these filters")).to_be_visible()
    store.close()


def test_failed_attachment_is_retried_from_new_address(
    page: Page, api: httpx.Client, watch: PageWatch
) -> None:
    watch.expect("status of 422")
    files = [{"download_url": f"https://films.invalid/{name}.mp4", "file_id": name} for name in ("a", "b")]
    sent = api.post("/workflow/attachments", json={"files": files, "index_id": new_index(api, "Attached")})
    job_id = sent.raise_for_status().json()["job_id"]
    wait_until(lambda: api.get(f"/import-jobs/{job_id}").json()["status"] == "failed", "the failure")
    page.goto("/imports")
    row = page.get_by_role("list", name="Imports").get_by_role("listitem").filter(has_text="into Attached")
    expect(row).to_contain_text("into Attached, 2 failed")
    row.get_by_role("link", name="a.mp4 and 1 more").click()
    page.get_by_role("button", name="Give new addresses").click()
    dialog = page.get_by_role("dialog", name="Retry with new addresses")
    address = dialog.get_by_label("New address of b.mp4")
    address.fill("http://films.invalid/c.mp4")
    accessibility.check(page)
    dialog.get_by_role("button", name="Retry 2 files").click()
    expect(dialog.get_by_role("alert")).to_contain_text("https://")
    address.fill("https://films.invalid/c.mp4")
    with page.expect_request("**/retry") as request:
        dialog.get_by_role("button", name="Retry 2 files").click()
    expect(dialog).to_have_count(0)
    new = {"download_url": "https://films.invalid/c.mp4", "file_id": "b", "file_name": "b.mp4"}
    assert request.value.post_data_json == {"files": [new]}


def test_export_automation_is_made_and_paused(
    page: Page, api: httpx.Client, store: Provider, watch: PageWatch
) -> None:
    watch.expect("status of 422")
    connected(api, store, "Results of stills", scopes=["export"])
    new_index(api, "Exported")
    page.goto("/automations")
    page.get_by_role("button", name="New automation").first.click()
    dialog = page.get_by_role("dialog", name="New automation")
    dialog.get_by_role("radio", name="Export results").click()
    _select(page, "Index", "Exported")
    _select(page, "Connector", "Results of stills")
    dialog.get_by_label("Folder").fill("../out")
    dialog.get_by_role("button", name="Save automation").click()
    expect(dialog.locator("[data-invalid]").first).to_be_visible()
    dialog.get_by_label("Folder").fill("films")
    dialog.get_by_role("button", name="Save automation").click()
    expect(page.get_by_role("heading", name="Export from Exported")).to_contain_text("active")
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("heading", name="Export from Exported")).to_contain_text("paused")


def test_read_key_sees_imports_and_automations_without_actions(
    context: BrowserContext, console: Console, api: httpx.Client, store: Provider, data_folder: Path
) -> None:
    connector_id = connected(api, store, "Read stills")
    index_id = new_index(api, "Only read")
    api.put(f"/indexes/{index_id}/automations/import", json={"connector_id": connector_id}).raise_for_status()
    body = {"connector_id": connector_id, "index_id": index_id}
    job_id = api.post("/import-jobs", json=body).raise_for_status().json()["job_id"]
    wait_until(lambda: api.get(f"/import-jobs/{job_id}").json()["status"] == "completed", "the import")
    page = signed_in(context, created_key(data_folder, "read"), "read")
    for address, shown in (
        ("/imports", "Read stills"),
        (f"/imports/{job_id}", "Prompt run afterwards"),
        ("/automations", "Import into Only read"),
        (f"/automations?index={index_id}&kind=import", "What it did"),
        (f"/connections?connector={connector_id}", "Read stills"),
    ):
        page.goto(address)
        expect(page.get_by_text(shown).first).to_be_visible()
        for name in ("New", "Retry", "Cancel", "Pause", "Edit", "Delete", "Import this"):
            buttons = page.locator("#page").get_by_role("button", name=re.compile(f"^{name}"))
            expect(
                buttons.or_(page.locator("#page").get_by_role("link", name=re.compile(f"^{name}")))
            ).to_have_count(0)
    page.goto("/imports/new")
    expect(page.get_by_role("heading", name="This key may not open this page")).to_be_visible()
