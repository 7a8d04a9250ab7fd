"""The page of a medium: playback at the right second, transcript, results, comparison, pictures and sound."""

import json
import re
from pathlib import Path

import av
import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.browser.accessibility import check
from tests.browser.conftest import Archive, Console
from tests.browser.indexes import import_file, new_index
from tests.browser.watch import PageWatch

SPOKEN_AT = 7.5
"""A second of the sample reel at which "leisure" is spoken."""


def second_of(page: Page) -> float:
    found = page.locator("video, audio").evaluate("each => each.currentTime")
    assert isinstance(found, float | int)
    return float(found)


def expect_second(page: Page, low: float, high: float) -> None:
    """Wait until the playhead is between two seconds."""
    page.wait_for_function(
        "([low, high]) => { const it = document.querySelector('video, audio');"
        " return it?.readyState > 0 && it.currentTime >= low && it.currentTime <= high; }",
        arg=[low, high],
    )


def click_word(page: Page, word: str) -> None:
    """Click the middle of a word of the transcript."""
    line = page.get_by_test_id("transcript").locator("p", has_text=word)
    line.hover()  # scrolls to it, and waits until it stays where it is
    x, y = line.evaluate(
        """(line, word) => {
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(word);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            const { left, top, width, height } = range.getBoundingClientRect();
            return [left + width / 2, top + height / 2];
          }
        }""",
        word,
    )
    page.mouse.click(x, y)


def results_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Results")


def test_medium_plays_at_the_right_second(page: Page, archive: Archive) -> None:
    page.goto(f"/media/{archive.video_id}?t={SPOKEN_AT}&run={archive.run_id}")
    expect(page.get_by_role("heading", name="Sample reel", level=1)).to_be_visible()
    back = page.get_by_role("main").get_by_role("link", name="Archive", exact=True)
    expect(back).to_have_attribute("href", f"/indexes/{archive.index_id}")
    expect_second(page, SPOKEN_AT, SPOKEN_AT + 0.01)
    transcript = page.get_by_test_id("transcript")
    expect(transcript.locator("[aria-current=true]")).to_have_text("leisure")
    expect(page.get_by_test_id("clock")).to_contain_text("0:07 / 0:44")

    click_word(page, "respectable")
    expect_second(page, 40, 43)
    expect(transcript.locator("[aria-current=true]")).to_have_text("respectable")
    check(page)

    page.locator("#page").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause (space)")).to_be_visible()
    expect(transcript.locator("[aria-current=true]")).not_to_have_text("respectable")
    page.keyboard.press("k")
    expect(page.get_by_role("button", name="Play (space)")).to_be_visible()
    before = second_of(page)
    page.keyboard.press("j")
    expect_second(page, before - 10.1, before - 9.9)
    frame = second_of(page)
    page.keyboard.press("Alt+ArrowRight")
    expect_second(page, frame + 0.01, frame + 0.07)

    page.keyboard.press("c")
    expect(page.get_by_role("status").get_by_text(re.compile("Link to 0:3. copied"))).to_be_attached()
    page.get_by_role("slider", name="Timeline").press("Home")
    expect_second(page, 0, 0)
    page.reload()
    expect_second(page, SPOKEN_AT, SPOKEN_AT + 0.01)


def test_transcript_is_searched_and_follows(page: Page, archive: Archive) -> None:
    page.goto(f"/media/{archive.video_id}?run={archive.run_id}")
    search = page.get_by_role("searchbox", name="Search the transcript")
    search.fill("ill disp")
    expect(page.get_by_text("1 of 2")).to_be_visible()
    search.press("Enter")
    expect(page.get_by_text("2 of 2")).to_be_visible()
    search.fill("no such words")
    expect(page.get_by_text("No match")).to_be_visible()
    search.fill("")
    page.get_by_role("button", name="Follow playback").click()
    expect(page.get_by_role("button", name="Follow playback")).to_be_hidden()


def test_results_lead_to_their_moments(page: Page, archive: Archive) -> None:
    page.goto(f"/media/{archive.video_id}?run={archive.run_id}")
    results = results_of(page)
    place = page.get_by_test_id("segment place")
    expect(place).to_have_text("Segment 1 of 8")
    page.keyboard.press("]")
    page.keyboard.press("]")
    expect(place).to_have_text("Segment 3 of 8")
    expect(page).to_have_url(re.compile(r"segment=seg_"))
    page.keyboard.press("[")
    expect(place).to_have_text("Segment 2 of 8")
    page.keyboard.press("]")

    chip = results.get_by_role("button", name=re.compile("Read at .*: Lisbon 84 mm")).first
    chip.hover()
    expect(page.get_by_test_id("text-boxes").locator("[title='Lisbon 84 mm']")).to_be_visible()
    page.keyboard.press("b")
    expect(page.get_by_test_id("text-boxes").locator("[title]")).to_have_count(3)
    chip.click()
    expect(page.get_by_role("button", name="Pause (space)")).to_be_visible()
    expect_second(page, 12.8, 17)
    page.keyboard.press("k")

    results.get_by_role("radio", name="Whole medium").click()
    expect(results.get_by_text("Overview")).to_be_visible()
    results.get_by_role("radio", name="JSON").click()
    shown = results.get_by_role("region", name="Result as JSON").inner_text()
    assert "Lisbon 84 mm" in json.loads(shown)["text_on_screen"]
    check(page)


