"""The System page: the numbers that it shows are those of the metrics."""

import httpx
from playwright.sync_api import BrowserContext, Page, expect
from prometheus_client.parser import text_string_to_metric_families

from tests.browser import accessibility
from tests.browser.conftest import METRICS_TOKEN, Archive, Console
from tests.browser.watch import PageWatch
from tests.waiting import HANG_TIMEOUT


def _metrics(console: Console) -> dict[str, float]:
    answer = httpx.get(
        f"{console.url}/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"}, timeout=HANG_TIMEOUT
    )
    answer.raise_for_status()
    sums: dict[str, float] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            sums[sample.name] = sums.get(sample.name, 0) + sample.value
    return sums


def test_page_shows_numbers_of_metrics(page: Page, console: Console, archive: Archive) -> None:
    page.goto("/system")
    health = page.get_by_role("region", name="Health")
    expect(health.get_by_role("img", name="It answers")).to_have_count(4)
    metrics = _metrics(console)
    storage = page.get_by_role("region", name="Archive and storage")
    for name, key in (("Media", "videovector_media"), ("Segments", "videovector_segments")):
        shown = storage.get_by_text(name, exact=True).locator("xpath=following-sibling::dd")
        expect(shown).to_have_text(f"{metrics[key]:,.0f}")
    assert metrics["videovector_media"] >= 2
    queues = page.get_by_role("table", name="Work by kind and state")
    for kind, key in (("Imports", "videovector_imports"), ("Runs", "videovector_runs")):
        cells = queues.get_by_role("row", name=kind).get_by_role("cell").all_inner_texts()
        assert sum(int(cell.replace(",", "")) for cell in cells[1:]) == metrics[key]
    expect(page.get_by_role("region", name="Models in use")).to_contain_text("builtin, default")
    expect(page.get_by_role("link", name="Monitoring")).to_be_visible()
    accessibility.check(page)


def test_page_tells_when_server_does_not_answer(
    page: Page, context: BrowserContext, watch: PageWatch
) -> None:
    watch.expect("status of 404")
    context.route("**/api/v2/system", lambda route: route.fulfill(status=404, json={}))
    page.goto("/system")
    expect(page.get_by_role("alert")).to_contain_text("status 404")
    context.unroute("**/api/v2/system")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("region", name="Health")).to_be_visible()


def test_page_continues_by_itself_when_server_is_back(
    page: Page, context: BrowserContext, watch: PageWatch
) -> None:
    watch.expect("net::ERR_CONNECTION_REFUSED")
    for address in ("**/api/v2/system", "**/health"):
        context.route(address, lambda route: route.abort("connectionrefused"))
    page.goto("/system")
    expect(page.get_by_role("alert")).to_contain_text("tries again every few seconds")
    for address in ("**/api/v2/system", "**/health"):
        context.unroute(address)
    expect(page.get_by_role("region", name="Health")).to_be_visible()
