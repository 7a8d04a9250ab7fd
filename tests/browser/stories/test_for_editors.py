"""For people who edit: markers, captions, clips and cut lists, which other programs open."""

import re
from collections.abc import Iterator
from pathlib import Path

import av
import httpx
import opentimelineio as otio
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import accessibility
from tests.browser.conftest import Archive
from tests.browser.other_keys import created_key
from tests.browser.pictures import show_in_documentation
from tests.browser.watch import open_page

_NOTE = "The gate, for the trailer"


@pytest.fixture(autouse=True)
def _unmarked(api: httpx.Client, archive: Archive) -> Iterator[None]:
    """Delete markers and clips at the end: other tests read the same archive."""
    yield
    for marker in api.get("/markers", params={"limit": 100}).json()["data"]:
        api.delete(f"/markers/{marker['marker_id']}").raise_for_status()
    clips = f"/videos/{archive.video_id}/clips"
    for clip in api.get(clips).json()["clips"]:
        api.delete(f"{clips}/{clip['clip_id']}").raise_for_status()


def _medium(archive: Archive, second: float) -> str:
    return f"/media/{archive.video_id}?run={archive.run_id}&t={second}"


def test_marker_is_set_by_keyboard_and_found_by_its_color(page: Page, archive: Archive) -> None:
    page.goto(_medium(archive, 33))
    expect(page.get_by_role("button", name="Mark this segment")).to_be_visible()
    page.locator("#page").focus()
    page.keyboard.press("m")
    form = page.get_by_role("dialog", name="Mark this segment")
    expect(form.get_by_role("textbox", name="Note")).to_be_focused()
    page.keyboard.type(_NOTE)
    accessibility.check(page)
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")  # from yellow
    expect(form.get_by_role("radio", name="Green")).to_be_checked()
    form.get_by_role("textbox", name="Note").press("Enter")

    label = f"Green marker: {_NOTE}"
    listed = re.compile(f"Green marker.*{_NOTE}")
    flag = page.get_by_role("group", name="Markers").get_by_role("button", name=label)
    expect(flag).to_be_visible()
    expect(page.get_by_role("region", name="Markers").get_by_role("button", name=listed)).to_be_visible()
    page.get_by_role("button", name="Mark the field Summary").click()
    page.get_by_role("dialog").get_by_role("button", name="Save marker").click()
    expect(
        page.get_by_role("button", name=re.compile("Edit the marker of the field Summary"))
    ).to_be_visible()
    page.get_by_role("button", name="Mark this medium").click()
    page.get_by_role("dialog").get_by_role("radio", name="Red").click()
    page.get_by_role("dialog").get_by_role("button", name="Save marker").click()
    expect(page.get_by_role("region", name="Markers")).to_contain_text("Whole medium")
    expect(page.get_by_role("dialog")).to_have_count(0)
    accessibility.check(page)
    page.get_by_role("slider", name="Timeline").press("Home")
    flag.focus()
    expect(page.get_by_text(label, exact=True).last).to_be_visible()
    show_in_documentation(page, "markers", theme="dark", widths=(1440,))
    flag.press("Enter")
    page.wait_for_function("() => document.querySelector('video').currentTime > 30")

    page.goto(f"/search?index={archive.index_id}")
    page.get_by_role("button", name="Only with a marker: Green").click()
    hits = page.get_by_role("region", name="Hits").get_by_role("link").filter(has=page.get_by_role("img"))
    expect(hits.first.get_by_role("img", name=label)).to_be_visible()
    hits.first.click()
    page.wait_for_url(f"**/media/{archive.video_id}?*segment=*")

    page.goto(f"/indexes/{archive.index_id}")
    page.get_by_role("button", name="Only with a marker: Green").click()
    expect(page.get_by_role("heading", name="No medium matches the filters")).to_be_visible()
    page.get_by_role("button", name="Only with a marker: Red").click()
    expect(page.get_by_role("link", name="Sample reel")).to_be_visible()
    expect(page.get_by_role("button", name="Cut list of markers")).to_be_visible()


