"""The activity drawer: what the server does appears by itself, also after a broken connection."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.browser import accessibility
from tests.browser.conftest import Archive, Console
from tests.browser.watch import PageWatch


@pytest.fixture
def client(console: Console) -> Iterator[VideoVector]:
    with VideoVector(api_key=console.api_key, base_url=console.base_url) as found:
        yield found


def test_import_run_and_deletion_appear(
    page: Page, client: VideoVector, archive: Archive, console: Console
) -> None:
    page.goto("/runs")
    page.get_by_role("button", name="Activity").click()
    drawer = page.get_by_role("complementary", name="Activity")
    expect(drawer.get_by_text("Live", exact=True)).to_be_visible()
    expect(drawer.get_by_text("Nothing is under way")).to_be_visible()
    accessibility.check(page)

    index = client.indexes.create(name="Followed live")
    job = client.videos.upload(file=archive.picture_path, title="Cat on a wall", index_id=index.index_id)
    imported = drawer.get_by_role("listitem").filter(has_text="Cat on a wall")
    expect(imported).to_contain_text("Done · 1 of 1 file")
    job = client.import_jobs.wait_for_completion(job.job_id)
    expect(imported.get_by_role("link")).to_have_attribute("href", f"/media/{job.video_ids[0]}")
    expect(page.get_by_role("list", name="Indexes").get_by_role("link", name="Followed live")).to_be_visible()

    run = client.prompt_runs.execute(
        prompt_id=archive.prompt_id, target={"type": "index", "index_id": index.index_id}
    )
    shown = drawer.get_by_role("listitem").filter(has_text="Archive prompt")
    expect(shown).to_contain_text("Done · 1 of 1 medium")
    accessibility.check(page)

    client.indexes.delete(index.index_id)
    expect(drawer.get_by_role("listitem").filter(has_text="Index Followed live")).to_contain_text("Done")
    expect(page.get_by_role("list", name="Indexes").get_by_role("link", name="Followed live")).to_have_count(
        0
    )

    shown.get_by_role("link").click()
    expect(page).to_have_url(f"{console.url}/runs/{run.run_id}")
    drawer.get_by_role("button", name="Clear what has ended").click()
    expect(drawer.get_by_text("Nothing is under way")).to_be_visible()


def test_stream_resumes_after_broken_network(
    page: Page, client: VideoVector, archive: Archive, watch: PageWatch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    watch.expect("ERR_NETWORK")
    page.goto("/runs")
    page.get_by_role("button", name="Activity").click()
    drawer = page.get_by_role("complementary", name="Activity")
    expect(drawer.get_by_text("Live", exact=True)).to_be_visible()
    page.context.set_offline(True)
    expect(drawer.get_by_text("Reconnecting", exact=True)).to_be_visible()
    job = client.videos.upload(file=archive.picture_path, title="Imported meanwhile")
    job = client.import_jobs.wait_for_completion(job.job_id)
    page.context.set_offline(False)
    expect(drawer.get_by_role("listitem").filter(has_text="Imported meanwhile")).to_contain_text("Done")
    expect(drawer.get_by_text("Live", exact=True)).to_be_visible()
    client.videos.delete(job.video_ids[0])


def test_run_is_cancelled_from_drawer(page: Page, client: VideoVector, archive: Archive) -> None:
    index = client.indexes.create(name="Cancelled run")
    job = client.videos.upload(file=SAMPLE, title="Long reel", index_id=index.index_id)
    client.import_jobs.wait_for_completion(job.job_id)
    page.goto("/runs")
    page.get_by_role("button", name="Activity").click()
    drawer = page.get_by_role("complementary", name="Activity")
    expect(drawer.get_by_text("Live", exact=True)).to_be_visible()
    client.prompt_runs.execute(
        prompt_id=archive.prompt_id, target={"type": "index", "index_id": index.index_id}
    )
    drawer.get_by_role("button", name="Cancel Archive prompt").click()
    expect(drawer.get_by_role("listitem").filter(has_text="Archive prompt")).to_contain_text("Cancelled")
    client.indexes.delete(index.index_id)
