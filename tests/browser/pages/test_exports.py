"""Exports in the console: from the form to the file, into a store, and failures in words."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from shared.domain.connectors.credentials import S3Keys
from tests.browser import accessibility
from tests.browser.conftest import Archive
from tests.browser.film_store import connected
from tests.browser.watch import PageWatch
from tests.stores.providers import Provider, provider


@pytest.fixture
def store() -> Iterator[Provider]:
    made = provider("s3")
    yield made
    made.close()


def _select(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).first.click()


def test_chosen_run_of_index_is_exported_and_downloaded(
    page: Page, api: httpx.Client, archive: Archive, tmp_path: Path
) -> None:
    page.goto(f"/indexes/{archive.index_id}")
    page.get_by_role("button", name="Actions", exact=True).click()
    page.get_by_role("menuitem", name="Export results").click()
    expect(page.get_by_role("combobox", name="Index")).to_have_text("Archive")
    expect(page.get_by_role("region", name="What it contains")).to_contain_text("at this moment")
    expect(page.get_by_role("radio", name="SQLite")).to_have_count(0)
    page.get_by_role("radio", name="Chosen runs").click()
    expect(page.get_by_text("Choose at least one run.")).to_be_visible()
    expect(page.get_by_role("button", name="Start export")).to_be_disabled()
    page.get_by_role("list", name="Which runs").get_by_role("checkbox").last.check()
    expect(page.get_by_role("radio", name="SQLite")).to_be_visible()
    page.get_by_role("radio", name="JSON", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="CSV")).to_be_checked()
    accessibility.check(page)
    page.get_by_role("button", name="Start export").dblclick()

    page.wait_for_url("**/exports/exp_*")
    head = page.locator("#page header").get_by_role("status").first
    expect(head).to_contain_text("Ready")
    expect(
        page.get_by_role("region", name="Settings").get_by_role("link", name="Archive prompt")
    ).to_be_visible()
    accessibility.check(page)
    with page.expect_download() as started:
        page.get_by_role("button", name=re.compile("^Download")).click()
    expect(page.get_by_text("The file is saved.")).to_be_visible()
    export_id = page.url.rpartition("/")[2]
    found = api.get(f"/exports/{export_id}").json()
    assert started.value.suggested_filename == found["file_name"]
    saved = tmp_path / "saved.csv"
    started.value.save_as(saved)
    assert saved.read_bytes() == api.get(f"/exports/{export_id}/download").content
    rows = list(csv.DictReader(io.StringIO(saved.read_text("utf-8-sig"))))
    assert len(rows) == found["progress"]["segments"]
    assert found["export_params"]["prompt_run_ids"] is not None

    page.get_by_role("link", name="All exports").click()
    rows_of_page = page.get_by_role("list", name="Exports").get_by_role("listitem")
    expect(rows_of_page.first).to_contain_text("CSV, Download")
    assert [each["export_id"] for each in api.get("/exports").json()].count(export_id) == 1
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/exports/{export_id}")


def test_export_goes_into_store_and_failure_is_shown_in_words(
    page: Page, api: httpx.Client, archive: Archive, store: Provider, watch: PageWatch
) -> None:
    watch.expect("status of 422")
    connector_id = connected(api, store, "Results of runs", scopes=["export"])
    page.goto(f"/runs/{archive.run_id}")
    page.get_by_role("link", name="Export results").click()
    page.get_by_role("radio", name="A store").click()
    expect(page.get_by_text("Choose a connector.")).to_be_visible()
    _select(page, "Connector", "Results of runs")
    page.get_by_label("Folder").fill("../out")
    page.get_by_role("button", name="Start export").click()
    expect(page.locator("[data-invalid]").first).to_be_visible()
    page.get_by_label("Folder").fill("films")
    page.get_by_role("button", name="Activity").click()
    page.get_by_role("button", name="Start export").click()
    page.wait_for_url("**/exports/exp_*")
    expect(page.locator("#page header").get_by_role("status").first).to_contain_text("Delivered")
    drawer = page.get_by_role("complementary", name="Activity")
    expect(drawer.get_by_role("listitem").filter(has_text="Archive prompt")).to_contain_text("Done")
    uri = page.get_by_role("region", name="Address of the file")
    expect(uri).to_contain_text("films/videovector-prompt-run-exp_")

    wrong = store.wrong
    assert isinstance(wrong, S3Keys)
    keys = {
        "aws_access_key_id": wrong.access_key_id,
        "aws_secret_access_key": wrong.secret_access_key.get_secret_value(),
    }
    api.patch(f"/connectors/{connector_id}", json=keys).raise_for_status()
    page.get_by_role("link", name="Export again").click()
    expect(page.get_by_role("combobox", name="Connector")).to_have_text("Results of runs")
    expect(page.get_by_label("Folder")).to_have_value("films")
    page.get_by_role("button", name="Start export").click()
    failure = page.get_by_role("region", name="Failure")
    expect(failure).to_contain_text("secret access key")
    expect(drawer.get_by_role("listitem").filter(has_text="Failed")).to_contain_text("secret access key")
    accessibility.check(page)