def test_reader_sees_markers_and_cannot_change_them(
    context: BrowserContext, api: httpx.Client, archive: Archive, data_folder: Path
) -> None:
    target = {"type": "video", "id": archive.video_id}
    api.put("/markers", json={"target": target, "color": "red", "note": _NOTE}).raise_for_status()
    page = open_page(context)
    page.goto("/sign-in")
    page.get_by_label("API key").fill(created_key(data_folder, "read"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Key and settings")).to_be_visible()
    page.goto(_medium(archive, 33))
    expect(page.get_by_role("region", name="Markers")).to_contain_text(_NOTE)
    expect(page.get_by_role("img", name=f"Red marker: {_NOTE}").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Mark this|Edit the marker"))).to_have_count(0)


def test_captions_are_shown_over_the_player_and_downloaded(page: Page, archive: Archive) -> None:
    page.goto(_medium(archive, 7.5))
    page.get_by_role("button", name="Show captions (s)").click()
    page.wait_for_function(
        "() => /leisure/.test([...(document.querySelector('video')?.textTracks ?? [])]"
        ".flatMap(each => [...(each.activeCues ?? [])]).map(cue => cue.text).join(' '))"
    )
    show_in_documentation(page, "captions", theme="dark", widths=(1440,))
    page.locator("#page").focus()
    page.keyboard.press("s")
    page.wait_for_function("() => document.querySelector('video').textTracks.length === 0")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download transcript").click()
        page.get_by_role("menuitem", name="SubRip (.srt)").click()
    assert download.value.suggested_filename == "Sample reel.srt"
    assert "leisure" in Path(download.value.path()).read_text("utf-8")


def test_clip_of_a_selection_is_made_and_downloaded(page: Page, archive: Archive) -> None:
    page.goto(_medium(archive, 10))
    page.wait_for_function("() => document.querySelector('video')?.readyState > 0")
    page.locator("#page").focus()
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('video').currentTime > 14")
    page.keyboard.press("o")
    bar = page.get_by_role("status").filter(has_text="Selected 0:10")
    expect(bar).to_contain_text("0:15")
    page.get_by_role("button", name="Make a clip", exact=True).click()
    dialog = page.get_by_role("dialog", name="Make a clip of Sample reel")
    dialog.get_by_label("End (m:ss)").fill("0:08")
    expect(dialog.get_by_text("The end must be after the start.")).to_be_visible()
    dialog.get_by_label("End (m:ss)").fill("0:12.5")
    dialog.get_by_role("radio", name="Precise").click()
    dialog.get_by_role("button", name="Make a clip").click()
    row = dialog.get_by_role("listitem")
    expect(row.get_by_role("button", name=re.compile("Download clip"))).to_be_visible()
    accessibility.check(page)
    show_in_documentation(page, "clip", theme="dark", widths=(1440,))
    with page.expect_download() as download:
        row.get_by_role("button", name=re.compile("Download clip")).click()
    with av.open(str(download.value.path())) as file:
        assert (
            2.2
            <= sum(1 for _ in file.decode(video=0)) / float(file.streams.video[0].average_rate or 1)
            <= 2.8
        )
    row.get_by_role("button", name=re.compile("Delete clip")).click()
    expect(dialog.get_by_text("No clips yet")).to_be_visible()


def test_cut_list_of_hits_is_read_by_opentimelineio(page: Page, archive: Archive) -> None:
    page.goto(f"/search?q=boarding+at+gate&index={archive.index_id}&run={archive.run_id}")
    expect(page.get_by_role("button", name=re.compile(r"Cut list of \d+ hits"))).to_be_visible()
    page.get_by_role("searchbox").blur()
    for _ in range(3):  # one of them may be the whole medium, which is no part
        page.keyboard.press("j")
        page.keyboard.press("x")
    selected = page.get_by_role("region", name="Hits").get_by_role("checkbox", checked=True).count()
    page.get_by_role("button", name=f"Cut list of {selected} selected").click()
    dialog = page.get_by_role("dialog", name="Make a cut list")
    expect(dialog).to_contain_text(f"{selected} parts in this order")
    dialog.get_by_label("Title").fill("Gate B12")
    dialog.get_by_role("combobox", name="Format").click()
    page.get_by_role("option", name="OpenTimelineIO").click()
    accessibility.check(page)
    show_in_documentation(page, "cut-list", widths=(1440,))
    dialog.get_by_label("Handles in seconds").fill("0.5")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download cut list").click()
    timeline = otio.adapters.read_from_string(Path(download.value.path()).read_text("utf-8"), "otio_json")
    assert timeline.name == "Gate B12"
    clips = [list(track.find_clips()) for track in timeline.video_tracks()]
    assert [len(each) for each in clips] == [selected]
    expect(dialog).to_be_hidden()
