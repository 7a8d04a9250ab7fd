"""The time that a warm Lambda function adds to a request, from event to answer, without a network.

    python -m tests.perf.bench_lambda

Records are in SQLite on this machine. The timing includes authentication, validation, the log line and the
encoding of the answer. It excludes API Gateway, Lambda and DynamoDB.
"""

import io
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

from functions.api.gateway.entry import api_handler
from shared.domain.access import Scope
from shared.runtime import Runtime
from shared.runtime.local import local_runtime
from shared.settings import Settings
from tests.unit.functions.gateway import Context, Gateway

REQUESTS: Final = 3000
WARM_UP: Final = 200

_READY: Final = {
    "event_id": "7b0f5f3e-3c50-4e0e-9d2b-0d6f4a1c2b3d",
    "surface": "bench",
    "reason": "processing_intent",
    "operation": "find",
}


def measure() -> dict[str, Any]:
    """Measure each kind of request; return ``p50`` and ``p99`` in microseconds."""
    with tempfile.TemporaryDirectory() as folder, redirect_stdout(io.StringIO()):
        runtime = local_runtime(Settings(data_folder=Path(folder), requests_per_minute=10**9))
        _, secret = runtime.access.api_keys.create("bench", "usr_bench", "bench", [Scope.ADMIN])
        return {
            "validated POST": _timed(_validated(runtime, {"x-api-key": secret})),
            "GET by id": _timed(_by_id(runtime, {"x-api-key": secret})),
        }


def _validated(runtime: Runtime, headers: dict[str, str]) -> Callable[[], object]:
    auth = Gateway(api_handler("auth", runtime), headers)
    event = auth.event("POST", "/api/v2/auth/processing-activity", json_body=_READY)
    return lambda: _expect(200, auth.handler(event, Context()))


def _by_id(runtime: Runtime, headers: dict[str, str]) -> Callable[[], object]:
    indexes = Gateway(api_handler("indexes", runtime), headers)
    made = indexes.request("POST", "/api/v2/indexes", json_body={"name": "bench"}).json()
    event = indexes.event("GET", f"/api/v2/indexes/{made['index_id']}")
    return lambda: _expect(200, indexes.handler(event, Context()))


def _expect(status: int, answer: dict[str, Any]) -> None:
    if answer["statusCode"] != status:
        raise AssertionError(f"{answer['statusCode']} instead of {status}: {answer['body']}")


def _timed(once: Callable[[], object]) -> dict[str, float]:
    for _ in range(WARM_UP):
        once()
    taken = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        once()
        taken.append((time.perf_counter() - started) * 1e6)
    taken.sort()
    return {"p50": round(taken[REQUESTS // 2], 1), "p99": round(taken[REQUESTS * 99 // 100], 1)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
