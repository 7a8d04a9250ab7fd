"""Text search through the API of a server on a laptop: one caller, and several at once.

python -m tests.perf.bench_search_callers --segments 100000
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np

from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.perf import planted_archive
from tests.perf.bench_search import queries
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

CALLERS: Final = 8
_SEARCHES: Final = 100
"""Searches of the single caller, and of each of several."""


def measure(segments: int) -> dict[str, Any]:
    """Measure milliseconds of a search. ``ratio`` is the p95 of many callers by the p50 of one."""
    with tempfile.TemporaryDirectory() as name, _server(Path(name), segments) as (url, key):
        _search(url, key, queries(), first=-1)
        alone = _search(url, key, queries(), first=0)
        with ThreadPoolExecutor(CALLERS) as callers:
            rounds = [(caller + 1) * _SEARCHES for caller in range(CALLERS)]
            begin = time.perf_counter()
            found = list(callers.map(lambda first: _search(url, key, queries(), first), rounds))
            seconds = time.perf_counter() - begin
    together = [taken for each in found for taken in each]
    p50, p95 = float(np.median(alone)), float(np.quantile(together, 0.95))
    return {
        "segments": segments,
        "callers": CALLERS,
        "alone_p50_ms": round(p50, 1),
        "alone_p95_ms": round(float(np.quantile(alone, 0.95)), 1),
        "together_p50_ms": round(float(np.median(together)), 1),
        "together_p95_ms": round(p95, 1),
        "searches_per_second": round(len(together) / seconds, 1),
        "ratio": round(p95 / p50, 2),
    }


@contextmanager
def _server(folder: Path, segments: int) -> Iterator[tuple[str, str]]:
    """Run a server with an index of ``segments`` segments; yield the URL of its search and a key."""
    server = ServerProcess(
        folder,
        VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",
        VIDEOVECTOR_SERVER_REQUESTS_PER_MINUTE="1000000",
    )
    server.start()
    key = server.api_key()
    server.kill()
    runtime = local_runtime(Settings(data_folder=server.data_folder))
    planted_archive.write_posters(runtime)
    index_id = planted_archive.add_segments(runtime, segments)
    server.start()
    try:
        yield f"{server.base_url}/indexes/{index_id}/search", key
    finally:
        server.kill()


def _search(url: str, key: str, asked: Sequence[str], first: int) -> list[float]:
    """Search ``_SEARCHES`` times. ``first`` makes the texts new, so that their vectors are not cached."""
    taken = []
    with httpx.Client(headers={"X-API-Key": key}, timeout=HANG_TIMEOUT) as client:
        for turn in range(first, first + _SEARCHES):
            body = {"query": f"{asked[turn % len(asked)]} {turn}"}
            begin = time.perf_counter()
            client.post(url, json=body).raise_for_status()
            taken.append((time.perf_counter() - begin) * 1000)
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", type=int, default=100_000)
    sys.stdout.write(f"{json.dumps(measure(parser.parse_args().segments))}\n")


if __name__ == "__main__":
    main()
