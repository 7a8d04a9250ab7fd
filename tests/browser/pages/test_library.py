"""The library: contact sheets, live status, selection, addresses, deletion, and what a scope shows."""

import httpx
import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from shared.cli.demo.sample import SAMPLE
from tests.browser import accessibility
from tests.browser.conftest import Archive, Console, signed_in
from tests.browser.indexes import import_file, new_index, section_of
from tests.browser.watch import PageWatch
from tests.stores.providers import provider


@pytest.fixture
def pictures(api: httpx.Client, archive: Archive) -> tuple[str, list[str]]:
    """A new index with five pictures; its id and theirs, oldest first."""
    index = new_index(api, "Pictures")
    return index, [
        import_file(api, index, f"Picture {number}", archive.picture_path) for number in range(1, 6)
    ]


def test_library_shows_indexes_and_playground(page: Page, archive: Archive) -> None:
    page.goto("/")
    section = page.get_by_role("group", name="Archive", exact=True).first
    expect(section.get_by_role("link", name="Sample reel")).to_have_attribute(
        "href", f"/media/{archive.video_id}"
    )
    expect(section.get_by_role("img", name="Processed")).to_be_visible()
    expect(section.get_by_text("0:44")).to_be_visible()
    playground = section_of(page, "Playground")
    expect(playground.get_by_role("link", name="A cat")).to_be_visible()
    accessibility.check(page)


def test_preview_scrubs_under_pointer(page: Page, archive: Archive) -> None:
    page.goto(f"/indexes/{archive.index_id}")
    picture = page.get_by_role("link", name="Sample reel")
    box = picture.bounding_box()
    assert box is not None
    frames = []
    for share in (0.1, 0.9):
        picture.hover(position={"x": box["width"] * share, "y": 40})
        canvas = picture.locator("canvas")
        expect(canvas).to_be_visible()
        frames.append(canvas.evaluate("canvas => canvas.toDataURL()"))
    assert frames[0] != frames[1]
    page.mouse.move(0, 0)
    expect(picture.locator("canvas")).to_have_count(0)


def test_index_is_created_and_deleted_by_name(page: Page, api: httpx.Client, archive: Archive) -> None:
    page.goto("/")
    page.get_by_role("button", name="Create index").click()
    page.get_by_label("Name").fill("Holidays")
    accessibility.check(page)
    page.get_by_role("dialog").get_by_role("button", name="Create index").click()
    expect(page.get_by_role("heading", name="Holidays", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="No media yet")).to_be_visible()
    accessibility.check(page)
    index = page.url.rpartition("/")[2]
    import_file(api, index, "A cat", archive.picture_path)
    expect(page.get_by_role("link", name="A cat")).to_be_visible()

    page.get_by_role("button", name="Actions").click()
    page.get_by_role("menuitem", name="Delete index").click()
    question = page.get_by_role("alertdialog", name="Delete Holidays?")
    expect(question).to_contain_text("1 medium with all files")
    confirm = question.get_by_role("button", name="Delete index")
    expect(confirm).to_be_disabled()
    question.get_by_role("textbox").fill("Holidays")
    accessibility.check(page)
    confirm.click()
    expect(page.get_by_text("Holidays is deleted")).to_be_visible()
    assert api.get(f"/indexes/{index}").status_code == 404


def test_medium_deleted_elsewhere_is_no_longer_shown(
    page: Page, api: httpx.Client, archive: Archive, watch: PageWatch
) -> None:
    video_id = import_file(api, new_index(api, "Short-lived"), "A cat", archive.picture_path)
    watch.expect("404 (Not Found)")
    page.goto(f"/media/{video_id}")
    expect(page.get_by_role("heading", name="A cat", level=1)).to_be_visible()
    api.delete(f"/videos/{video_id}").raise_for_status()
    expect(page.get_by_role("heading", name="This medium cannot be shown")).to_be_visible()


def test_status_follows_run(page: Page, api: httpx.Client, archive: Archive) -> None:
    index = new_index(api, "Live")
    import_file(api, index, "Reel", SAMPLE)
    page.goto(f"/indexes/{index}")
    expect(page.get_by_role("img", name="Not processed")).to_be_visible()
    target = {"type": "index", "index_id": index}
    api.post(
        "/prompt-runs/execute", json={"prompt_id": archive.prompt_id, "target": target}
    ).raise_for_status()
    expect(page.get_by_role("img", name="Processing")).to_be_visible()
    expect(page.get_by_role("img", name="Processed", exact=True)).to_be_visible()


