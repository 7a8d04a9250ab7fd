"""Blobs in S3, beyond the contract of the port: links, large files, pages of keys, an overloaded service."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.adapters.aws import transfers
from shared.adapters.aws.blobs import S3Blobs
from shared.adapters.aws.clients import AwsClients
from shared.domain.errors import Unavailable
from shared.ports.blobs import BlobNotFound
from tests.aws.emulator import Emulator
from tests.aws.refusing_server import RefusingServer
from tests.aws.request_counts import RequestCounts
from tests.waiting import HANG_TIMEOUT

pytestmark = pytest.mark.slow

SLOW_DOWN = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>less</Message></Error>"


class TestLinks:
    def test_link_serves_bytes_without_credentials(self, blobs: S3Blobs) -> None:
        blobs.write("t/m/playback.mp4", b"0123456789", "video/mp4")
        link = blobs.signed_link("t/m/playback.mp4", expires_in=60, file_name='My "holiday"\r\nX: é #1?/.mp4')
        answer = httpx.get(link, timeout=HANG_TIMEOUT)
        assert answer.status_code == 200
        assert answer.content == b"0123456789"
        assert answer.headers["content-type"] == "video/mp4"
        disposition = answer.headers["content-disposition"]
        assert disposition == (
            'inline; filename="My _holiday___X: _ #1?_.mp4"; '
            "filename*=UTF-8''My%20%22holiday%22%0D%0AX%3A%20%C3%A9%20%231%3F%2F.mp4"
        )

    def test_link_serves_ranges(self, blobs: S3Blobs) -> None:
        blobs.write("a.mp4", b"0123456789", "video/mp4")
        answer = httpx.get(
            blobs.signed_link("a.mp4", expires_in=60), headers={"Range": "bytes=3-5"}, timeout=HANG_TIMEOUT
        )
        assert (answer.status_code, answer.content) == (206, b"345")
        assert answer.headers["content-range"] == "bytes 3-5/10"

    @pytest.mark.parametrize("key", ["a", "a.html", "a.svg", "a.json"])
    def test_scriptable_content_is_served_as_attachment(self, blobs: S3Blobs, key: str) -> None:
        blobs.write(key, b"<script>", "text/html")
        answer = httpx.get(blobs.signed_link(key, expires_in=60), timeout=HANG_TIMEOUT)
        assert (
            answer.headers["content-disposition"] == f"attachment; filename=\"{key}\"; filename*=UTF-8''{key}"
        )

    def test_link_names_host_of_region(self, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        link = S3Blobs("bucket", AwsClients().get("s3")).signed_link("a/b.mp4", expires_in=60)
        assert link.startswith("https://bucket.s3.eu-central-1.amazonaws.com/a/b.mp4?")
        assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in link


class TestLargeFiles:
    def test_large_file_is_transferred_in_parts(
        self, blobs: S3Blobs, tmp_path: Path, s3: Any, bucket: str
    ) -> None:
        content = bytes(range(256)) * 4 * 1024 * 70  # 70 MiB
        source = tmp_path / "large"
        source.write_bytes(content)
        with RequestCounts(s3) as counts:
            blobs.adopt("large", source, "video/mp4")
        assert counts.calls["UploadPart"] == 3
        assert not source.exists()
        with blobs.as_file("large") as path:
            assert path.read_bytes() == content
        assert not path.exists()
        assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []

    def test_failed_upload_keeps_source_file(
        self, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        source = tmp_path / "source"
        source.write_bytes(b"precious")
        for name, value in emulator.environment.items():
            monkeypatch.setenv(name, value)
        with RefusingServer(503, SLOW_DOWN) as server:
            monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
            blobs = S3Blobs("bucket", AwsClients().get("s3"), scratch=tmp_path / "scratch")
            with pytest.raises(Unavailable, match="SlowDown"):
                blobs.adopt("a", source, "video/mp4")
        assert server.requests == 4
        assert source.read_bytes() == b"precious"

    def test_missing_blob_leaves_no_scratch_file(self, blobs: S3Blobs, tmp_path: Path) -> None:
        with pytest.raises(BlobNotFound), blobs.as_file("missing.mp4"):
            pass
        assert list((tmp_path / "scratch").rglob("*.mp4")) == []
        blobs.close()
        assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["lock"]

    def test_part_size_fits_limits_of_s3(self) -> None:
        config = transfers._CONFIG
        assert config.multipart_chunksize >= 5 * 1024**2
        assert config.multipart_chunksize * 10_000 >= 20 * 1024**3


class TestPages:
    def test_keys_beyond_one_page_are_listed_and_deleted(self, blobs: S3Blobs, s3: Any) -> None:
        names = [f"many/{number:04d}" for number in range(1205)]
        for name in names:
            blobs.write(name, b"", "text/plain")
        blobs.write("other", b"", "text/plain")
        assert list(blobs.keys("many/")) == names
        with RequestCounts(s3) as counts:
            blobs.delete_prefix("many/")
        assert counts.calls["DeleteObjects"] == 2
        assert list(blobs.keys("")) == ["other"]


def test_uri_of_another_bucket_has_no_key(blobs: S3Blobs, bucket: str) -> None:
    assert blobs.uri("a/b") == f"s3://{bucket}/a/b"
    assert blobs.key_of(f"s3://{bucket}-2/a/b") is None
    assert blobs.key_of("s3://elsewhere/a/b") is None
