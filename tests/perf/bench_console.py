"""The console in a browser: the first load, changes of page, hits while one types, and a long transcript."""

import tempfile
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.browser.built_console import first_page_bytes
from tests.browser.chromium import running_browser
from tests.browser.conftest import signed_in
from tests.perf import page_work, planted_archive
from tests.perf.bench_search import queries
from tests.server_process import ServerProcess

_LOADS: Final = 5
_ROUNDS: Final = 5
_SEARCHES: Final = 20
_PAGES: Final = ("Search", "Prompts", "Runs", "Connections", "System", "Library")
_TYPING_PAUSE_MS: Final = 250

_FIRST_LOAD: Final = """async () => {
  const isDrawn = image => image.complete && image.naturalWidth > 0;
  while (![...document.querySelectorAll('main img')].some(isDrawn)) await new Promise(requestAnimationFrame);
  await new Promise(requestIdleCallback);
  const painted = await new Promise(resolve => new PerformanceObserver(list => resolve(list.getEntries()))
    .observe({ type: 'largest-contentful-paint', buffered: true }));
  return painted.at(-1).startTime;
}"""

_CHANGE_PAGE: Final = """async name => {
  const link = [...document.querySelectorAll('nav a')].find(each => each.textContent.trim() === name);
  const begin = performance.now();
  link.click();
  while (!document.title.startsWith(name)) await new Promise(requestAnimationFrame);
  await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
  const taken = performance.now() - begin;
  await new Promise(requestIdleCallback);
  return taken;
}"""

_EVERY_PAGE_LOADED: Final = (
    "() => performance.getEntriesByType('resource').some(each => each.name.includes('/system-page'))"
)

_WATCH_SEARCHES: Final = """() => {
  window.searches = {};
  let typed = 0;
  document.addEventListener('input', () => { typed = performance.now(); }, true);
  new MutationObserver(changes => {
    const words = new URLSearchParams(location.search).get('q');
    if (!changes.some(each => each.target.getAttribute('aria-busy') === 'false')) return;
    const input = typed;
    requestAnimationFrame(() => setTimeout(() => { window.searches[words] ??= performance.now() - input; }));
  }).observe(document.body, { subtree: true, attributeFilter: ['aria-busy'] });
}"""


def measure(segments: int) -> dict[str, Any]:
    """Measure times in ms, the size of JavaScript in kB, and memory of pages in MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = ServerProcess(folder, VIDEOVECTOR_SERVER_DEFAULT_INDEX="false")
        server.start()
        key = server.api_key()
        server.kill()
        runtime = local_runtime(Settings(data_folder=server.data_folder))
        planted_archive.write_posters(runtime)
        media_id = planted_archive.add_long_medium(runtime)
        index_id = planted_archive.add_segments(runtime, segments)
        server.start()
        try:
            with running_browser() as browser:
                first_paint = _first_load(browser, server.port, key)
                page = signed_in(_context(browser, server.port), key)
                return {
                    "javascript_kb": round(first_page_bytes() / 1000),
                    "first_paint_ms": first_paint,
                    "change_ms": _changes(page),
                    "search": {"segments": segments, **_searches(page, index_id)},
                    "transcript": _transcript(browser, page, media_id),
                }
        finally:
            server.kill()


def _context(browser: Browser, port: int) -> BrowserContext:
    return browser.new_context(base_url=f"http://127.0.0.1:{port}", viewport={"width": 1280, "height": 800})


def _first_load(browser: Browser, port: int, key: str) -> int:
    """Open the first page in browsers without a cache. Return the time of its largest contentful paint."""
    loads: list[float] = []
    for _ in range(_LOADS):
        context = _context(browser, port)
        page = signed_in(context, key)
        page.goto("/")
        loads.append(page.evaluate(_FIRST_LOAD))
        context.close()
    return round(median(loads))


def _changes(page: Page) -> dict[str, float]:
    """Go through the pages of the rail. Return the median time until each is drawn."""
    page.goto("/")
    page.wait_for_function(_EVERY_PAGE_LOADED)
    taken: dict[str, list[float]] = {name: [] for name in _PAGES}
    for _ in range(_ROUNDS):
        for name in _PAGES:
            taken[name].append(page.evaluate(_CHANGE_PAGE, name))
    return {name: round(median(each), 1) for name, each in taken.items()}


def _searches(page: Page, index_id: str) -> dict[str, float]:
    """Type searches. Return the time from the end of the typing pause until the hits are drawn."""
    page.goto(f"/search?index={index_id}&q=warm")
    expect(page.get_by_role("region", name="Hits", exact=True)).to_be_visible()
    page.evaluate(_WATCH_SEARCHES)
    box = page.get_by_role("searchbox", name="Words to search for")
    taken = []
    for words in map(str.strip, queries()[:_SEARCHES]):
        box.press("ControlOrMeta+a")
        box.press_sequentially(words, delay=20)
        drawn = page.wait_for_function("words => window.searches[words]", arg=words).json_value()
        taken.append(drawn - _TYPING_PAUSE_MS)
    return {"drawn_ms_p50": round(median(taken)), "drawn_ms_max": round(max(taken))}


def _transcript(browser: Browser, page: Page, media_id: str) -> dict[str, Any]:
    page.goto(f"/media/{media_id}")
    expect(page.get_by_role("region", name="Transcript")).to_be_visible()
    return page_work.scroll(browser, page, "[data-transcript] p")