def test_order_and_filters_are_in_address(
    page: Page, console: Console, pictures: tuple[str, list[str]]
) -> None:
    index, _ = pictures
    page.goto(f"/indexes/{index}")
    expect(tiles(page)).to_have_count(5)
    expect(tiles(page).first).to_contain_text("Picture 5")
    page.get_by_role("combobox", name="Sort by").click()
    page.get_by_role("option", name="Name").click()
    expect(tiles(page).first).to_contain_text("Picture 1")
    page.get_by_label("Filter by name").fill("picture 3")
    expect(tiles(page)).to_have_count(1)
    page.get_by_label("Size of tiles").fill("4")
    expect(page).to_have_url(f"{console.url}/indexes/{index}?sort=name&name=picture+3&density=4")
    page.reload()
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_text("1 of 5 media")).to_be_visible()
    page.get_by_role("button", name="Videos").click()
    expect(page.get_by_role("heading", name="No medium matches the filters")).to_be_visible()
    accessibility.check(page)


def test_selected_media_are_run_and_deleted(
    page: Page, console: Console, pictures: tuple[str, list[str]]
) -> None:
    index, ids = pictures
    page.goto(f"/indexes/{index}")
    tiles(page).first.get_by_role("link").focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    tiles(page).nth(0).get_by_role("checkbox").click()
    tiles(page).nth(2).get_by_role("checkbox").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    accessibility.check(page)
    page.get_by_role("button", name="Clear selection").click()

    drag_box(page, tiles(page).nth(0), tiles(page).nth(1))
    expect(page.get_by_text("2 selected")).to_be_visible()
    run = page.get_by_role("link", name="Run prompt")
    address = run.get_attribute("href") or ""
    assert address.startswith("/runs/new?video=")
    assert ids[4] in address
    assert ids[3] in address
    page.get_by_role("button", name="Delete 2 media").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Delete 2 media").click()
    expect(tiles(page)).to_have_count(3)
    expect(page.get_by_role("toolbar")).to_have_count(0)


def test_files_of_connector_are_imported(page: Page, api: httpx.Client, archive: Archive) -> None:
    store = provider("s3")
    store.put("2024/may/cat.jpg", archive.picture_path.read_bytes())
    store.put("2024/may/other.jpg", archive.picture_path.read_bytes())
    key = store.credentials.model_dump()
    body = {
        "name": "Bucket of the library",
        "bucket": store.address.model_dump()["bucket"],
        "region": store.address.model_dump()["region"],
        "endpoint_url": store.settings.s3_base_url,
        "aws_access_key_id": key["access_key_id"],
        "aws_secret_access_key": key["secret_access_key"].get_secret_value(),
    }
    api.post("/connectors/s3", json=body).raise_for_status()
    index = new_index(api, "From a bucket")
    page.goto(f"/indexes/{index}")
    page.get_by_role("main").get_by_role("button", name="Import from a connector").click()
    page.get_by_role("combobox", name="Connector").click()
    page.get_by_role("option", name="Bucket of the library").click()
    page.get_by_role("button", name="2024 2 files").click()
    page.get_by_role("button", name="may 2 files").click()
    page.get_by_role("checkbox", name="cat.jpg").click()
    accessibility.check(page)
    page.get_by_role("button", name="Import file").click()
    expect(page.get_by_role("main").get_by_role("link", name="2024/may/cat.jpg")).to_be_visible()
    expect(tiles(page)).to_have_count(1)


def test_read_only_key_sees_media_alone(context: BrowserContext, console: Console, archive: Archive) -> None:
    page = signed_in(context, console.api_key, "read")
    page.goto(f"/indexes/{archive.index_id}")
    expect(tiles(page)).to_have_count(1)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    page.get_by_role("button", name="Actions").click()
    expect(page.get_by_role("menuitem", name="Search here")).to_be_visible()
    expect(page.get_by_role("menuitem")).to_have_count(1)


def tiles(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").filter(has=page.get_by_role("link"))


def drag_box(page: Page, first: Locator, last: Locator) -> None:
    """Drag a box with the mouse from the middle of one tile to the middle of another."""
    first.hover()
    end = last.bounding_box()
    assert end is not None
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=4)
    page.mouse.up()
