"""Browsing 100,000 objects of the S3 emulator through the API: the first answer, and memory of the whole."""

import http.client
import os
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
UNCHECKED = (
    "AWS4-HMAC-SHA256 Credential=test/20261128/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0"
)
"""The emulator without authentication asks for the form of a signature only."""


def measure() -> dict[str, Any]:
    """Measure the first answer of 1,000 objects in seconds, and the whole listing in seconds and MiB.

    Memory is the growth of the server and of the process of the store together, at its peak.
    """
    with tempfile.TemporaryDirectory() as name, Emulator(Path(name) / "emulator") as emulator:
        _fill(emulator)
        server = ServerProcess(
            Path(name),
            VIDEOVECTOR_SERVER_S3_ENDPOINTS=emulator.url,
            VIDEOVECTOR_SERVER_DEFAULT_INDEX="false",  # its models would count as memory
        )
        server.start()
        try:
            found = _browse(server, emulator.url)
        finally:
            server.kill()
        return {"objects": OBJECTS, **found}


def _browse(server: ServerProcess, endpoint: str) -> dict[str, Any]:
    headers = {"X-API-Key": server.api_key(), "Idempotency-Key": "bench-browse"}
    with httpx.Client(base_url=server.base_url, headers=headers, timeout=HANG_TIMEOUT) as client:
        client.post("/playground/search", json={"query": "a film"}).raise_for_status()  # models are loaded
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
        began = time.perf_counter()
        answer = client.post(path, json={"limit": 1000})
        taken = time.perf_counter() - began
        first = {"first_objects": len(answer.raise_for_status().json()), "first_seconds": round(taken, 2)}
        return first | _whole(client, path, server.process_id())


def _whole(client: httpx.Client, path: str, server: int) -> dict[str, Any]:
    before = resident_of_tree(server, b"")
    began = time.perf_counter()
    with peak_of_tree(server) as peak:
        answer = client.post(path, json={})
    taken = time.perf_counter() - began
    return {
        "whole_objects": len(answer.raise_for_status().json()),
        "whole_seconds": round(taken, 1),
        "whole_mib": round((max(peak) - before) / _MIB),
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
        connection.request("PUT", path, b"film", {"Authorization": UNCHECKED})
        answer = connection.getresponse()
        answer.read()
        if answer.status != http.client.OK:
            raise RuntimeError(f"the emulator answers {answer.status}")


@contextmanager
def peak_of_tree(process_id: int) -> Iterator[list[int]]:
    """Sample the resident memory of a process and of the store's process, in bytes, during the block."""
    samples, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(0.01):
            samples.append(resident_of_tree(process_id))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def resident_of_tree(process_id: int, child: bytes = b"store_process") -> int:
    """Return the resident bytes of a process and of its children whose command names ``child``."""
    total = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    for stat in Path("/proc").glob("[0-9]*/stat") if child else ():
        with suppress(OSError):  # the process has ended meanwhile
            parent = int(stat.read_text().rpartition(") ")[2].split()[1])
            if parent == process_id and child in (stat.parent / "cmdline").read_bytes():
                total += int((stat.parent / "statm").read_text().split()[1])
    return total * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(measure())
