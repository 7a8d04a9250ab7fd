"""The console on the deployed stacks, as CloudFront serves it: from a sign-in to a moment that plays."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect
from videovector import VideoVector

from shared.cli.demo.sample import SAMPLE
from tests.aws.deployment import operations
from tests.aws.deployment.deployed import Deployed, sign_in_link
from tests.aws.deployment.site_server import running_site
from tests.browser.chromium import running_browser
from tests.browser.timeouts import BROWSER_TIMEOUT
from tests.browser.watch import PageWatch, open_page

pytestmark = pytest.mark.slow
expect.set_options(timeout=BROWSER_TIMEOUT * 1000)

CAT_SECONDS = (5.0, 12.5)
"""The segment of the reel that shows the cat."""

NEW_ROUTES = {
    "/console/sign-in",
    "/console/session",
    "/system",
    "/search/fields/{id}",
    "/search/fields/{id}/values",
    "/processing/events/stream",
    "/videos/{id}/thumbnail",
    "/videos/{id}/timeline",
}


@pytest.fixture(scope="module")
def context(product: Deployed) -> Iterator[BrowserContext]:
    """A browser context on the site. Each fault of its pages fails the test."""
    emulator = urlsplit(product.base_url)
    with running_site(product) as origin, running_browser() as browser:
        watch = PageWatch((origin, f"{emulator.scheme}://{emulator.netloc}"))
        found = browser.new_context(base_url=origin, viewport={"width": 1280, "height": 800})
        watch.attach(found)
        yield found
        found.close()
        assert watch.unexpected() == []


def test_newcomer_finds_uploaded_moment(
    product: Deployed, client: VideoVector, context: BrowserContext
) -> None:
    answered: set[str] = set()
    context.on("response", lambda response: answered.add(_route_of(response)))
    index_id = client.indexes.create(name="Sent by hand").index_id
    client.prompts.create(**operations.PROMPT | {"name": "Seen in the console"})

    page = open_page(context)
    page.goto(sign_in_link(product))
    expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
    page.get_by_role("button", name="Activity").click()
    drawer = page.get_by_role("complementary", name="Activity")
    expect(drawer.get_by_text("Live", exact=True)).to_be_visible()

    page.get_by_role("list", name="Indexes").get_by_role("link", name="Sent by hand").click()
    page.get_by_role("main").get_by_role("button", name="Upload files").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(SAMPLE)
    expect(drawer.get_by_role("listitem").filter(has_text="sample-reel")).to_contain_text("Done")
    expect(page.get_by_role("main").get_by_role("link", name="sample-reel")).to_be_visible()
    expect(page.get_by_role("main").locator("img[src]")).to_be_visible()

    page.goto(f"/runs/new?index={index_id}")
    page.get_by_role("combobox", name="Prompt").click()
    page.get_by_role("option", name="Seen in the console").click()
    expect(page.get_by_role("region", name="Estimate")).to_contain_text("1 video")
    page.get_by_role("button", name="Start run").click()
    expect(page.get_by_role("status").filter(has_text="Completed")).to_be_visible()

    page.goto(f"/search?index={index_id}")
    page.get_by_role("button", name="Add condition").click()
    with page.expect_response("**/values*"):
        page.get_by_role("button", name=re.compile("^Summary")).click()
    page.goto(f"/search?index={index_id}")
    page.get_by_role("searchbox", name="Words to search for").fill("a cat")
    hit = page.get_by_role("region", name="Hits").locator("a:not(h2 a)").first
    expect(hit.locator("mark").first).to_have_text("cat")
    hit.click()
    page.wait_for_url("**/media/vid_*")
    second = float(parse_qs(urlsplit(page.url).query)["t"][0])
    assert CAT_SECONDS[0] <= second <= CAT_SECONDS[1]
    _plays_from(page, second)
    page.reload()
    _plays_from(page, second)

    page.get_by_role("button", name="Key and settings").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.goto("/system")
    page.get_by_label("API key").fill(product.api_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("AWS")).to_be_visible()
    assert answered >= NEW_ROUTES


def test_documentation_is_searched_and_old_addresses_lead_to_it(context: BrowserContext) -> None:
    page = open_page(context)
    page.goto("/docs/guide.md")
    expect(page).to_have_url(re.compile("/docs/start/laptop/$"))
    page.get_by_role("button", name="Search").click()
    page.get_by_placeholder("Search").fill("webhook signature")
    expect(page.locator("li.pagefind-ui__result a").first).to_be_visible()


def _route_of(response: Response) -> str:
    """Return the path of an answer of the API that is no error, without its ids."""
    path = urlsplit(response.url).path
    is_used = path.startswith("/api/v2/") and response.ok
    return re.sub(r"/(vid|idx|run|seg)_[^/]+", "/{id}", path.removeprefix("/api/v2")) if is_used else ""


def _plays_from(page: Page, second: float) -> None:
    """Play the video from its place, and wait until the playhead has moved on."""
    page.wait_for_function(
        "second => Math.abs((document.querySelector('video')?.currentTime ?? -9) - second) < 0.5", arg=second
    )
    page.get_by_role("button", name="Play (space)").click()
    page.wait_for_function("second => document.querySelector('video').currentTime > second + 0.5", arg=second)
