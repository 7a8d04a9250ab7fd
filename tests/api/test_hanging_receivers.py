"""Test deliveries to receivers that do not answer leave threads to other requests."""

import asyncio
import threading
from pathlib import Path
from typing import Final

import httpx
import pytest

from shared.domain.access import Scope
from shared.http.app import API_PREFIX
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import application_over
from tests.receiver import Answer, Received, running_receiver
from tests.waiting import wait_until

THREADS: Final = 64
TESTS: Final = 80

SLOTS: Final = 8
"""Slots for tests of webhooks."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path / "data", public_base_url="http://testserver", webhook_hosts="127.0.0.1"
    )


def test_tests_that_hang_leave_threads_to_others(runtime: Runtime) -> None:
    released = threading.Event()

    def hang(_: Received) -> Answer:
        released.wait()
        return Answer()

    _, secret = runtime.access.api_keys.create("acme", "usr_acme", "test", [Scope.ADMIN])

    async def exchange(url: str) -> list[int]:
        transport = httpx.ASGITransport(application_over(runtime))
        async with httpx.AsyncClient(
            transport=transport,
            base_url=f"http://testserver{API_PREFIX}",
            headers={"X-API-Key": secret},
        ) as client:
            body = {"name": "Slow", "url": url, "events": ["export.ready"]}
            webhook_id = (await client.post("/webhooks", json=body)).json()["webhook_id"]
            path = f"/webhooks/{webhook_id}/test"
            tests = [asyncio.create_task(client.post(path)) for _ in range(TESTS)]
            await asyncio.to_thread(wait_until, lambda: len(receiver.received) >= SLOTS)
            listed = await client.get("/webhooks")
            assert listed.status_code == 200
            assert len(receiver.received) < THREADS
            released.set()
            return [answer.status_code for answer in await asyncio.gather(*tests)]

    with running_receiver(hang) as receiver:
        statuses = asyncio.run(exchange(receiver.url))
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) == len(receiver.received) >= SLOTS
