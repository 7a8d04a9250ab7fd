"""Hosts of imports and webhooks whose name server does not answer, beside requests of another tenant."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.domain.lazy import lazy
from shared.domain.webhooks.answer import ReceiverAnswer
from shared.http.admission import admission
from shared.http.admission.fair_queue import QueueLimits
from shared.http.app import API_PREFIX
from shared.ports.uri_fetcher import Fetched, UriFetcher
from shared.ports.webhook_sender import WebhookSender
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts
from shared.settings import Settings
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

REQUESTS: Final = 100
SHARED_THREADS: Final = 64


SLOW: Final = "https://slow.test/a.mp4"
QUICK: Final = "https://quick.test/a.mp4"


class SlowLookUps:
    """Checks of ``SLOW`` last until ``answered`` is set, as the look-up of such a host lasts."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.checked: list[str] = []

    def check(self, uri: str) -> None:
        if uri == QUICK:
            return
        self.checked.append(uri)
        assert self.answered.wait(HANG_TIMEOUT)


class SlowFetcher(SlowLookUps):
    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        raise AssertionError("no job runs in this test")


class SlowSender(SlowLookUps):
    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> ReceiverAnswer:
        raise AssertionError("nothing is sent in this test")


class SlowPorts(LocalPorts):
    @lazy
    def uri_fetcher(self) -> UriFetcher:
        return SlowFetcher()

    @lazy
    def webhook_sender(self) -> WebhookSender:
        return SlowSender()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let requests wait for the look-ups of this test on a slow machine too."""
    monkeypatch.setattr(admission, "_WAITING_LOOK_UPS", QueueLimits(128, 512, HANG_TIMEOUT))


def test_slow_look_ups_of_hosts_do_not_delay_another_tenant(settings: Settings) -> None:
    ports = SlowPorts(settings)
    assert isinstance(ports.uri_fetcher, SlowFetcher)
    statuses = _sent_beside_another_tenant(
        ports, ports.uri_fetcher, "/videos", lambda url: {"title": "A", "video_uri": url}
    )
    assert statuses == [202] * REQUESTS


def test_slow_look_ups_of_receivers_do_not_delay_another_tenant(settings: Settings) -> None:
    ports = SlowPorts(settings)
    assert isinstance(ports.webhook_sender, SlowSender)
    statuses = _sent_beside_another_tenant(
        ports,
        ports.webhook_sender,
        "/webhooks",
        lambda url: {"name": "Flow", "url": url, "events": ["media.created"]},
    )
    assert statuses == [201] * REQUESTS


def _sent_beside_another_tenant(
    ports: LocalPorts, slow: SlowLookUps, path: str, body: Callable[[str], dict[str, Any]]
) -> list[int]:
    """Send requests that look a host up, and another tenant's requests meanwhile. Return their statuses."""
    runtime = Runtime(ports)
    transport = httpx.ASGITransport(create_application(runtime))

    def client(tenant: str) -> httpx.AsyncClient:
        _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [Scope.ADMIN])
        return httpx.AsyncClient(
            transport=transport, base_url=f"http://testserver{API_PREFIX}", headers={"X-API-Key": secret}
        )

    async def requests() -> list[int]:
        async with client("attacker") as attacker, client("tenant") as tenant, asyncio.timeout(HANG_TIMEOUT):
            sent = [asyncio.create_task(attacker.post(path, json=body(SLOW))) for _ in range(REQUESTS)]
            try:
                await asyncio.to_thread(wait_until, lambda: slow.checked, "the first look-up")
                assert (await tenant.get("/indexes")).status_code == 200
                assert (await tenant.post(path, json=body(QUICK))).is_success
                assert len(slow.checked) < SHARED_THREADS
            finally:
                slow.answered.set()
            return [(await each).status_code for each in sent]

    return asyncio.run(requests())
