"""One server with a processed archive, one browser, and a page that is signed in and watched."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from shared.cli.demo.server import Address, running_server
from tests.browser.chromium import running_browser
from tests.browser.timeouts import BROWSER_TIMEOUT
from tests.browser.watch import PageWatch, open_page
from tests.clients.conftest import Archive, archive
from tests.stores.settings_of_server import store_variables

__all__ = ["Archive", "archive"]
WEBHOOK_HOSTS = "VIDEOVECTOR_SERVER_WEBHOOK_HOSTS"
METRICS_TOKEN = "metrics-token-of-the-tests"
expect.set_options(timeout=BROWSER_TIMEOUT * 1000)


@dataclass(frozen=True)
class Console:
    """The console of a server: ``url`` is its origin, ``api_key`` a key with every scope."""

    url: str
    base_url: str
    api_key: str


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("console") / "data"


@pytest.fixture(scope="session")
def address(data_folder: Path) -> Iterator[Address]:
    variables = {
        WEBHOOK_HOSTS: "127.0.0.1",
        "VIDEOVECTOR_SERVER_METRICS_TOKEN": METRICS_TOKEN,
        **store_variables(),
    }
    with running_server(data_folder, variables) as found:
        yield found


@pytest.fixture(scope="session")
def console(address: Address) -> Console:
    parts = urlsplit(address.base_url)
    return Console(f"{parts.scheme}://{parts.netloc}", address.base_url, address.api_key)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as found:
        yield found


@pytest.fixture
def watch(console: Console) -> Iterator[PageWatch]:
    """The watch over the test's pages. A fault that the test does not expect fails it."""
    found = PageWatch((console.url,))
    yield found
    assert found.unexpected() == []


@pytest.fixture
def context(browser: Browser, console: Console, watch: PageWatch) -> Iterator[BrowserContext]:
    """A browser context without a session."""
    found = browser.new_context(base_url=console.url, viewport={"width": 1280, "height": 800})
    watch.attach(found)
    yield found
    found.close()


@pytest.fixture
def page(context: BrowserContext, console: Console) -> Page:
    """A page that is signed in with every scope."""
    return signed_in(context, console.api_key)


def signed_in(
    context: BrowserContext, api_key: str, scope: str = "admin", expires_at: datetime | None = None
) -> Page:
    """Open a page whose tab holds a key, as after a sign-in. ``scope`` is the highest of the key."""
    ends = None if expires_at is None else expires_at.isoformat()
    session = {"key": api_key, "owner": "test", "scopes": [scope], "name": "test", "expiresAt": ends}
    context.add_init_script(
        "if (location.protocol !== 'about:' && !sessionStorage.getItem('videovector.session'))"
        f" sessionStorage.setItem('videovector.session', {json.dumps(json.dumps(session))})"
    )
    return open_page(context)
