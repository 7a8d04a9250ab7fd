"""Browsing 100,000 objects of the S3 emulator through the API: the first answer, and memory of the walk."""

import http.client
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import httpx

from tests.aws.emulator import REGION, Emulator
from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT

OBJECTS = 100_000
_MIB = 2**20
_UNCHECKED = (
    "AWS4-HMAC-SHA256 Credential=test/20261128/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0"
)
"""The emulator without authentication asks for the form of a signature only."""


def measure() -> dict[str, Any]:
    """Measure seconds of the first answer of 1,000 objects, and of a walk over all objects.

    The memory is that of the server and of the store's process together, at its peak during the walk, less
    that of the server before.
    """
    with tempfile.TemporaryDirectory() as name, Emulator(Path(name) / "emulator") as emulator:
        _fill(emulator)
        server = ServerProcess(Path(name), VIDEOVECTOR_SERVER_S3_ENDPOINTS=emulator.url)
        server.start()
        try:
            return _browse(server, emulator.url)
        finally:
            server.kill()


def _browse(server: ServerProcess, endpoint: str) -> dict[str, Any]:
    headers = {"X-API-Key": server.api_key(), "Idempotency-Key": "bench-browse"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=HANG_TIMEOUT) as client:
        body = {
            "name": "Archive",
            "bucket": "archive",
            "region": REGION,
            "endpoint_url": endpoint,
            "aws_access_key_id": "test",
            "aws_secret_access_key": "test",
        }
        made = client.post("/connectors/s3", json=body).raise_for_status().json()
        path = f"/connectors/{made['connector_id']}/browse"
        before = server.resident_bytes()
        began = time.perf_counter()
        first = client.post(path, json={"limit": 1000}).raise_for_status().json()
        first_seconds = time.perf_counter() - began
        with _peak_of_tree(server.process_id()) as peak:
            began = time.perf_counter()
            last = client.post(path, json={"pattern": "*.mov"}).raise_for_status().json()
            walk_seconds = time.perf_counter() - began
    return {
        "objects": OBJECTS,
        "first_answer": len(first),
        "first_seconds": round(first_seconds, 2),
        "last_found": len(last),
        "walk_seconds": round(walk_seconds, 1),
        "walk_mib": round((max(peak) - before) / _MIB),
    }


def _fill(emulator: Emulator) -> None:
    """Create the objects: films in one folder, of which the last is the only one with another extension."""
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    s3 = boto3.client("s3", endpoint_url=emulator.url, region_name=REGION, **keys)
    s3.create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
    connection = http.client.HTTPConnection("127.0.0.1", emulator.port)
    for number in range(OBJECTS):
        extension = "mov" if number == OBJECTS - 1 else "mp4"
        path = f"/archive/films/{number:06}.{extension}"
        connection.request("PUT", path, b"film", {"Authorization": _UNCHECKED})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the emulator answers {answer.status}")


@contextmanager
def _peak_of_tree(process_id: int) -> Iterator[list[int]]:
    """Sample the resident memory of a process and its children, in bytes, during the block."""
    samples, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(0.01):
            samples.append(_resident_of_tree(process_id))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def _resident_of_tree(process_id: int) -> int:
    total = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # the process has ended meanwhile
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
            if process_id in (parent, int(stat.parent.name)):
                total += int((stat.parent / "statm").read_text().split()[1]) * 4096
    return total


if __name__ == "__main__":
    print(measure())
