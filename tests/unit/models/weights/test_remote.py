"""Weights from S3: a real client against a server on this machine."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]

from shared.domain.errors import Unavailable
from shared.models.weights.locations import WeightSource
from shared.models.weights.remote import DIGESTS_FILE, RemoteWeights

SOURCE: Final = WeightSource("tiny", ("model.bin", "config.json", "extra.json"), optional=("extra.json",))
FILES: Final = {"model.bin": b"\0weights\xff", "config.json": b"{}"}
LOCATION: Final = "s3://models/v1"


@dataclass
class Bucket:
    """The objects of a bucket by path, and the requests for them. ``failure`` answers every request."""

    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    failure: tuple[int, str] | None = None
    client: Any = None

    def publish(self, files: dict[str, bytes], prefix: str = "models/v1/tiny") -> None:
        lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in files.items()]
        for name, content in {**files, DIGESTS_FILE: "".join(lines).encode()}.items():
            self.objects[f"/{prefix}/{name}"] = content

    def downloads(self) -> list[str]:
        """Return the names of the files that were requested since the last call."""
        asked = [path.rpartition("/")[2] for path in self.requests]
        self.requests.clear()
        return sorted(name for name in asked if name != DIGESTS_FILE)


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            bucket.requests.append(self.path)
            self._answer(with_body=True)

        def _answer(self, *, with_body: bool) -> None:
            status, code = bucket.failure or (200 if self.path in bucket.objects else 404, "NoSuchKey")
            error = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
            body = bucket.objects[self.path] if status == 200 else error
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (name of the base class)
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    bucket.client = _client(listener.server_address[1])
    yield bucket
    bucket.client.close()
    listener.shutdown()
    listener.server_close()


@pytest.fixture
def bucket(server: Bucket) -> Bucket:
    server.objects.clear()
    server.requests.clear()
    server.failure = None
    return server


def _client(port: int) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        region_name="eu-west-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, proxies={}),
    )


def remote(folder: Path, bucket: Bucket, location: str | None = LOCATION) -> RemoteWeights:
    return RemoteWeights(folder / "cache", folder / "models", location, client=bucket.client)


def read(found: dict[str, Path] | None) -> dict[str, bytes]:
    return {name: path.read_bytes() for name, path in (found or {}).items()}


def test_files_are_downloaded_once(tmp_path: Path, bucket: Bucket) -> None:
    bucket.publish(FILES)
    assert read(remote(tmp_path, bucket).find(SOURCE)) == FILES
    assert bucket.downloads() == sorted(FILES)
    assert read(remote(tmp_path, bucket).find(SOURCE)) == FILES
    assert bucket.downloads() == []


def test_new_digests_are_a_new_version(tmp_path: Path, bucket: Bucket) -> None:
    bucket.publish(FILES)
    first = remote(tmp_path, bucket).require(SOURCE)
    newer = FILES | {"model.bin": b"newer"}
    bucket.publish(newer)
    assert read(remote(tmp_path, bucket).find(SOURCE)) == newer
    assert read(first) == FILES, "a worker that runs keeps its files"


@pytest.mark.parametrize(
    ("location", "prefix"),
    [
        ("s3://models", "models/tiny"),
        ("s3://models/", "models/tiny"),
        ("s3://models/v1/", "models/v1/tiny"),
        ("s3://models/a/b", "models/a/b/tiny"),
    ],
)
def test_files_lie_below_location(tmp_path: Path, bucket: Bucket, location: str, prefix: str) -> None:
    bucket.publish(FILES, prefix)
    assert read(remote(tmp_path, bucket, location).find(SOURCE)) == FILES


@pytest.mark.parametrize("location", ["", "https://models/v1", "s3://", "s3://ab", "s3://Models", "models"])
def test_location_must_be_s3_address(tmp_path: Path, location: str) -> None:
    with pytest.raises(ValueError, match="is no S3 address"):
        RemoteWeights(tmp_path, location=location)


def test_digests_decide_which_files_there_are(tmp_path: Path, bucket: Bucket) -> None:
    files = FILES | {"extra.json": b"optional", "vocabulary.txt": b"not asked for"}
    bucket.publish(files)
    digests = f"/models/v1/tiny/{DIGESTS_FILE}"
    bucket.objects[digests] += b"# a comment\n\nnot-a-digest  model.bin\n" + b"0" * 64 + b"  ../escape.txt\n"
    assert read(remote(tmp_path, bucket).find(SOURCE)) == files
    assert bucket.downloads() == sorted(files)


@pytest.mark.parametrize("published", [{}, {"model.bin": b"alone"}])
def test_source_without_required_digests_is_absent(
    tmp_path: Path, bucket: Bucket, published: dict[str, bytes]
) -> None:
    """The other locations are searched then."""
    if published:
        bucket.publish(published)
    assert remote(tmp_path, bucket).find(SOURCE) is None
    folder = tmp_path / "models" / "tiny"
    folder.mkdir(parents=True)
    for name, content in FILES.items():
        (folder / name).write_bytes(content)
    assert read(remote(tmp_path, bucket).find(SOURCE)) == FILES
    assert bucket.downloads() == []
    bucket.publish(FILES | {"model.bin": b"remote"})
    assert read(remote(tmp_path, bucket).find(SOURCE))["model.bin"] == b"remote"


def test_without_location_s3_is_not_asked(tmp_path: Path, bucket: Bucket) -> None:
    bucket.publish(FILES)
    assert remote(tmp_path, bucket, None).find(SOURCE) is None
    assert bucket.requests == []


def test_damaged_file_is_refused_and_not_kept(tmp_path: Path, bucket: Bucket) -> None:
    bucket.publish(FILES)
    bucket.objects["/models/v1/tiny/model.bin"] = b"damaged"
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"model\.bin does not match") as refused:
            remote(tmp_path, bucket).find(SOURCE)
        assert refused.value.code == "model_weights_damaged"
    assert list((tmp_path / "cache").iterdir()) == []
    bucket.publish(FILES)
    assert read(remote(tmp_path, bucket).find(SOURCE)) == FILES


def test_file_without_object_is_refused(tmp_path: Path, bucket: Bucket) -> None:
    bucket.publish(FILES)
    del bucket.objects["/models/v1/tiny/config.json"]
    with pytest.raises(Unavailable) as refused:
        remote(tmp_path, bucket).find(SOURCE)
    assert refused.value.code == "model_weights_refused"
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        ((403, "AccessDenied"), "model_weights_refused"),
        ((404, "NoSuchBucket"), "model_weights_refused"),
        ((503, "SlowDown"), "service_unavailable"),
        ((500, "InternalError"), "service_unavailable"),
    ],
)
def test_refusal_and_overload_have_their_codes(
    tmp_path: Path, bucket: Bucket, failure: tuple[int, str], code: str
) -> None:
    bucket.failure = failure
    with pytest.raises(Unavailable, match=failure[1]) as refused:
        remote(tmp_path, bucket).find(SOURCE)
    assert refused.value.code == code


def test_unreachable_server_is_unavailable(tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as listener:
        port = listener.server_address[1]
    client = _client(port)
    with pytest.raises(Unavailable, match="S3 does not answer") as refused:
        RemoteWeights(tmp_path, location=LOCATION, client=client).find(SOURCE)
    client.close()
    assert refused.value.code == "service_unavailable"
