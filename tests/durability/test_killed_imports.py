"""A server that is killed while it lists and imports many files imports each of them exactly once."""

import io
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from PIL import Image

from shared.domain import keys
from shared.domain.access import LOCAL_TENANT
from tests.server_process import ServerProcess
from tests.stores.providers import Provider, provider
from tests.stores.requests import creation
from tests.stores.s3 import running_s3
from tests.stores.settings_of_server import variables_of
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

FEW: Final = 200
MANY: Final = 20_000
DAMAGED_EVERY: Final = 97
"""One file of so many is no picture. It has one outcome too: it fails."""

_LISTED: Final = "SELECT count(*) FROM record WHERE partition = ?"
_DONE: Final = f"{_LISTED} AND version > 1"
_PAUSE: Final = 0.25
"""Seconds between counts, so that they leave the machine to the server."""


def _content(number: int) -> bytes:
    if number % DAMAGED_EVERY == 0:
        return b"no picture"
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 7)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def bucket() -> Iterator[Provider]:
    made = provider("s3")
    yield made
    made.close()


@pytest.fixture
def server(tmp_path: Path, bucket: Provider) -> Iterator[ServerProcess]:
    settings = variables_of(bucket) | {
        "VIDEOVECTOR_SERVER_DEFAULT_INDEX": "false",
        "VIDEOVECTOR_SERVER_INGEST_WORKERS": "2",
    }
    process = ServerProcess(tmp_path, None, (), **settings)
    process.start()
    yield process
    process.kill()


def test_each_of_few_files_is_imported_once(server: ServerProcess, bucket: Provider) -> None:
    _check(server, bucket, FEW, kills=3)


@pytest.mark.long
def test_each_of_many_files_is_imported_once(server: ServerProcess, bucket: Provider) -> None:
    _check(server, bucket, MANY, kills=10)


def _check(server: ServerProcess, bucket: Provider, count: int, kills: int) -> None:
    _fill(bucket, count)
    client = httpx.Client(
        base_url=server.base_url, headers={"X-API-Key": server.api_key()}, timeout=HANG_TIMEOUT
    )
    path, request = creation(bucket)
    connector_id = client.post(path, **request).raise_for_status().json()["connector_id"]
    index_id = client.post("/indexes", json={"name": "Archive"}).raise_for_status().json()["index_id"]
    body = {"connector_id": connector_id, "index_id": index_id}
    job_id = client.post("/import-jobs", json=body).raise_for_status().json()["job_id"]
    wait_until(lambda: _number(server, job_id, _LISTED) > 0, "the first batch")
    for kill in range(kills):
        server.kill()
        server.start()
        reached = count * (kill + 1) // (kills + 1)
        wait_until(
            lambda: _number(server, job_id, _DONE) >= reached,  # noqa: B023
            "the next point",
            pause=_PAUSE,
        )
    wait_until(lambda: _job(client, job_id)["completed_at"], "the end of the import", pause=0.5)
    damaged = len(range(0, count, DAMAGED_EVERY))
    progress = _job(client, job_id)["progress"]
    assert (progress["total_files"], progress["imported"], progress["failed"], progress["skipped"]) == (
        count,
        count - damaged,
        damaged,
        0,
    )
    files = list(_pages(client, f"/import-jobs/{job_id}/files", "items"))
    assert [file["source_ordinal"] for file in files] == list(range(count))
    assert Counter(file["status"] for file in files) == {"completed": count - damaged, "failed": damaged}
    outputs = list(_pages(client, f"/import-jobs/{job_id}/outputs", "items"))
    assert len({output["video_id"] for output in outputs}) == len(outputs) == count - damaged
    media = list(_pages(client, f"/indexes/{index_id}/videos", "data", limit=100))
    assert len({medium["video_id"] for medium in media}) == len(media) == count - damaged


def _fill(bucket: Provider, count: int) -> None:
    client, name = running_s3().client(), bucket.address.container_name
    for number in range(count):
        client.put_object(Bucket=name, Key=f"archive/{number:06d}.png", Body=_content(number))


def _job(client: httpx.Client, job_id: str) -> Any:
    return client.get(f"/import-jobs/{job_id}").raise_for_status().json()


def _pages(client: httpx.Client, path: str, member: str, limit: int = 500) -> Iterator[Any]:
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = client.get(path, params=query).raise_for_status().json()
        yield from page[member]
        following = page.get("pagination", page)["next_cursor"]
        if following is None:
            return
        query["cursor"] = following


def _number(server: ServerProcess, job_id: str, statement: str) -> int:
    """Return a count of the files of a job, read beside the running server."""
    partition = keys.import_file(LOCAL_TENANT, job_id).partition
    file = server.data_folder / "records.sqlite"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=HANG_TIMEOUT)) as records:
        return int(records.execute(statement, (partition,)).fetchone()[0])
