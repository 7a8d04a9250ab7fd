"""The browser of these tests: the machine's Chromium, with nothing of its own on the network."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from tests.prerequisites import NO_CHROMIUM, find_chromium

_FLAGS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--no-first-run",
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
)


class ChromiumMissing(RuntimeError):
    """The machine has no Chromium. The message says how to get it."""


def chromium_path() -> str:
    """Return the path of Chromium; ``CHROMIUM`` names another program. Raises: ChromiumMissing."""
    found = find_chromium()
    if found is None:
        raise ChromiumMissing(f"The tests need {NO_CHROMIUM}")
    return found


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Run Chromium without a window until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
