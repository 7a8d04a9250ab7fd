"""What a page must never do: log an error, break its content security policy, or ask another host."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

from tests.browser.timeouts import BROWSER_TIMEOUT


@dataclass
class PageWatch:
    """The faults of all pages of a browser context. ``expected`` are texts of console errors that a test
    causes on purpose, such as the status of a refused request."""

    origins: tuple[str, ...]
    faults: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def attach(self, context: BrowserContext) -> None:
        context.on("request", self._check_request)
        context.on("console", self._check_message)
        context.on("page", lambda page: page.on("pageerror", lambda error: self.faults.append(str(error))))

    def expect(self, text: str) -> None:
        """Permit console errors that contain ``text``, also those that are already there."""
        self.expected.append(text)

    def unexpected(self) -> list[str]:
        return [fault for fault in self.faults if not any(text in fault for text in self.expected)]

    def _check_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and f"{url.scheme}://{url.netloc}" not in self.origins:
            self.faults.append(f"request to another host: {request.url}")

    def _check_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.type} in the console: {message.text} ({message.location})")


def open_page(context: BrowserContext) -> Page:
    """Open a page whose waits suit slow machines."""
    page = context.new_page()
    page.set_default_timeout(BROWSER_TIMEOUT * 1000)
    return page