def test_two_runs_are_compared(page: Page, archive: Archive) -> None:
    page.goto(f"/media/{archive.video_id}?run={archive.run_id}&t=14")
    results = results_of(page)
    page.get_by_role("combobox", name="Compare with").click()
    page.get_by_role("option").nth(1).click()
    expect(page).to_have_url(re.compile(f"compare={archive.fixed_run_id}"))
    expect(results.get_by_text(re.compile(r"^\d+ differences?$"))).to_be_visible()
    same = results.locator("tr[data-differs=false]")
    expect(same.first).to_be_visible()
    check(page)
    results.get_by_role("switch", name="Only differences").click()
    expect(same).to_have_count(0)
    expect(results.locator("tr[data-differs=true] mark").first).to_be_visible()


def test_picture_is_zoomed_and_moved(page: Page, archive: Archive) -> None:
    page.goto(f"/media/{archive.picture_id}")
    picture, zoom = page.get_by_test_id("picture"), page.get_by_test_id("zoom")
    expect(page.get_by_role("img", name="A cat")).to_be_visible()
    page.get_by_role("button", name="Zoom in (+)").click()
    expect(zoom).to_have_text("150 %")
    room = page.get_by_role("group", name=re.compile("Picture"))
    room.press("+")
    expect(zoom).to_have_text("225 %")
    before = picture.bounding_box()
    room.press("ArrowRight")
    after = picture.bounding_box()
    assert before
    assert after
    assert after["x"] < before["x"]
    room.hover()
    page.mouse.wheel(0, 2000)
    expect(zoom).to_have_text("100 %")
    expect(results_of(page).get_by_text("Seen").first).to_be_visible()
    check(page)


@pytest.fixture(scope="session")
def sound_id(console: Console, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The sound of the sample reel as a medium that no run has analysed."""
    path = tmp_path_factory.mktemp("sound") / "sound.wav"
    _write_sound(path)
    with VideoVector(api_key=console.api_key, base_url=console.base_url) as client:
        index = client.indexes.create(name="Sounds")
        job = client.videos.upload(file=path, title="Only sound", index_id=index.index_id)
        finished = client.import_jobs.wait_for_completion(job.job_id, poll_interval=0.3)
        found = finished.video_ids[0]
        assert isinstance(found, str)
        return found


def test_sound_has_waveform_and_says_how_results_come(page: Page, sound_id: str) -> None:
    page.goto(f"/media/{sound_id}?t=20")
    waveform = page.get_by_role("img", name="Waveform")
    expect(waveform).to_be_visible()
    expect_second(page, 20, 20.01)
    waveform.click()
    expect_second(page, 21, 23)
    expect(page.get_by_text("No transcript yet")).to_be_visible()
    expect(page.get_by_role("link", name="Run prompt")).to_have_attribute(
        "href", f"/runs/new?video={sound_id}"
    )
    check(page)


def test_unknown_medium_says_so(page: Page, watch: PageWatch) -> None:
    watch.expect("404")
    page.goto("/media/vid_unknown")
    expect(page.get_by_role("heading", name="This medium cannot be shown", level=1)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("No video with the id")
    check(page)


def _write_sound(path: Path) -> None:
    with av.open(str(SAMPLE)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=16_000, layout="mono")
        resampler = av.AudioResampler("s16", "mono", 16_000)
        for frame in source.decode(source.streams.audio[0]):
            for part in resampler.resample(frame):
                target.mux(stream.encode(part))
        target.mux(stream.encode(None))


def test_medium_is_downloaded_run_and_deleted(
    page: Page, api: httpx.Client, archive: Archive, watch: PageWatch
) -> None:
    watch.expect("status of 404")  # the page may ask once more before it leaves
    index = new_index(api, "One medium")
    medium = import_file(api, index, "A picture", archive.picture_path)
    page.goto(f"/media/{medium}")
    menu = page.get_by_role("button", name="Actions of the medium")
    menu.click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download file").click()
    assert download.value.suggested_filename.endswith(".jpg")
    menu.click()
    page.get_by_role("menuitem", name="Run prompt over this medium").click()
    page.wait_for_url(re.compile(r"/runs/new\?.*" + medium))
    page.go_back()
    menu.click()
    page.get_by_role("menuitem", name="Delete medium").click()
    page.get_by_role("alertdialog", name="Delete A picture?").get_by_role(
        "button", name="Delete medium"
    ).click()
    page.wait_for_url(f"**/indexes/{index}")
    assert api.get(f"/videos/{medium}").status_code == httpx.codes.NOT_FOUND
