"""Imports from hosts whose name server does not answer, beside the requests of another tenant."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx

from functions.api.application import create_application
from shared.domain.access import Scope
from shared.domain.lazy import lazy
from shared.http.app import API_PREFIX
from shared.ports.uri_fetcher import Fetched, UriFetcher
from shared.runtime import Runtime
from shared.runtime.local import LocalPorts
from shared.settings import Settings
from tests.waiting import HANG_TIMEOUT, wait_until

IMPORTS: Final = 100
SHARED_THREADS: Final = 64


class SlowFetcher:
    """A fetcher whose check lasts until ``answered`` is set, as the look-up of such a host lasts."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.checked: list[str] = []

    def check(self, uri: str) -> None:
        self.checked.append(uri)
        assert self.answered.wait(HANG_TIMEOUT)

    def fetch(self, uri: str, destination: Path, *, limit: int, progress: Callable[[int], None]) -> Fetched:
        raise AssertionError("no job runs in this test")


class SlowPorts(LocalPorts):
    @lazy
    def uri_fetcher(self) -> UriFetcher:
        return SlowFetcher()


def test_slow_look_ups_of_hosts_do_not_delay_another_tenant(settings: Settings) -> None:
    ports = SlowPorts(settings)
    runtime, fetcher = Runtime(ports), ports.uri_fetcher
    assert isinstance(fetcher, SlowFetcher)
    transport = httpx.ASGITransport(create_application(runtime))

    def client(tenant: str) -> httpx.AsyncClient:
        _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [Scope.ADMIN])
        return httpx.AsyncClient(
            transport=transport, base_url=f"http://testserver{API_PREFIX}", headers={"X-API-Key": secret}
        )

    async def requests() -> list[int]:
        async with client("attacker") as attacker, client("tenant") as tenant, asyncio.timeout(HANG_TIMEOUT):
            body = {"title": "A", "video_uri": "https://host.test/a.mp4"}
            imports = [asyncio.create_task(attacker.post("/videos", json=body)) for _ in range(IMPORTS)]
            try:
                await asyncio.to_thread(wait_until, lambda: fetcher.checked, "the first look-up")
                assert (await tenant.get("/indexes")).status_code == 200
                assert len(fetcher.checked) < SHARED_THREADS
            finally:
                fetcher.answered.set()
            return [(await each).status_code for each in imports]

    assert asyncio.run(requests()) == [202] * IMPORTS
