"""The library in a browser: a sheet of 10,000 media that scrolls, and an upload of 2 GB."""

import json
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from ulid import ULID

from shared.domain.access import Caller, Scope
from shared.domain.clock import timestamp
from shared.domain.media import Media, MediaType, ProcessingStatus
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.browser.chromium import running_browser
from tests.browser.conftest import signed_in
from tests.server_process import ServerProcess
from tests.unit.services.run_world import keep_media

MEDIA: Final = 10_000
UPLOAD_BYTES: Final = 2 * 10**9
_POSTERS: Final = 50
_MIB: Final = 2**20
_CATEGORIES: Final = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "__metadata"]
_SCROLL: Final = """async () => {
  let scroller = document.querySelector('[data-tile]');
  while (scroller.scrollHeight <= scroller.clientHeight) scroller = scroller.parentElement;
  for (let frame = 0; frame < 300; frame += 1) {
    await new Promise(requestAnimationFrame);
    scroller.scrollBy(0, 100);
  }
}"""


def measure() -> dict[str, Any]:
    """Measure main-thread work a frame in ms while the sheet scrolls, and memory of the page in MiB."""
    with tempfile.TemporaryDirectory() as name:
        server = ServerProcess(Path(name), VIDEOVECTOR_SERVER_DEFAULT_INDEX="false")
        server.start()
        key = server.api_key()
        server.kill()
        index_id = _plant(server.data_folder)
        server.start()
        try:
            with running_browser() as browser:
                context = browser.new_context(
                    base_url=f"http://127.0.0.1:{server.port}", viewport={"width": 1280, "height": 800}
                )
                page = signed_in(context, key)
                scrolled = _scroll(browser, page, index_id)
                return scrolled | _upload(context, browser, Path(name))
        finally:
            server.kill()


def _plant(data_folder: Path) -> str:
    """Write the records of an index and its media, whose posters are few pictures."""
    runtime = local_runtime(Settings(data_folder=data_folder))
    caller = Caller(tenant_id="local", user_id="usr_local", scopes=frozenset({Scope.WRITE}))
    index = runtime.library.indexes.create(caller, "Ten thousand", seed=str(ULID()))
    for number in range(_POSTERS):
        picture = BytesIO()
        Image.effect_noise((640, 360), number + 10).save(picture, "JPEG")
        runtime.ports.blobs.write(f"media/local/poster{number}.jpg", picture.getvalue(), "image/jpeg")
    for number in range(MEDIA):
        media = Media(
            media_id=f"vid_{ULID()}",
            tenant_id="local",
            user_id=caller.user_id,
            index_id=index.index_id,
            title=f"Film {number} of the archive",
            file_name="film.mp4",
            media_type=MediaType.VIDEO,
            status=ProcessingStatus.PROCESSED,
            content_hash=f"{number:064}",
            playback_key=f"media/local/{number}.mp4",
            playback_type="video/mp4",
            poster_key=f"media/local/poster{number % _POSTERS}.jpg",
            duration_seconds=float(number),
            created_at=timestamp(),
            updated_at=timestamp(),
        )
        keep_media(runtime.documents, media)
    return index.index_id


def _scroll(browser: Browser, page: Page, index_id: str) -> dict[str, Any]:
    page.goto(f"/indexes/{index_id}")
    expect(page.get_by_text(f"{MEDIA:,} media", exact=True)).to_be_visible()
    browser.start_tracing(page=page, categories=_CATEGORIES)
    page.evaluate(_SCROLL)
    work = _work_of_frames(json.loads(browser.stop_tracing())["traceEvents"])
    cuts = quantiles(work, n=100)
    return {
        "media": MEDIA,
        "frames": len(work),
        "frame_ms_p50": round(cuts[49], 1),
        "frame_ms_p95": round(cuts[94], 1),
        "sheet_page_mib": round(_private_bytes(browser) / _MIB),
    }


def _work_of_frames(events: list[dict[str, Any]]) -> list[float]:
    """Return the processor time of the page's main thread from each frame to the next, in milliseconds."""
    main = {(each["pid"], each["tid"]) for each in events if each["args"].get("name") == "CrRendererMain"}
    by_thread: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if (event["pid"], event["tid"]) in main:
            by_thread[event["pid"], event["tid"]].append(event)
    busiest = max(by_thread.values(), key=len)
    starts = sorted(each["ts"] for each in busiest if each["name"] == "FireAnimationFrame")
    run = [each for each in busiest if each["name"] == "RunTask"]
    tasks = [(each["ts"], each.get("tdur", each.get("dur", 0))) for each in run]
    return [
        sum(length for start, length in tasks if begin <= start < end) / 1000
        for begin, end in pairwise(starts)
    ]


def _upload(context: BrowserContext, browser: Browser, folder: Path) -> dict[str, Any]:
    """Upload a file of zeros. Return the growth of the page's memory at its peak."""
    for each in context.pages:
        each.close()
    page = context.new_page()
    page.goto("/playground")
    film = folder / "large.mp4"
    with film.open("wb") as file:
        file.truncate(UPLOAD_BYTES)
    page.get_by_role("main").get_by_role("button", name="Add media").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    before = _private_bytes(browser)
    with _peak(browser_pids(browser)) as peak:
        chooser.value.set_files(film)
        row = page.get_by_role("region", name="Uploads").get_by_role("listitem", name="large.mp4")
        expect(row).to_contain_text("Failed", timeout=600_000)  # zeros are no film: the import refuses them
    return {"upload_bytes": UPLOAD_BYTES, "upload_growth_mib": round((max(peak) - before) / _MIB)}


def browser_pids(browser: Browser) -> list[int]:
    """Return the processes of pages."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return [each["id"] for each in found["processInfo"] if each["type"] == "renderer"]


def _private_bytes(browser: Browser) -> int:
    return max(_private_of(pid) for pid in browser_pids(browser))


def _private_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


@contextmanager
def _peak(pids: list[int]) -> Iterator[list[int]]:
    """Sample the private memory of processes during the block."""
    samples, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(0.2):
            samples.append(max(_private_of(pid) for pid in pids))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()
