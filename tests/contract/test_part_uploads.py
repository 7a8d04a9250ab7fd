"""Contract of ``shared.ports.part_uploads.PartUploads``, on disk and in S3."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from shared.adapters.aws.upload_sessions import S3UploadSessions
from shared.adapters.local.upload_sessions import FolderUploadSessions
from shared.ports.blobs import Blobs, BlobStat
from shared.ports.part_uploads import PartUploads
from shared.ports.upload_sessions import (
    MAX_PARTS,
    SignedRequest,
    UploadIncomplete,
    UploadNotFound,
    UploadPart,
    plan_parts,
)
from tests.aws import stores
from tests.contract.conftest import AWS, SIGNING_KEY, folder_blobs
from tests.waiting import HANG_TIMEOUT

MIB = 1024**2
KEY = "imports/t/j/f/source"
PARTS = (UploadPart(1, 5 * MIB), UploadPart(2, 3))


@dataclass(frozen=True)
class Store:
    """``send`` sends a part as a client does."""

    uploads: PartUploads
    blobs: Blobs
    send: Callable[[SignedRequest, bytes], None]

    def send_parts(self, upload_id: str, *parts: UploadPart) -> None:
        requests = self.uploads.part_links(KEY, upload_id, parts, expires_in=60)
        for part, request in zip(parts, requests, strict=True):
            self.send(request, bytes([part.number]) * part.size)


def _on_disk(folder: Path) -> Iterator[Store]:
    blobs = folder_blobs(folder)
    uploads = FolderUploadSessions(
        folder / "uploads", blobs, link_base_url=lambda: "http://test.local", signing_key=SIGNING_KEY
    )

    def send(request: SignedRequest, content: bytes) -> None:
        """Receive a part like the server, which uses only the token of the link."""
        token = request.url.partition("token=")[2]
        assert uploads.open_part(token).size == len(content)
        arrived = blobs.scratch_file()
        arrived.write_bytes(content)
        uploads.keep_part(token, arrived)

    yield Store(uploads, blobs, send)
    blobs.close()


def _in_s3(folder: Path) -> Iterator[Store]:
    bucket = stores.create_bucket()
    blobs = stores.open_blobs(bucket, folder / "scratch")

    def send(request: SignedRequest, content: bytes) -> None:
        headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
        answer = httpx.request(
            request.method, request.url, content=content, headers=headers, timeout=HANG_TIMEOUT
        )
        assert answer.status_code == 200, answer.text

    yield Store(S3UploadSessions(bucket, stores.client_of("s3")), blobs, send)
    blobs.close()


@pytest.fixture(params=["local", AWS])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    yield from {"local": _on_disk, "aws": _in_s3}[request.param](tmp_path)


class TestPlan:
    @pytest.mark.parametrize(
        ("size", "count", "last"),
        [(1, 1, 1), (16 * MIB, 1, 16 * MIB), (16 * MIB + 1, 2, 1), (20 * 1024 * MIB, 1280, 16 * MIB)],
    )
    def test_parts_cover_whole_file(self, size: int, count: int, last: int) -> None:
        parts = plan_parts(size)
        assert [part.number for part in parts] == list(range(1, count + 1))
        assert sum(part.size for part in parts) == size
        assert parts[-1].size == last

    def test_very_large_file_has_larger_parts(self) -> None:
        parts = plan_parts(5 * 1024**4)
        assert len(parts) <= MAX_PARTS
        assert sum(part.size for part in parts) == 5 * 1024**4

    def test_empty_upload_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least one byte"):
            plan_parts(0)


class TestParts:
    def test_completed_parts_become_one_blob(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        assert store.uploads.parts(KEY, upload_id) == []
        store.send_parts(upload_id, *reversed(PARTS))
        assert store.uploads.parts(KEY, upload_id) == list(PARTS)
        assert store.blobs.stat(KEY) is None
        assert store.uploads.complete(KEY, upload_id, PARTS) == BlobStat(5 * MIB + 3, "video/mp4")
        assert store.blobs.read(KEY) == b"\1" * 5 * MIB + b"\2" * 3

    def test_completing_twice_has_same_result(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        store.send_parts(upload_id, *PARTS)
        first = store.uploads.complete(KEY, upload_id, PARTS)
        assert store.uploads.complete(KEY, upload_id, PARTS) == first

    def test_part_may_be_sent_again(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        store.send_parts(upload_id, *PARTS, PARTS[1])
        assert store.uploads.parts(KEY, upload_id) == list(PARTS)
        assert store.uploads.complete(KEY, upload_id, PARTS).size == 5 * MIB + 3

    def test_missing_parts_are_named_and_upload_stays_open(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        store.send_parts(upload_id, PARTS[1])
        with pytest.raises(UploadIncomplete) as incomplete:
            store.uploads.complete(KEY, upload_id, PARTS)
        assert incomplete.value.numbers == [1]
        assert store.blobs.stat(KEY) is None
        store.send_parts(upload_id, PARTS[0])
        assert store.uploads.complete(KEY, upload_id, PARTS).size == 5 * MIB + 3

    def test_part_of_wrong_size_counts_as_missing(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        store.send_parts(upload_id, PARTS[0], UploadPart(2, 4))
        with pytest.raises(UploadIncomplete) as incomplete:
            store.uploads.complete(KEY, upload_id, PARTS)
        assert incomplete.value.numbers == [2]

    def test_aborted_upload_is_not_found(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        store.send_parts(upload_id, *PARTS)
        for _ in range(2):
            store.uploads.abort(KEY, upload_id)
        with pytest.raises(UploadNotFound):
            store.uploads.parts(KEY, upload_id)
        with pytest.raises(UploadNotFound):
            store.uploads.complete(KEY, upload_id, PARTS)

    def test_upload_is_not_found_under_other_key(self, store: Store) -> None:
        upload_id = store.uploads.begin(KEY, "video/mp4")
        with pytest.raises(UploadNotFound):
            store.uploads.parts("imports/t/j/other/source", upload_id)
