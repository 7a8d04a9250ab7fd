"""The first search after a start, beside the next ones: of a server, and of a cold Lambda function.

python -m tests.perf.bench_first_answer
"""

import base64
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
from videovector import VideoVector

from layers.build import build_layer
from shared.cli.demo.sample import SAMPLE
from tests.api.imports import picture
from tests.aws.cold_start import open_index, start_handler
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

STARTS: Final = 5
NEXT: Final = 20
_POLL: Final = 0.05


def measure() -> dict[str, float]:
    """Measure a server that holds the sample, and the function of searches; medians over several starts.

    ``ready_s`` are the seconds from the start of the process to its first answer to ``GET /health``. The
    searches are in milliseconds. The function's milliseconds are processor time, and the least of several.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = ServerProcess(folder)
        server.start()
        key = server.api_key()
        index_id = _index_with_sample(server.base_url, key)
        shown = base64.b64encode(picture(folder).read_bytes()).decode()
        searches = {
            "text": (f"/indexes/{index_id}/search", {"query": "a cat", "top_k": 10}),
            "picture": (f"/indexes/{index_id}/image-search", {"image_data": shown, "top_k": 10}),
        }
        starts = [_restarted(server, key, searches) for _ in range(STARTS)]
        server.kill()
        packages = build_layer("api", folder / "layer", here=True)
        return {
            **{name: round(statistics.median(each[name] for each in starts), 2) for name in starts[0]},
            "function_start_ms": _least(lambda: start_handler("search", packages).milliseconds),
            "function_index_ms": _least(lambda: open_index(packages).milliseconds),
        }


def _index_with_sample(base_url: str, key: str) -> str:
    """Import the sample and run a prompt over it; return the id of its index."""
    client = VideoVector(api_key=key, base_url=base_url)
    index_id = str(client.indexes.create(name="Sample").index_id)
    job = client.videos.upload(file=SAMPLE, title="Sample", index_id=index_id)
    client.import_jobs.wait_for_completion(job.job_id, poll_interval=_POLL)
    prompt = client.prompts.create(
        name="Summary",
        prompt_text="Describe the scene in one sentence.",
        json_schema={"type": "object", "properties": {"summary": {"type": "string"}}},
    )
    run = client.prompt_runs.execute(
        prompt_id=prompt.prompt_id, target={"type": "index", "index_id": index_id}
    )
    client.prompt_runs.wait_for_completion(run.run_id, poll_interval=_POLL)
    return index_id


def _restarted(
    server: ServerProcess, key: str, searches: dict[str, tuple[str, dict[str, Any]]]
) -> dict[str, float]:
    """Start the server again, and measure the first search of each kind and the median of the next ones."""
    server.kill()
    began = time.perf_counter()
    server.start()
    found = {"ready_s": time.perf_counter() - began}
    with httpx.Client(base_url=server.base_url, headers={"X-API-Key": key}, timeout=HANG_TIMEOUT) as client:
        for name, (path, body) in searches.items():
            taken = [_milliseconds(client, path, body) for _ in range(1 + NEXT)]
            found |= {f"first_{name}_ms": taken[0], f"next_{name}_ms": statistics.median(taken[1:])}
    return found


def _milliseconds(client: httpx.Client, path: str, body: dict[str, Any]) -> float:
    began = time.perf_counter()
    client.post(path, json=body).raise_for_status()
    return (time.perf_counter() - began) * 1000


def _least(measured: Callable[[], float]) -> float:
    return round(min(measured() for _ in range(STARTS)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(), indent=2) + "\n")
