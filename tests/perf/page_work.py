"""Work and memory of a page in Chromium: processor time a frame, and private memory of its process."""

import json
import threading
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

from playwright.sync_api import Browser, Page

MIB: Final = 2**20
_CATEGORIES: Final = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "__metadata"]
_SCROLL: Final = """async selector => {
  let scroller = document.querySelector(selector);
  while (scroller.scrollHeight <= scroller.clientHeight) scroller = scroller.parentElement;
  for (let frame = 0; frame < 300; frame += 1) {
    await new Promise(requestAnimationFrame);
    scroller.scrollBy(0, 100);
  }
}"""


def scroll(browser: Browser, page: Page, selector: str) -> dict[str, Any]:
    """Scroll the list around the element ``selector`` by 300 frames. Measure the main thread's work a frame
    in milliseconds, and the memory of the page in MiB."""
    browser.start_tracing(page=page, categories=_CATEGORIES)
    page.evaluate(_SCROLL, selector)
    work = _work_of_frames(json.loads(browser.stop_tracing())["traceEvents"])
    cuts = quantiles(work, n=100)
    return {
        "frames": len(work),
        "frame_ms_p50": round(cuts[49], 1),
        "frame_ms_p95": round(cuts[94], 1),
        "page_mib": round(private_bytes(browser) / MIB),
    }


def _work_of_frames(events: list[dict[str, Any]]) -> list[float]:
    """Return the processor time of the page's main thread from each frame to the next, in milliseconds."""
    main = {(each["pid"], each["tid"]) for each in events if each["args"].get("name") == "CrRendererMain"}
    by_thread: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for event in events:
        if (event["pid"], event["tid"]) in main:
            by_thread[event["pid"], event["tid"]].append(event)
    busiest = max(by_thread.values(), key=len)
    fired = [each["ts"] for each in busiest if each["name"] == "FireAnimationFrame"]
    run = sorted((each for each in busiest if each["name"] == "RunTask"), key=lambda each: each["ts"])
    begins = [each["ts"] for each in run]
    # One task calls all callbacks of a frame.
    frames = sorted({bisect_right(begins, ts) - 1 for ts in fired if ts >= begins[0]})
    work = [each.get("tdur", each.get("dur", 0)) / 1000 for each in run]
    return [sum(work[first:following]) for first, following in pairwise(frames)]


def private_bytes(browser: Browser) -> int:
    """Return the private memory of the largest page."""
    return max(_private_of(pid) for pid in _pages(browser))


def _pages(browser: Browser) -> list[int]:
    """Return the processes of pages."""
    found = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return [each["id"] for each in found["processInfo"] if each["type"] == "renderer"]


def _private_of(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


@contextmanager
def peak_private_bytes(browser: Browser) -> Iterator[list[int]]:
    """Sample the private memory of the largest page during the block."""
    pids, samples, ended = _pages(browser), [0], threading.Event()

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
