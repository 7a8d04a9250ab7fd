"""The wait of a tenant while another tenant, and a client without a key, send hostile requests.

The attackers send JSON that is expensive to parse, of 15 MiB without a key and of several sizes with a key,
and 70 searches at a time by pictures as large as the server accepts. Meanwhile a tenant repeats
``GET /indexes``. Server and attackers share two processors. The limit of requests a minute is off, and the
default index is not made, because its models would count as growth of the memory.
"""

import json
import multiprocessing
import os
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import httpx

from shared.domain.access import Scope
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.perf.hostile_requests import SIZE, Attack, attack, hostile_bodies, picture_search
from tests.server_process import ServerProcess

SECONDS: Final = 30.0
PICTURE_SEARCHES: Final = 70
PICTURE_SIDE: Final = 4990
SIZES: Final = {"15 MiB": SIZE, "10 MiB": 10 * 1024**2, "1 MiB": 1024**2 - 1000, "90 kB": 90_000}
_MOST_SECONDS: Final = 300


def measure(*, seconds: float = SECONDS) -> dict[str, Any]:
    """Measure the waits of the tenant in ms, and the growth of the server's memory in MiB."""
    processors = set(range(os.cpu_count() or 1))
    with tempfile.TemporaryDirectory() as name:
        server = ServerProcess(
            Path(name),
            VIDEOVECTOR_SERVER_REQUESTS_PER_MINUTE="1000000",
            VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",
        )
        _use_two_processors()
        try:
            server.start()
            found = _watch(server, seconds)
        finally:
            server.kill()
            _use(processors)
    return found


def _watch(server: ServerProcess, seconds: float) -> dict[str, Any]:
    keys = local_runtime(Settings(data_folder=server.data_folder)).access.api_keys
    _, attacker = keys.create("attacker", "usr_attacker", "key", [Scope.ADMIN])
    _, tenant = keys.create("tenant", "usr_tenant", "key", [Scope.ADMIN])
    index_id = _warm(server, attacker)
    before = server.resident_bytes()
    quiet = _waits(server, tenant, 3.0)
    attacks = _attacks(index_id, attacker)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        running = pool.apply_async(attack, (server.port, attacks, seconds))
        waits = _waits(server, tenant, seconds)
        answers = running.get(_MOST_SECONDS)
    return {
        "quiet_ms_p99": _percentile(quiet, 99),
        "get_ms_p50": _percentile(waits, 50),
        "get_ms_p99": _percentile(waits, 99),
        "get_ms_max": round(max(waits), 1),
        "gets": len(waits),
        "memory_rise_mib": round((server.peak_resident_bytes() - before) / 2**20),
        "answers": answers,
    }


def _attacks(index_id: str, api_key: str) -> list[Attack]:
    search = f"/indexes/{index_id}/search"
    picture = f"/indexes/{index_id}/image-search"
    attacks = [
        Attack(f"{name} of 15 MiB without a key", search, body, 1)
        for name, body in hostile_bodies(SIZE).items()
    ]
    for label, size in SIZES.items():
        attacks += [
            Attack(f"{name} of {label}", picture if size > 1024**2 else search, body, 1, api_key)
            for name, body in hostile_bodies(size).items()
        ]
    pictures = picture_search(PICTURE_SIDE)
    attacks.append(Attack("picture searches", picture, pictures, PICTURE_SEARCHES, api_key))
    return attacks


def _warm(server: ServerProcess, api_key: str) -> str:
    """Create an index and load the models of a search. Returns the index."""
    with httpx.Client(
        base_url=server.base_url, headers={"X-API-Key": api_key}, timeout=_MOST_SECONDS
    ) as client:
        index_id: str = client.post("/indexes", json={"name": "Index"}).raise_for_status().json()["index_id"]
        client.post(f"/indexes/{index_id}/search", json={"query": "a red car"}).raise_for_status()
        body = json.loads(picture_search(100))
        client.post(f"/indexes/{index_id}/image-search", json=body).raise_for_status()
    return index_id


def _waits(server: ServerProcess, api_key: str, seconds: float) -> list[float]:
    """Repeat ``GET /indexes``. Returns the milliseconds that each took."""
    waits = []
    until = time.monotonic() + seconds
    with httpx.Client(headers={"X-API-Key": api_key}, timeout=_MOST_SECONDS) as client:
        while time.monotonic() < until:
            began = time.perf_counter()
            client.get(f"{server.base_url}/indexes").raise_for_status()
            waits.append((time.perf_counter() - began) * 1000)
    return waits


def _percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 1)


def _use_two_processors() -> None:
    _use(set(range(min(2, os.cpu_count() or 1))))


def _use(processors: set[int]) -> None:
    """Restrict this process, and the processes that it starts, to ``processors`` where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, processors)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
