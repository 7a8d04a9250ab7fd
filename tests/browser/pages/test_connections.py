"""Connections: a store is connected, tested and browsed; a delivery fails, is resent, arrives."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from shared.domain.connectors.credentials import S3Keys
from tests.api.imports import picture
from tests.browser import accessibility
from tests.browser.conftest import Console, signed_in
from tests.browser.watch import PageWatch
from tests.receiver import Answer, Receiver, running_receiver
from tests.stores.providers import Provider, provider
from tests.waiting import wait_until

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def store() -> Iterator[Provider]:
    """An S3 store with folders, and with a name that a page must show as text."""
    made = provider("s3")
    for path in ("reels/2024/one.mp4", "reels/2024/two.mp4", "reels/2025/three.mp4", f"{HOSTILE}.mp4"):
        made.put(path, b"x" * 1500)
    yield made
    made.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as found:
        yield found


def test_store_is_connected_browsed_rotated_and_deleted(
    page: Page, store: Provider, watch: PageWatch
) -> None:
    keys, wrong = store.credentials, store.wrong
    assert isinstance(keys, S3Keys)
    assert isinstance(wrong, S3Keys)
    watch.expect("status of 422")
    page.goto("/connections")
    page.get_by_role("button", name="New connector").first.click()
    dialog = page.get_by_role("dialog", name="New connector")
    dialog.get_by_label("Name").fill("Reels")
    dialog.get_by_label("Bucket").fill(str(store.address.bucket))
    dialog.get_by_label("Region").fill(str(store.address.region))
    dialog.get_by_label("Access key id").fill(keys.access_key_id)
    dialog.get_by_role("button", name="Create and test").click()
    expect(dialog.get_by_role("textbox", name="Secret access key")).to_have_attribute("type", "password")
    expect(dialog.locator("[data-invalid]").first).to_be_visible()
    accessibility.check(page)
    dialog.get_by_label("Secret access key").fill(wrong.secret_access_key.get_secret_value())
    dialog.get_by_role("button", name="Create and test").click()
    row = page.get_by_role("listitem", name="Reels")
    expect(row.get_by_role("img", name="The test failed")).to_be_visible()
    expect(row).to_contain_text("secret access key")

    row.get_by_role("button", name="More actions for Reels").click()
    page.get_by_role("menuitem", name="Edit or rotate credentials").click()
    edit = page.get_by_role("dialog", name="Edit Reels")
    edit.get_by_label("Access key id").fill(keys.access_key_id)
    edit.get_by_label("Secret access key").fill(keys.secret_access_key.get_secret_value())
    edit.get_by_role("button", name="Save and test").click()
    expect(row.get_by_role("img", name="The test succeeded")).to_be_visible()
    accessibility.check(page)

    row.get_by_role("button", name="Browse").click()
    files = page.get_by_role("list", name="Files")
    expect(files.get_by_role("listitem")).to_have_count(2)
    expect(files.get_by_text(f"{HOSTILE}.mp4", exact=True)).to_be_visible()
    files.get_by_role("button", name="reels").click()
    files.get_by_role("button", name="2024").click()
    expect(files.get_by_role("listitem")).to_have_count(2)
    expect(files).to_contain_text("1.5 kB")
    page.reload()
    expect(files.get_by_text("two.mp4", exact=True)).to_be_visible()
    accessibility.check(page)
    page.get_by_role("navigation", name="Folder").get_by_role("button", name="reels", exact=True).click()
    expect(files.get_by_role("button", name="2025")).to_be_visible()

    page.get_by_role("button", name="All connectors").click()
    row.get_by_role("button", name="More actions for Reels").click()
    page.get_by_role("menuitem", name="Delete connector").click()
    question = page.get_by_role("alertdialog", name="Delete Reels?")
    expect(question).to_contain_text("Imported media and the files in the store stay.")
    question.get_by_role("button", name="Delete connector").click()
    expect(row).to_have_count(0)


def test_failed_delivery_is_resent_and_arrives(
    page: Page, api: httpx.Client, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.answer = lambda _: Answer(410, HOSTILE.encode())
    page.goto("/connections?tab=webhooks")
    page.get_by_role("button", name="New webhook").first.click()
    dialog = page.get_by_role("dialog", name="New webhook")
    dialog.get_by_role("button", name="Create webhook").click()
    for problem in ("Enter a name.", "Enter an address", "Choose at least one event."):
        expect(dialog.get_by_text(problem)).to_be_visible()
    dialog.get_by_label("Name").fill("Desk")
    dialog.get_by_label("Address of the receiver").fill(receiver.url)
    dialog.get_by_role("checkbox", name="A medium is imported media.created").check()
    accessibility.check(page)
    dialog.get_by_role("button", name="Create webhook").click()
    stored = page.get_by_role("dialog", name="Store the secret")
    expect(stored.get_by_role("region", name="Secret")).to_contain_text(re.compile(r"^whsec_"))
    accessibility.check(page)
    stored.get_by_role("button", name="I have stored the secret").click()
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()

    with picture(tmp_path).open("rb") as file:
        api.post("/videos/upload", data={"title": HOSTILE}, files={"file": file}).raise_for_status()
    wait_until(lambda: receiver.received, "the first attempt")
    link = page.get_by_role("button", name="media.created")
    page.get_by_role("button", name="Refresh deliveries").click()
    expect(link).to_be_visible()
    expect(page.get_by_role("table", name="Deliveries").get_by_text("Failed")).to_be_visible()
    accessibility.check(page)
    link.click()
    delivery = page.get_by_role("dialog", name="media.created")
    expect(delivery.get_by_role("region", name="Payload")).to_contain_text(HOSTILE)
    expect(delivery.get_by_role("region", name="Answer of the receiver, status 410")).to_have_text(HOSTILE)
    accessibility.check(page)
    page.reload()
    expect(delivery.get_by_role("region", name="Payload")).to_be_visible()

    receiver.answer = lambda _: Answer()
    page.keyboard.press("Escape")
    expect(page.get_by_text("The receiver answered with status 410")).to_be_visible()
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    link.click()
    delivery.get_by_role("button", name="Resend").click()
    expect(delivery.get_by_text("Delivered")).to_be_visible()
    assert HOSTILE in json.dumps(receiver.received[-1].envelope)


def test_webhook_is_tested_replayed_rotated_and_deleted(
    page: Page, api: httpx.Client, receiver: Receiver
) -> None:
    hook = {"name": "Desk 2", "url": receiver.url, "events": ["media.created"]}
    api.post("/webhooks", json=hook).raise_for_status()
    page.goto("/connections?tab=webhooks")
    page.get_by_role("link", name="Desk 2").click()
    page.get_by_role("button", name="Send test").click()
    expect(page.get_by_text("The test delivery arrived.")).to_be_visible()
    page.get_by_role("button", name="Replay events").click()
    replay = page.get_by_role("dialog", name="Replay events")
    replay.get_by_role("button", name="Replay events").click()
    expect(replay.get_by_role("status")).to_contain_text("queued")
    replay.get_by_role("button", name="Close").last.click()
    page.get_by_role("button", name="More actions for Desk 2").click()
    page.get_by_role("menuitem", name="Rotate secret").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Rotate secret").click()
    stored = page.get_by_role("dialog", name="Store the secret")
    expect(stored.get_by_role("region", name="Secret")).to_contain_text("whsec_")
    stored.get_by_role("button", name="I have stored the secret").click()
    page.get_by_role("button", name="More actions for Desk 2").click()
    page.get_by_role("menuitem", name="Delete webhook").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete webhook").click()
    expect(page.get_by_role("link", name="Desk 2")).to_have_count(0)


def test_read_key_sees_connections_without_actions(
    context: BrowserContext, api: httpx.Client, console: Console, store: Provider, receiver: Receiver
) -> None:
    keys = store.credentials
    assert isinstance(keys, S3Keys)
    body = {"name": "Seen", "bucket": store.address.bucket, "region": store.address.region}
    body |= {"aws_access_key_id": keys.access_key_id}
    body |= {"aws_secret_access_key": keys.secret_access_key.get_secret_value()}
    api.post("/connectors/s3", json=body).raise_for_status()
    hook = {"name": "Read desk", "url": receiver.url, "events": ["export.ready"]}
    webhook = api.post("/webhooks", json=hook).raise_for_status().json()
    page = signed_in(context, console.api_key, "read")
    page.goto("/connections")
    row = page.get_by_role("listitem", name="Seen")
    expect(row.get_by_role("button")).to_have_text(["Browse"])
    expect(page.get_by_role("button", name="New connector")).to_have_count(0)
    page.get_by_role("tab", name="Webhooks").click()
    page.get_by_role("link", name="Read desk").click()
    expect(page.get_by_role("heading", name="No deliveries yet")).to_be_visible()
    expect(page.get_by_role("button", name="Send test")).to_have_count(0)
    api.delete(f"/webhooks/{webhook['webhook_id']}").raise_for_status()
