"""A server whose disk is full: uploads stop, and deletions and starts still work."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.server_process import ServerProcess
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

MEBIBYTE: Final = 1024**2
DISK_BYTES: Final = 128 * MEBIBYTE
RESERVE_BYTES: Final = 24 * MEBIBYTE
BALLAST: Final = "reserve.bin"


class Disk:
    """A small file system in a mount namespace of its own, which a process keeps open."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = f"mount -t tmpfs -o size={DISK_BYTES} tmpfs {folder} && echo mounted && exec cat"
        self._keeper = subprocess.Popen(
            ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._keeper.stdout is not None
        self.is_mounted = self._keeper.stdout.readline() == b"mounted\n"

    @property
    def within(self) -> list[str]:
        pid = str(self._keeper.pid)
        return [
            "nsenter",
            "--target",
            pid,
            "--user",
            "--mount",
            "--preserve-credentials",
            f"--wd={Path.cwd()}",
        ]

    def path(self, name: str) -> Path:
        """Return the path of a file of the disk, outside its namespace."""
        return Path(f"/proc/{self._keeper.pid}/root{self.folder}/{name}")

    def free(self) -> int:
        found = os.statvfs(self.path("."))
        return found.f_bavail * found.f_frsize

    def fill(self, left: int) -> None:
        """Let another program write until ``left`` bytes are free."""
        with self.path("another program").open("ab") as file:
            while (missing := self.free() - left) > 0:
                file.write(bytes(min(missing, MEBIBYTE)))
                file.flush()

    def empty(self) -> None:
        self.path("another program").unlink()

    def close(self) -> None:
        self._keeper.communicate()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    try:
        disk = Disk(tmp_path / "disk")
    except FileNotFoundError:
        pytest.skip("this system has no mount namespaces")
    if not disk.is_mounted:
        disk.close()
        pytest.skip("this user may not create a mount namespace")
    yield disk
    disk.close()


@pytest.fixture
def server(tmp_path: Path, disk: Disk, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    monkeypatch.setenv("VIDEOVECTOR_SERVER_DISK_RESERVE_BYTES", str(RESERVE_BYTES))
    process = ServerProcess(tmp_path, disk.folder / "data", disk.within)
    process.start()
    yield process
    process.kill()


class User:
    """A client that uploads and deletes pictures."""

    def __init__(self, server: ServerProcess) -> None:
        headers = {"X-API-Key": server.api_key()}
        self._client = httpx.Client(base_url=server.base_url, headers=headers, timeout=HANG_TIMEOUT)

    def upload(self, content: bytes) -> httpx.Response:
        files = {"file": ("a.bmp", content)}
        return self._client.post("/videos/upload", data={"title": "A"}, files=files)

    def imported(self, content: bytes) -> str:
        """Upload a picture, wait for its import, and return its id."""
        job = self.upload(content).raise_for_status().json()
        while job["status"] not in ("completed", "failed"):
            time.sleep(0.05)
            job = self.get(f"/import-jobs/{job['job_id']}")
        (video_id,) = job["video_ids"]
        return str(video_id)

    def delete(self, video_id: str) -> None:
        self._client.delete(f"/videos/{video_id}").raise_for_status()
        wait_until(lambda: self.get(f"/videos/{video_id}/deletion")["status"] == "deleted")

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def begin_upload(self) -> httpx.Response:
        body = {"file_name": "a.mp4", "content_type": "video/mp4", "size_bytes": MEBIBYTE}
        return self._client.post("/uploads", json=body)

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def user(server: ServerProcess) -> Iterator[User]:
    user = User(server)
    yield user
    user.close()


def picture(size: int) -> bytes:
    """Return a picture of about ``size`` bytes that no format makes smaller."""
    from io import BytesIO

    from PIL import Image

    side = int((size / 3) ** 0.5)
    file = BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(file, "BMP")
    return file.getvalue()


def error_code(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


def test_uploads_stop_while_room_is_left(disk: Disk, user: User) -> None:
    content = picture(MEBIBYTE)
    first = user.imported(content)
    disk.fill(left=RESERVE_BYTES - MEBIBYTE)
    for refused in (user.upload(content), user.begin_upload()):
        assert (refused.status_code, error_code(refused)) == (503, "storage_full")
    assert disk.free() > RESERVE_BYTES // 2
    user.delete(first)
    disk.empty()
    assert user.imported(content) != first


def test_upload_that_would_use_reserve_is_stopped(disk: Disk, user: User) -> None:
    disk.fill(left=RESERVE_BYTES + 4 * MEBIBYTE)
    refused = user.upload(picture(16 * MEBIBYTE))
    assert (refused.status_code, error_code(refused)) == (503, "storage_full")
    assert disk.free() >= RESERVE_BYTES


def test_full_disk_can_be_emptied(disk: Disk, server: ServerProcess, user: User) -> None:
    """Another program has taken all room. The server starts, deletes a medium, and accepts one again."""
    content = picture(MEBIBYTE)
    video_id = user.imported(content)
    assert disk.path(f"data/{BALLAST}").exists()
    disk.fill(left=0)
    server.kill()
    disk.fill(left=0)
    server.start()
    assert not disk.path(f"data/{BALLAST}").exists()
    user.delete(video_id)
    disk.empty()
    assert user.imported(content) != video_id
    server.kill()
    server.start()
    assert disk.path(f"data/{BALLAST}").exists()


def test_deletion_on_full_disk_needs_no_restart(disk: Disk, user: User) -> None:
    video_id = user.imported(picture(MEBIBYTE))
    disk.fill(left=0)
    user.delete(video_id)
