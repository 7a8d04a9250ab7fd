"""Imports of many files from the S3 emulator: the plan of 100,000 objects, and 10,000 small pictures."""

import http.client
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import httpx
import numpy as np
from PIL import Image

from tests.aws.emulator import REGION, Emulator
from tests.perf.bench_browse import UNCHECKED, peak_of_tree, resident_of_tree
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

OBJECTS = 100_000
PICTURES = 10_000
WORKERS = 4
"""Files that are imported at once: two for each of two cores, because they wait for the store and the disk.
The plan is measured with the default of one."""

_MIB = 2**20

Measured = Callable[[httpx.Client, dict[str, str], int], dict[str, Any]]
"""What measures imports, of a client, the connector and the index, and the process of the server."""


def measure() -> dict[str, Any]:
    """Measure the seconds and the MiB of a plan, and the pictures that are imported a second.

    Memory is the growth of the server and of its processes together, at its peak. No run follows.
    """
    with tempfile.TemporaryDirectory() as name, Emulator(Path(name) / "emulator") as emulator:
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        s3 = boto3.client("s3", endpoint_url=emulator.url, region_name=REGION, **keys)
        s3.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
        _fill(emulator, "films", OBJECTS, lambda _: b"film")
        _fill(emulator, "pictures", PICTURES, _picture)
        planned = _on_server(Path(name) / "plan", emulator.url, _plan)
        return planned | _on_server(Path(name) / "pictures", emulator.url, _pictures, workers=WORKERS)


def _on_server(folder: Path, endpoint: str, measured: Measured, workers: int = 1) -> dict[str, Any]:
    """Return what is measured on a new server, with a connector to the bucket and an index."""
    folder.mkdir()
    server = ServerProcess(
        folder,
        VIDEOVECTOR_SERVER_S3_ENDPOINTS=endpoint,
        VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",  # its models would count as memory
        VIDEOVECTOR_SERVER_INGEST_WORKERS=str(workers),
    )
    server.start()
    try:
        headers = {"X-API-Key": server.api_key()}
        with httpx.Client(base_url=server.base_url, headers=headers, timeout=HANG_TIMEOUT) as client:
            client.post(
                "/playground/search", json={"query": "a film"}
            ).raise_for_status()  # models are loaded
            return measured(client, _names(client, endpoint), server.process_id())
    finally:
        server.kill()


def _names(client: httpx.Client, endpoint: str) -> dict[str, str]:
    body = {
        "name": "Archive",
        "bucket": "archive",
        "region": REGION,
        "endpoint_url": endpoint,
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
    }
    connector = client.post("/connectors/s3", json=body).raise_for_status().json()
    index = client.post("/indexes", json={"name": "Archive"}).raise_for_status().json()
    return {"connector_id": connector["connector_id"], "index_id": index["index_id"]}


def _pictures(client: httpx.Client, names: dict[str, str], _: int) -> dict[str, Any]:
    began = time.perf_counter()
    job_id = _start(client, names, "pictures/")
    wait_until(lambda: _job(client, job_id)["completed_at"], "the end of the import", pause=0.5)
    seconds = time.perf_counter() - began
    imported = _job(client, job_id)["progress"]["imported"]
    return {
        "pictures": imported,
        "import_seconds": round(seconds, 1),
        "pictures_per_second": round(imported / seconds, 1),
    }


def _plan(client: httpx.Client, names: dict[str, str], server: int) -> dict[str, Any]:
    """Plan the objects. Their import begins meanwhile and fails, because they are no media; it is cancelled
    once they are planned."""
    before = resident_of_tree(server)
    began = time.perf_counter()
    with peak_of_tree(server) as peak:
        job_id = _start(client, names, "films/")
        wait_until(lambda: _job(client, job_id)["progress"]["total_files"] == OBJECTS, "the plan", pause=0.5)
        seconds = time.perf_counter() - began
    client.post(f"/import-jobs/{job_id}/cancel").raise_for_status()
    return {
        "objects": OBJECTS,
        "plan_seconds": round(seconds, 1),
        "plan_mib": round((max(peak) - before) / _MIB),
    }


def _start(client: httpx.Client, names: dict[str, str], prefix: str) -> str:
    started = client.post("/import-jobs", json=names | {"source_prefix": prefix}).raise_for_status().json()
    return str(started["job_id"])


def _job(client: httpx.Client, job_id: str) -> Any:
    return client.get(f"/import-jobs/{job_id}").raise_for_status().json()


def _picture(number: int) -> bytes:
    """Return a picture of 320 x 240, about 12 kB."""
    noise = np.random.default_rng(number).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).resize((320, 240)).save(file, "JPEG", quality=85)
    return file.getvalue()


def _fill(emulator: Emulator, folder: str, count: int, content: Callable[[int], bytes]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
    for number in range(count):
        path = f"/archive/{folder}/{number:06}"
        connection.request("PUT", path, content(number), {"Authorization": UNCHECKED})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the emulator answers {answer.status}")
