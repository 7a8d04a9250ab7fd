"""Imports that stop while the reserve of the disk is left."""

import errno
import os
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from ulid import ULID

from shared.adapters.local.disk_reserve import DiskReserve
from shared.domain.imports.import_job import ImportJob, ImportStatus
from shared.settings import Settings
from tests.unit.media.samples import make_video
from tests.unit.services.storage import ANNA, Storage, never


class FillingDisk(DiskReserve):
    """The reserve of a disk that fills up while a file grows: only the first checks find room."""

    def __init__(self, folder: Path, checks: int) -> None:
        super().__init__(folder, 0)
        self.checks = checks

    def require_room(self, size: int = 0) -> None:
        self.checks -= 1
        if self.checks < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path / "storage", Settings(allow_private_uris=True))


def run(storage: Storage, job: ImportJob) -> ImportJob:
    storage.ingest.run(storage.jobs.requests[-1], never)
    return storage.views.job(ANNA, job.job_id)


def test_playable_copy_stops_before_disk_is_full(storage: Storage, tmp_path: Path) -> None:
    job = storage.upload(make_video(tmp_path / "film.mp4", seconds=1.5))
    storage.blobs._reserve = FillingDisk(tmp_path, checks=1)
    job = run(storage, job)
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "storage_full")
    assert storage.blob_keys() == set()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
        pass


def test_fetch_stops_before_disk_is_full(storage: Storage, tmp_path: Path) -> None:
    (tmp_path / "large.mp4").write_bytes(bytes(8 * 1024**2))
    storage.blobs._reserve = disk = FillingDisk(tmp_path, checks=3)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path))) as web:
        threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True).start()
        uri = f"http://127.0.0.1:{web.server_port}/large.mp4"
        job = storage.imports.accept_uri(ANNA, title="Web", video_uri=uri, index_id=None, seed=str(ULID()))
        job = run(storage, job)
        web.shutdown()
    assert (job.status, job.error_code) == (ImportStatus.FAILED, "storage_full")
    assert disk.checks == -1
    assert storage.blob_keys() == set()
