"""Hostile requests to a real server, beside the requests of another tenant."""

import base64
import io
import json
import select
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx
import pytest
from PIL import Image

from shared.domain.access import Scope
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.perf.hostile_requests import SIZE, Attack, hostile_bodies, picture_search, send, status_of
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

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


def short_picture_search(side: int) -> bytes:
    """Return a search by a picture of one bit a pixel: its body is so short that it need not wait itself."""
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    body = json.dumps({"image_data": base64.b64encode(file.getvalue()).decode()}).encode()
    assert len(body) < 4096
    return body


def load_models(server: ServerProcess, key: dict[str, str]) -> str:
    """Search by text and by picture, so that the models are in memory. Returns the searched index."""
    with httpx.Client(base_url=server.base_url, headers=key | JSON, timeout=HANG_TIMEOUT) as client:
        index_id: str = client.post("/indexes", json={"name": "A"}).json()["index_id"]
        for kind, body in (("search", b'{"query": "a car"}'), ("image-search", picture_search(100))):
            client.post(f"/indexes/{index_id}/{kind}", content=body).raise_for_status()
    return index_id


def test_picture_searches_do_not_delay_another_tenant(server: ServerProcess) -> None:
    """Waiting searches hold none of the threads that all requests share."""
    attacker, tenant = new_key(server, "attacker"), new_key(server, "tenant")
    index_id = load_models(server, attacker)
    path = f"/indexes/{index_id}/image-search"
    attack = Attack("pictures", path, short_picture_search(3000), 1, attacker["X-API-Key"])
    request = attack.request(server.port)
    with ExitStack() as stack, httpx.Client(headers=tenant, timeout=HANG_TIMEOUT) as visitor:
        searches = []
        for _ in range(SEARCHES):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            connection.sendall(request)
            searches.append(connection)
        select.select(searches, [], [])
        for _ in range(3):
            visitor.get(f"{server.base_url}/indexes").raise_for_status()
        answered, _, _ = select.select(searches, [], [], 0)
        statuses = Counter((connection in answered, status_of(connection)) for connection in searches)
    assert statuses[True, "200"] < SEARCHES - SHARED_THREADS
    assert statuses[False, "200"] > 0
    assert {status for _, status in statuses} == {"200", "429"}


def test_large_bodies_without_key_are_refused_unread(server: ServerProcess) -> None:
    load_models(server, new_key(server, "visitor"))
    before = server.resident_bytes()
    for name, body in hostile_bodies(SIZE).items():
        request = Attack(name, "/indexes/idx_1/search", body, 1).request(server.port)
        assert send(server.port, request) == "401"
    assert server.resident_bytes() - before < SIZE
