"""Test deliveries to receivers that do not answer leave threads and slots to other requests."""

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

pytestmark = pytest.mark.slow

HANGING: Final = "/hanging"
TESTS: Final = 80

SLOTS_OF_TENANT: Final = 4
"""Tests of webhooks that one tenant may have at a time."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        data_folder=tmp_path / "data", public_base_url="http://testserver", webhook_hosts="127.0.0.1"
    )


def test_tests_that_hang_leave_threads_and_slots_to_others(runtime: Runtime) -> None:
    released = threading.Event()
    hanging: list[Received] = []

    def hang(request: Received) -> Answer:
        if request.path == HANGING:
            hanging.append(request)
            released.wait()
        return Answer()

    def client(tenant: str) -> httpx.AsyncClient:
        _, secret = runtime.access.api_keys.create(tenant, f"usr_{tenant}", "test", [Scope.ADMIN])
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(application_over(runtime)),
            base_url=f"http://testserver{API_PREFIX}",
            headers={"X-API-Key": secret},
        )

    async def exchange(host: str) -> list[int]:
        async with client("attacker") as attacker, client("tenant") as tenant:
            path = await _test_path(attacker, f"http://{host}{HANGING}")
            tests = [asyncio.create_task(attacker.post(path)) for _ in range(TESTS)]
            await asyncio.to_thread(wait_until, lambda: len(hanging) >= SLOTS_OF_TENANT)
            assert (await tenant.get("/webhooks")).status_code == 200
            tested = await tenant.post(await _test_path(tenant, f"http://{host}/quick"))
            assert tested.json()["success"] is True
            assert len(hanging) == SLOTS_OF_TENANT
            released.set()
            return [answer.status_code for answer in await asyncio.gather(*tests)]

    with running_receiver(hang) as receiver:
        statuses = asyncio.run(exchange(receiver.host))
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) == len(hanging) >= SLOTS_OF_TENANT


async def _test_path(client: httpx.AsyncClient, url: str) -> str:
    """Create a webhook. Return the path that tests it."""
    body = {"name": "Flow", "url": url, "events": ["export.ready"]}
    return f"/webhooks/{(await client.post('/webhooks', json=body)).json()['webhook_id']}/test"
