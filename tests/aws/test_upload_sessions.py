"""Uploads straight to the store: what a link allows, and that it allows nothing else."""

import httpx
import pytest

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.upload_sessions import S3UploadSessions
from shared.ports.blobs import BlobStat
from shared.ports.upload_sessions import (
    MAX_PARTS,
    SignedRequest,
    UploadIncomplete,
    UploadNotFound,
    UploadPart,
    plan_parts,
)

MIB = 1024**2
KEY = "imports/t/j/f/source"


def send(request: SignedRequest, content: bytes, **headers: str) -> httpx.Response:
    sent = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    return httpx.request(request.method, request.url, content=content, headers={**sent, **headers})


class TestPlan:
    @pytest.mark.parametrize(
        ("size", "count", "last"),
        [(1, 1, 1), (16 * MIB, 1, 16 * MIB), (16 * MIB + 1, 2, 1), (20 * 1024 * MIB, 1280, 16 * MIB)],
    )
    def test_parts_join_to_the_whole(self, size: int, count: int, last: int) -> None:
        parts = plan_parts(size)
        assert [part.number for part in parts] == list(range(1, count + 1))
        assert sum(part.size for part in parts) == size
        assert parts[-1].size == last

    def test_a_very_large_file_has_larger_parts_not_more(self) -> None:
        parts = plan_parts(5 * 1024**4)
        assert len(parts) <= MAX_PARTS
        assert sum(part.size for part in parts) == 5 * 1024**4

    def test_nothing_is_no_upload(self) -> None:
        with pytest.raises(ValueError, match="at least one byte"):
            plan_parts(0)


@pytest.mark.slow
class TestParts:
    PARTS = (UploadPart(1, 5 * MIB), UploadPart(2, 3))

    def send_all(self, uploads: S3UploadSessions, upload_id: str) -> None:
        requests = uploads.part_links(KEY, upload_id, self.PARTS, expires_in=60)
        for part, request in zip(self.PARTS, requests, strict=True):
            assert send(request, bytes([part.number]) * part.size).status_code == 200

    def test_parts_become_one_blob_when_completed(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs
    ) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        assert upload_sessions.parts(KEY, upload_id) == []
        self.send_all(upload_sessions, upload_id)
        assert upload_sessions.parts(KEY, upload_id) == list(self.PARTS)
        assert blobs.stat(KEY) is None
        assert upload_sessions.complete(KEY, upload_id, self.PARTS) == BlobStat(5 * MIB + 3, "video/mp4")
        assert blobs.read(KEY) == b"\1" * 5 * MIB + b"\2" * 3

    def test_completing_twice_is_the_same_as_once(self, upload_sessions: S3UploadSessions) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        self.send_all(upload_sessions, upload_id)
        first = upload_sessions.complete(KEY, upload_id, self.PARTS)
        assert upload_sessions.complete(KEY, upload_id, self.PARTS) == first

    def test_missing_parts_are_named_and_the_upload_stays_open(
        self, upload_sessions: S3UploadSessions
    ) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        (second,) = upload_sessions.part_links(KEY, upload_id, self.PARTS[1:], expires_in=60)
        assert send(second, b"xxx").status_code == 200
        with pytest.raises(UploadIncomplete) as incomplete:
            upload_sessions.complete(KEY, upload_id, self.PARTS)
        assert incomplete.value.numbers == [1]
        self.send_all(upload_sessions, upload_id)
        assert upload_sessions.complete(KEY, upload_id, self.PARTS).size == 5 * MIB + 3

    @pytest.mark.parametrize("content", [b"xx", b"xxxx", b""])
    def test_a_part_has_the_signed_size(self, upload_sessions: S3UploadSessions, content: bytes) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        (request,) = upload_sessions.part_links(KEY, upload_id, [UploadPart(1, 3)], expires_in=60)
        assert send(request, content).status_code == 403
        assert upload_sessions.parts(KEY, upload_id) == []

    def test_a_link_is_for_one_part_of_one_upload(self, upload_sessions: S3UploadSessions) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        other = upload_sessions.begin(KEY, "video/mp4")
        (request,) = upload_sessions.part_links(KEY, upload_id, [UploadPart(1, 3)], expires_in=60)
        for url in (
            request.url.replace("partNumber=1", "partNumber=2"),
            request.url.replace(upload_id, other),
            request.url.replace(KEY, "imports/other/source"),
        ):
            assert url != request.url
            assert httpx.put(url, content=b"xxx").status_code == 403

    def test_an_aborted_upload_is_gone(self, upload_sessions: S3UploadSessions) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        self.send_all(upload_sessions, upload_id)
        upload_sessions.abort(KEY, upload_id)
        upload_sessions.abort(KEY, upload_id)
        with pytest.raises(UploadNotFound):
            upload_sessions.parts(KEY, upload_id)
        with pytest.raises(UploadNotFound):
            upload_sessions.complete(KEY, upload_id, self.PARTS)


@pytest.mark.slow
class TestOneRequest:
    def test_a_put_of_exactly_these_bytes(self, upload_sessions: S3UploadSessions, blobs: S3Blobs) -> None:
        request = upload_sessions.put_request(KEY, content_type="video/mp4", size=5, expires_in=60)
        assert send(request, b"bytes").status_code == 200
        assert blobs.stat(KEY) == BlobStat(5, "video/mp4")

    def test_a_put_of_anything_else_is_refused(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs
    ) -> None:
        request = upload_sessions.put_request(KEY, content_type="video/mp4", size=5, expires_in=60)
        assert send(request, b"more bytes").status_code == 403
        assert send(request, b"less").status_code == 403
        assert send(request, b"bytes", **{"Content-Type": "text/html"}).status_code == 403
        elsewhere = SignedRequest("PUT", request.url.replace(KEY, "elsewhere"), request.headers)
        assert send(elsewhere, b"bytes").status_code == 403
        assert list(blobs.keys("")) == []

    def test_a_form_of_allowed_size(self, upload_sessions: S3UploadSessions, blobs: S3Blobs) -> None:
        form = upload_sessions.form(KEY, content_type="image/png", max_bytes=10, expires_in=60)
        answer = httpx.post(form.url, data=dict(form.fields), files={"file": ("a.png", b"x" * 10)})
        assert answer.status_code in (200, 201, 204)
        assert blobs.stat(KEY) == BlobStat(10, "image/png")

    @pytest.mark.parametrize(
        ("changed", "content"),
        [
            ({}, b"x" * 11),
            ({}, b""),
            ({"key": "elsewhere"}, b"x"),
            ({"Content-Type": "text/html"}, b"x"),
            ({"acl": "public-read"}, b"x"),
        ],
    )
    def test_a_form_allows_nothing_else(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs, changed: dict[str, str], content: bytes
    ) -> None:
        form = upload_sessions.form(KEY, content_type="image/png", max_bytes=10, expires_in=60)
        answer = httpx.post(form.url, data={**form.fields, **changed}, files={"file": ("a.png", content)})
        assert answer.status_code in (400, 403)
        assert list(blobs.keys("")) == []
