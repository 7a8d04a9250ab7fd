"""Hostile requests to a real server, beside the requests of another tenant."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
import pytest

from shared.domain.access import Scope
from shared.http.admission.fair_queue import RETRY_AFTER_SECONDS
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.perf.hostile_requests import SIZE, hostile_bodies, picture_search
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

SEARCHES: Final = 150
SHARED_THREADS: Final = 64
JSON: Final = {"Content-Type": "application/json"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path)
    process.start()
    yield process
    process.kill()


def new_key(server: ServerProcess, tenant: str) -> dict[str, str]:
    keys = local_runtime(Settings(data_folder=server.data_folder)).access.api_keys
    return {"X-API-Key": keys.create(tenant, f"usr_{tenant}", "key", [Scope.ADMIN])[1]}


def test_picture_searches_do_not_delay_another_tenant(server: ServerProcess) -> None:
    """Each search takes a slot of its own, and not one of the threads that all requests share."""
    attacker, tenant = new_key(server, "attacker"), new_key(server, "tenant")
    index = httpx.post(f"{server.base_url}/indexes", json={"name": "A"}, headers=attacker).json()
    url = f"{server.base_url}/indexes/{index['index_id']}/image-search"
    body = picture_search(3000)
    answers: Counter[int] = Counter()
    lock = threading.Lock()

    def search() -> None:
        answer = httpx.post(url, content=body, headers=attacker | JSON, timeout=HANG_TIMEOUT)
        if answer.status_code == 429:
            assert answer.headers["Retry-After"] == str(RETRY_AFTER_SECONDS)
        with lock:
            answers[answer.status_code] += 1

    with ThreadPoolExecutor(SEARCHES) as threads:
        searches = [threads.submit(search) for _ in range(SEARCHES)]
        wait_until(lambda: answers.total() > 0, "the first answer to a search")
        for _ in range(3):
            httpx.get(f"{server.base_url}/indexes", headers=tenant, timeout=HANG_TIMEOUT).raise_for_status()
        answered = answers[200]
        for each in searches:
            each.result()
    assert answered < SEARCHES - SHARED_THREADS
    assert set(answers) == {200, 429}


def test_large_bodies_without_key_are_refused_unread(server: ServerProcess) -> None:
    before = server.peak_resident_bytes()
    for body in hostile_bodies(SIZE).values():
        answer = httpx.post(
            f"{server.base_url}/indexes/idx_1/search", content=body, headers=JSON, timeout=HANG_TIMEOUT
        )
        assert answer.status_code == 401
    assert server.peak_resident_bytes() - before < SIZE
