"""Uploads straight to S3: a signed link allows one request and refuses every other."""

import httpx
import pytest

from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.upload_sessions import S3UploadSessions
from shared.ports.blobs import BlobStat
from shared.ports.upload_sessions import (
    SignedRequest,
    UploadPart,
)
from tests.waiting import HANG_TIMEOUT

MIB = 1024**2
KEY = "imports/t/j/f/source"


def send(request: SignedRequest, content: bytes, **headers: str) -> httpx.Response:
    sent = {name: value for name, value in request.headers.items() if name != "Content-Length"}
    return httpx.request(
        request.method, request.url, content=content, headers={**sent, **headers}, timeout=HANG_TIMEOUT
    )


@pytest.mark.slow
class TestParts:
    @pytest.mark.parametrize("content", [b"xx", b"xxxx", b""])
    def test_part_of_other_size_is_refused(self, upload_sessions: S3UploadSessions, content: bytes) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        (request,) = upload_sessions.part_links(KEY, upload_id, [UploadPart(1, 3)], expires_in=60)
        assert send(request, content).status_code == 403
        assert upload_sessions.parts(KEY, upload_id) == []

    def test_part_link_is_valid_for_one_part_of_one_upload(self, upload_sessions: S3UploadSessions) -> None:
        upload_id = upload_sessions.begin(KEY, "video/mp4")
        other = upload_sessions.begin(KEY, "video/mp4")
        (request,) = upload_sessions.part_links(KEY, upload_id, [UploadPart(1, 3)], expires_in=60)
        for url in (
            request.url.replace("partNumber=1", "partNumber=2"),
            request.url.replace(upload_id, other),
            request.url.replace(KEY, "imports/other/source"),
        ):
            assert url != request.url
            assert httpx.put(url, content=b"xxx", timeout=HANG_TIMEOUT).status_code == 403


@pytest.mark.slow
class TestSingleRequests:
    def test_put_of_signed_size_and_type_is_stored(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs
    ) -> None:
        request = upload_sessions.put_request(KEY, content_type="video/mp4", size=5, expires_in=60)
        assert send(request, b"bytes").status_code == 200
        assert blobs.stat(KEY) == BlobStat(5, "video/mp4")

    def test_put_of_other_size_type_or_key_is_refused(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs
    ) -> None:
        request = upload_sessions.put_request(KEY, content_type="video/mp4", size=5, expires_in=60)
        assert send(request, b"more bytes").status_code == 403
        assert send(request, b"less").status_code == 403
        assert send(request, b"bytes", **{"Content-Type": "text/html"}).status_code == 403
        elsewhere = SignedRequest("PUT", request.url.replace(KEY, "elsewhere"), request.headers)
        assert send(elsewhere, b"bytes").status_code == 403
        assert list(blobs.keys("")) == []

    def test_form_within_size_limit_is_stored(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs
    ) -> None:
        form = upload_sessions.form(KEY, content_type="image/png", max_bytes=10, expires_in=60)
        answer = httpx.post(
            form.url, data=dict(form.fields), files={"file": ("a.png", b"x" * 10)}, timeout=HANG_TIMEOUT
        )
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
    def test_form_with_other_fields_or_size_is_refused(
        self, upload_sessions: S3UploadSessions, blobs: S3Blobs, changed: dict[str, str], content: bytes
    ) -> None:
        form = upload_sessions.form(KEY, content_type="image/png", max_bytes=10, expires_in=60)
        answer = httpx.post(
            form.url,
            data={**form.fields, **changed},
            files={"file": ("a.png", content)},
            timeout=HANG_TIMEOUT,
        )
        assert answer.status_code in (400, 403)
        assert list(blobs.keys("")) == []
