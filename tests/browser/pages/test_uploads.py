"""Uploads from the console: several parts, a reload in the middle, folders, drops, and refusals in words."""

import re
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from shared.cli.demo.sample import SAMPLE
from tests.browser import accessibility
from tests.browser.conftest import Console, signed_in
from tests.browser.indexes import new_index
from tests.browser.other_keys import created_key
from tests.browser.watch import PageWatch
from tests.waiting import HANG_TIMEOUT

_PARTS: Final = "**/upload-parts*"


@pytest.fixture
def large_film(tmp_path: Path) -> Path:
    """The sample reel with a box of unused bytes: a valid film of three parts."""
    path = tmp_path / "large film.mp4"
    size = 40_000_000
    with path.open("wb") as file:
        file.write(SAMPLE.read_bytes())
        file.write(size.to_bytes(4, "big") + b"free")
        file.truncate(SAMPLE.stat().st_size + size)
    return path


def test_upload_goes_on_after_reload(
    page: Page, api: httpx.Client, console: Console, large_film: Path
) -> None:
    index = new_index(api, "Reloads")
    page.goto(f"/indexes/{index}")
    expect(page.get_by_role("heading", name="No media yet")).to_be_visible()
    held: list[Route] = []
    first: list[str] = []

    def hold_all_but_first(route: Route) -> None:
        if first:
            held.append(route)
        else:
            first.append(route.request.url)
            route.continue_()

    page.route(_PARTS, hold_all_but_first)
    choose(page, [large_film])
    film = uploads(page).get_by_role("listitem", name="large film.mp4")
    expect(film).to_contain_text(re.compile("Uploading, (7.6|17) MB of 41 MB"))  # one of three parts
    page.reload()
    page.unroute(_PARTS)
    expect(film).to_contain_text("Interrupted: choose the file again")
    accessibility.check(page)

    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/upload-parts" in request.url else None)
    with page.expect_file_chooser() as chooser:
        uploads(page).get_by_role("button", name="Choose the file", exact=True).click()
    chooser.value.set_files(large_film)
    expect(film).to_contain_text("Imported")
    assert len(sent) == 2
    expect(tile(page, "large film")).to_be_visible()
    (video,) = api.get(f"/indexes/{index}/videos").json()["data"]
    film.get_by_role("link").click()
    expect(page).to_have_url(f"{console.url}/media/{video['video_id']}")
    assert video["file_name"] == "large film.mp4"


def test_upload_pauses_and_resumes(page: Page, api: httpx.Client, large_film: Path) -> None:
    page.goto(f"/indexes/{new_index(api, 'Pauses')}")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(_PARTS, hold)
    choose(page, [large_film])
    film = uploads(page).get_by_role("listitem", name="large film.mp4")
    film.get_by_role("button", name="Pause large film.mp4").click()
    expect(film).to_contain_text("Paused")
    page.unroute(_PARTS)
    film.get_by_role("button", name="Resume large film.mp4").click()
    expect(film).to_contain_text("Imported")
    uploads(page).get_by_role("button", name="Clear imported").click()
    expect(uploads(page)).to_have_count(0)


def test_folder_keeps_its_names(page: Page, api: httpx.Client, tmp_path: Path) -> None:
    day = tmp_path / "Trip" / "day 1"
    day.mkdir(parents=True)
    (day / "reel.mp4").write_bytes(SAMPLE.read_bytes())
    (day / "notes.txt").write_text("Not a medium.")
    page.goto(f"/indexes/{new_index(api, 'Folders')}")
    page.get_by_role("main").get_by_role("button", name="Upload files").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose folder").click()
    chooser.value.set_files(tmp_path / "Trip")
    expect(uploads(page).get_by_role("listitem")).to_have_count(1)
    expect(tile(page, "Trip/day 1/reel.mp4")).to_be_visible()


def test_drop_uploads_into_section_under_it(
    context: BrowserContext, console: Console, data_folder: Path
) -> None:
    """The sections of a tenant of its own are all on one screen, and none moves once they are drawn."""
    key = created_key(data_folder, "admin", "drops")
    with httpx.Client(base_url=console.base_url, headers={"X-API-Key": key}, timeout=HANG_TIMEOUT) as api:
        other, index = new_index(api, "Others"), new_index(api, "Drops")
        page = signed_in(context, key)
        page.goto("/")
        section = page.get_by_role("group", name="Drops", exact=True)
        for each in (page.get_by_role("group", name="Others", exact=True), section):
            expect(each.get_by_text("No media yet")).to_be_visible()
        drag(page, section, "dragover", SAMPLE)
        expect(page.get_by_text("Drop to upload into Drops")).to_be_visible()
        drag(page, section, "drop", SAMPLE)
        expect(section.get_by_role("link", name="sample-reel")).to_be_visible()
        counts = [len(api.get(f"/indexes/{each_id}/videos").json()["data"]) for each_id in (other, index)]
    assert counts == [0, 1]


def test_refusals_are_told_in_words(page: Page, api: httpx.Client, watch: PageWatch, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"This is not a film. " * 100)
    page.goto(f"/indexes/{new_index(api, 'Refusals')}")
    choose(page, [broken])
    row = uploads(page).get_by_role("listitem", name="broken.mp4")
    expect(row.get_by_role("alert")).to_contain_text("not a video, audio or picture format")
    accessibility.check(page)
    expect(row.get_by_role("button", name="Retry broken.mp4")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Activity")).click()
    activity = page.get_by_role("complementary", name="Activity").get_by_role("listitem")
    expect(activity.filter(has_text="broken.mp4").first).to_contain_text("Failed")
    page.get_by_role("button", name=re.compile("^Activity")).click()

    watch.expect("422")
    page.get_by_role("main").get_by_role("button", name="Import by address").click()
    page.get_by_label("Addresses").fill("http://example.com/a.mp4")
    accessibility.check(page)
    page.get_by_role("button", name="Import address").click()
    refusal = page.get_by_role("dialog").get_by_role("alert")
    expect(refusal).to_contain_text("must start with https://")
    expect(refusal).to_contain_text("Request req_")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(row).to_have_count(0)
    uploads(page).get_by_role("button", name="Expand uploads").click()
    uploads(page).get_by_role("button", name="Dismiss failures").click()
    expect(uploads(page)).to_have_count(0)


def choose(page: Page, files: list[Path]) -> None:
    """Open the dialog of the page and choose files."""
    page.get_by_role("main").get_by_role("button", name="Upload files").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("dialog").get_by_role("button", name="Choose files").click()
    chooser.value.set_files(files)


def uploads(page: Page) -> Locator:
    return page.get_by_role("region", name="Uploads")


def tile(page: Page, title: str) -> Locator:
    return page.get_by_role("main").get_by_role("link", name=title)


def drag(page: Page, target: Locator, kind: str, path: Path) -> None:
    """Send a drag event of the browser itself, with a real file, to the middle of an element."""
    box = target.bounding_box()
    assert box is not None
    session: Any = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path.resolve())], "dragOperationsMask": 1}
    place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "data": data}
    kinds = ["dragEnter", "dragOver"] if kind == "dragover" else ["drop"]
    for each in kinds:
        session.send("Input.dispatchDragEvent", {"type": each, **place})
