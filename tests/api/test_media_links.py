import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from shared.runtime import Runtime

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture
def link(runtime: Runtime) -> str:
    runtime.ports.blobs.write("media/reel.mp4", CONTENT, "video/mp4")
    return runtime.ports.blobs.signed_link("media/reel.mp4", expires_in=60, file_name="Zoë's reel.mp4")


def test_signed_link_needs_no_key(anonymous: TestClient, link: str) -> None:
    answer = anonymous.get(link)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Content-Disposition"] == (
        "inline; filename=\"Zo_'s reel.mp4\"; filename*=UTF-8''Zo%C3%AB%27s%20reel.mp4"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-", 0, len(CONTENT)),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", len(CONTENT) - 50, len(CONTENT)),
        ("bytes=10-999999999", 10, len(CONTENT)),
        ("bytes=2000000-3500000", 2_000_000, 3_500_001),
    ],
)
def test_range_request_returns_requested_bytes(
    anonymous: TestClient, link: str, header: str, start: int, end: int
) -> None:
    answer = anonymous.get(link, headers={"Range": header})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "lines=1-2", "bytes=5-2", "bytes=-", "nonsense"])
def test_unsupported_range_gets_complete_file(anonymous: TestClient, link: str, header: str) -> None:
    answer = anonymous.get(link, headers={"Range": header})
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_range_beyond_end_gets_416(anonymous: TestClient, link: str) -> None:
    for header in (f"bytes={len(CONTENT)}-", "bytes=-0"):
        answer = anonymous.get(link, headers={"Range": header})
        assert answer.status_code == 416
        assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


def test_range_of_another_version_gets_complete_file(anonymous: TestClient, link: str) -> None:
    tag = anonymous.get(link).headers["ETag"]
    same = anonymous.get(link, headers={"Range": "bytes=0-9", "If-Range": tag})
    other = anonymous.get(link, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


def test_head_returns_size_without_body(anonymous: TestClient, link: str) -> None:
    answer = anonymous.head(link)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(CONTENT))


@pytest.mark.parametrize("token", ["", "x", "v1.e30.x", "v1.é.é", "x" * 5000])
def test_invalid_token_is_not_found(anonymous: TestClient, link: str, token: str) -> None:
    answer = anonymous.get(f"{link.partition('?')[0]}", params={"token": token})
    assert answer.status_code in (403, 422)
    assert "error" in json.loads(answer.text)


def test_link_to_deleted_blob_gets_404(anonymous: TestClient, link: str, runtime: Runtime) -> None:
    runtime.ports.blobs.delete("media/reel.mp4")
    assert anonymous.get(link).status_code == 404


def test_executable_content_is_served_as_download(anonymous: TestClient, runtime: Runtime) -> None:
    for content_type in ("text/html", "image/svg+xml"):
        runtime.ports.blobs.write("media/page", b"<script>alert(1)</script>", content_type)
        answer = anonymous.get(runtime.ports.blobs.signed_link("media/page", expires_in=60))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_empty_blob_returns_empty_body(anonymous: TestClient, runtime: Runtime, tmp_path: Path) -> None:
    runtime.ports.blobs.write("media/empty", b"", "application/octet-stream")
    answer = anonymous.get(runtime.ports.blobs.signed_link("media/empty", expires_in=60))
    assert (answer.status_code, answer.content) == (200, b"")
