"""The documentation site: its search, its links, its places for everything, and what its pages never do."""

import re

import pytest
from playwright.sync_api import Page, expect

from shared.cli.__main__ import application
from shared.cli.documentation import routes
from shared.cli.reference.commands_page import commands_of
from shared.cli.reference.errors_page import ENTRIES
from shared.domain.events.catalogue import CATALOGUE
from shared.settings import Settings
from tests.browser.accessibility import check
from tests.browser.built_site import BuiltPage, dead_links, outside_files, read_pages

QUESTIONS = {
    "start the server on a laptop": {"start/laptop"},
    "create an api key": {"start/keys", "reference/commands"},
    "deploy to aws": {"start/aws", "reference/commands"},
    "max upload size": {"reference/limits", "reference/settings"},
    "import media from a url": {"guides/import", "reference/api/videos"},
    "upload in parts": {"reference/api/uploads", "aws/uploads", "guides/console"},
    "supported video formats": {"reference/media"},
    "retry a failed segment": {"reference/api/prompt-runs", "guides/prompts"},
    "search by picture": {"guides/search", "reference/api/search"},
    "conditions on fields": {"guides/search"},
    "bucket permissions": {"guides/connectors"},
    "verify webhook signature": {"guides/webhooks", "guides/deliveries"},
    "how long are deliveries kept": {"guides/deliveries"},
    "Last-Event-ID": {"guides/live-stream", "reference/api/processing"},
    "delete an index": {"guides/deletion", "reference/api/deletions"},
    "error 429": {"reference/errors"},
    "idempotency_request_mismatch": {"reference/errors"},
    "backup and restore": {"operations/backup"},
    "rebuild the search index": {"operations/repairs", "reference/commands", "aws/search"},
    "VIDEOVECTOR_SERVER_REQUESTS_PER_MINUTE": {"reference/settings"},
    "cost of an hour of video": {"aws/costs"},
    "move an archive to aws": {"aws/move"},
    "How can I revoke a key?": {"start/keys", "reference/commands"},
    "why did my import fail": {"operations/troubleshooting", "reference/errors"},
    "how to sign in": {"start/questions", "start/laptop"},
    "change port": {"start/questions", "reference/settings"},
    "what is a segment": {"start/terms"},
    "where are my files stored": {"start/questions", "operations/backup"},
    "do I need a GPU": {"start/questions"},
    "share a search with a colleague": {"start/questions"},
    "can it recognise faces": {"start/questions"},
    "export results to Excel": {"start/questions"},
    "subtitles srt": {"start/questions"},
    "what does MT unit mean": {"start/questions"},
    "google drive": {"start/questions"},
    "phone access from another computer": {"start/questions"},
    "how do I upload a film": {"start/questions", "guides/import"},
    "create a read-only key": {"start/questions", "start/keys"},
    "what is an index": {"start/terms"},
    "change the password": {"start/questions"},
    "how big can a file be": {"start/questions", "reference/limits"},
    "rename a video": {"start/questions"},
    "download a clip": {"start/questions"},
    "conditions in search example": {"start/questions", "guides/search"},
    "what does smart mean": {"start/questions"},
    "back up my archive": {"start/questions", "operations/backup"},
    "medium failed, what now": {"start/questions", "operations/troubleshooting"},
    "import a whole bucket": {"start/questions", "guides/archive"},
    "import new files automatically": {"start/questions", "guides/automations"},
    "retry failed files of an import": {"start/questions", "guides/archive"},
    "alert when something is found": {"start/questions", "guides/saved-searches"},
    "move an archive to another account": {"start/questions", "aws/move"},
    "language model": {"guides/extraction", "aws/language-model", "operations/models"},
}
"""What people ask, and the pages of which one has to be among the first three results."""

NEVER_IDLE = """window.requestIdleCallback = (work, options) =>
  options?.timeout ? setTimeout(work, options.timeout) : 0"""
"""Lets a browser be one that is busy for as long as a page is open: it runs idle work at its timeout only."""

SAMPLE = ("", "start/laptop/", "guides/console/", "reference/errors/", "reference/api/search/")


@pytest.fixture(scope="module")
def pages() -> dict[str, BuiltPage]:
    return read_pages()


def test_search_finds_page_of_each_question(page: Page) -> None:
    page.goto("/docs/")
    page.get_by_role("button", name="Search").click()
    box = page.get_by_placeholder("Search")
    missed = []
    for question, wanted in QUESTIONS.items():
        box.fill(question)
        message = page.locator(".pagefind-ui__message")
        expect(message).to_have_text(re.compile(rf"^\s*\d+ results? for {re.escape(question)}"))
        count = min(3, int(message.inner_text().split()[0]))
        results = page.locator("li.pagefind-ui__result")
        links = [results.nth(place).locator("a").first for place in range(count)]
        for link in links:  # each result is loaded by a request of its own
            expect(link).to_be_visible()
        found = [link.get_attribute("href") or "" for link in links]
        if not any(address.startswith(f"/docs/{name}/") for address in found for name in wanted):
            missed.append(f"{question}: {found}")
    assert missed == []


def test_search_works_in_browser_that_is_never_idle(page: Page) -> None:
    page.add_init_script(NEVER_IDLE)
    page.goto("/docs/")
    page.get_by_role("button", name="Search").click()
    page.get_by_placeholder("Search").fill("webhooks")
    expect(page.locator("li.pagefind-ui__result").first).to_be_visible()


def test_no_link_of_site_is_dead(pages: dict[str, BuiltPage]) -> None:
    assert len(pages) > 80
    assert dead_links(pages) == []
    assert outside_files(pages) == []


def test_pages_have_no_inline_scripts(pages: dict[str, BuiltPage]) -> None:
    assert [page.address for page in pages.values() if page.inline_scripts] == []


def test_everything_has_its_place(pages: dict[str, BuiltPage]) -> None:
    reference = " ".join(
        page.words for page in pages.values() if page.address.startswith("/docs/reference/api/")
    )
    expected = {
        "/docs/reference/settings/": [f"VIDEOVECTOR_SERVER_{name.upper()}" for name in Settings.model_fields],
        "/docs/reference/events/": [kind.event_type.value for kind in CATALOGUE],
        "/docs/reference/commands/": [name for name, _ in commands_of(_commands())],
        "/docs/reference/routes/": [route.path for route in routes()],
    }
    missing = {
        address: [word for word in words if word not in pages[address].words]
        for address, words in expected.items()
    }
    assert not any(missing.values()), missing
    assert [route.path for route in routes() if f"{route.method} {route.path}" not in reference] == []
    anchors = pages["/docs/reference/errors/"].anchors
    assert [
        entry.code for entry in ENTRIES if entry.code.replace("<", "").replace(">", "") not in anchors
    ] == []


def _commands() -> object:
    from typer.main import get_command

    return get_command(application)


@pytest.mark.parametrize("name", SAMPLE)
def test_page_is_accessible(page: Page, name: str) -> None:
    page.goto(f"/docs/{name}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(page)


def test_reference_to_try_shows_operations(page: Page) -> None:
    page.goto("/docs/try/")
    expect(page.get_by_role("heading", name="Validate Key").first).to_be_attached()


def test_reader_chooses_language_of_examples(page: Page) -> None:
    page.goto("/docs/reference/api/indexes/")
    page.get_by_role("tab", name="Python").first.click()
    expect(page.get_by_text('client.indexes.create(name="Reels")')).to_be_visible()


def test_old_address_leads_to_page(page: Page) -> None:
    page.goto("/docs/webhooks.md")
    expect(page.get_by_role("heading", name="Webhooks", level=1)).to_be_visible()
