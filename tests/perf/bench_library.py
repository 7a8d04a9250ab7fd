"""The library in a browser: a sheet of 10,000 media that scrolls, and an upload of 2 GB."""

import tempfile
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.browser.chromium import running_browser
from tests.browser.conftest import signed_in
from tests.perf import page_work, planted_archive
from tests.server_process import ServerProcess

MEDIA: Final = 10_000
UPLOAD_BYTES: Final = 2 * 10**9


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
    """Write the records of an index and its media."""
    runtime = local_runtime(Settings(data_folder=data_folder))
    planted_archive.write_posters(runtime)
    index_id = planted_archive.new_index(runtime, "Ten thousand")
    for number in range(MEDIA):
        planted_archive.add_medium(runtime, index_id, number, number)
    return index_id


def _scroll(browser: Browser, page: Page, index_id: str) -> dict[str, Any]:
    page.goto(f"/indexes/{index_id}")
    expect(page.get_by_text(f"{MEDIA:,} media", exact=True)).to_be_visible()
    return {"media": MEDIA, **page_work.scroll(browser, page, "[data-tile]")}


def _upload(context: BrowserContext, browser: Browser, folder: Path) -> dict[str, Any]:
    """Upload a file of zeros. Return the growth of the page's memory at its peak."""
    for each in context.pages:
        each.close()
    page = context.new_page()
    page.goto("/playground")
    film = folder / "large.mp4"
    with film.open("wb") as file:
        file.truncate(UPLOAD_BYTES)
    page.get_by_role("main").get_by_role("button", name="Upload files").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    before = page_work.private_bytes(browser)
    with page_work.peak_private_bytes(browser) as peak:
        chooser.value.set_files(film)
        row = page.get_by_role("region", name="Uploads").get_by_role("listitem", name="large.mp4")
        expect(row).to_contain_text("Failed", timeout=600_000)  # zeros are no film: the import refuses them
    return {"upload_bytes": UPLOAD_BYTES, "upload_growth_mib": round((max(peak) - before) / page_work.MIB)}
