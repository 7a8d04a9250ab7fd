"""Reception of forms as clients send them, in pieces of any size, into real files."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from fastapi import FastAPI, Request
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_multipart.exceptions import MultipartParseError
from starlette.testclient import TestClient

from shared.adapters.local.blobs import FolderBlobs
from shared.adapters.scratch_files import ScratchFile, ScratchFiles
from shared.domain.errors import InvalidRequest, PayloadTooLarge
from shared.http import errors
from shared.http.bodies.multipart import receive_multipart
from shared.http.bodies.multipart_parts import MAX_FIELD_BYTES, FormReceiver, file_name
from shared.http.offload import Threads
from shared.http.request_log import RequestLog
from shared.runtime import Runtime
from shared.settings import Settings
from tests.api.conftest import Answer

BOUNDARY = b"frontier"
MAX_UPLOAD = 6 * 1024**2


def part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'
    if file_name is not None:
        head += f'; filename="{file_name}"\r\nContent-Type: video/mp4'
    return b"--" + BOUNDARY + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


@pytest.fixture
def blobs(tmp_path: Path) -> Iterator[FolderBlobs]:
    blobs = FolderBlobs(tmp_path / "blobs", link_base_url=lambda: "http://test", signing_key=b"k" * 32)
    yield blobs
    blobs.close()


@pytest.fixture
def client(blobs: FolderBlobs) -> TestClient:
    """A server with one route, which returns what it received."""
    app = FastAPI()
    app.state.offload = Threads()
    runtime = SimpleNamespace(
        settings=Settings(max_upload_bytes=MAX_UPLOAD),
        ports=SimpleNamespace(incoming_files=ScratchFiles(blobs)),
    )

    @app.post("/form")
    async def receive(request: Request) -> dict[str, Any]:
        received = await receive_multipart(request, cast("Runtime", runtime), "anna")
        file = received.file
        answer: dict[str, Any] = {"fields": received.fields}
        if file is not None:
            stored = hashlib.sha256(blobs.read(file.keep("imports/one"))).hexdigest()
            answer |= {"name": file.file_name, "type": file.content_type, "size": file.size}
            answer |= {"sha256": file.sha256, "stored": stored}
        received.discard()
        return answer

    errors.install(app)
    app.add_middleware(RequestLog, prefix="")
    return TestClient(app, raise_server_exceptions=False)


def scratch_files(blobs: FolderBlobs) -> list[Path]:
    return [path for path in blobs.scratch_file().parent.iterdir() if path.stat().st_size]


def new_receiver(blobs: FolderBlobs, most_bytes: int) -> FormReceiver:
    return FormReceiver(BOUNDARY, lambda kind: ScratchFile(blobs, blobs.scratch_file(), kind), most_bytes)


def send(client: TestClient, body: bytes) -> Answer:
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    return client.post("/form", content=body, headers={"Content-Type": kind})


def test_fields_before_file_are_received(client: TestClient) -> None:
    content = bytes(range(256)) * 16_000
    answer = client.post(
        "/form", data={"title": "Zoë", "index_id": "idx_1"}, files={"file": ("/home/me/clip.mp4", content)}
    ).json()
    assert answer["fields"] == {"title": "Zoë", "index_id": "idx_1"}
    assert (answer["name"], answer["type"], answer["size"]) == ("clip.mp4", "video/mp4", len(content))
    assert answer["sha256"] == answer["stored"] == hashlib.sha256(content).hexdigest()


def test_repeated_fields_after_file_are_received(client: TestClient) -> None:
    body = form(part("scopes", b"import"), part("file", b"x", "a.mp4"), part("scopes", b"export"))
    assert send(client, body).json()["fields"] == {"scopes": ["import", "export"]}


def test_body_without_length_is_accepted(client: TestClient) -> None:
    body = form(part("title", b"t"), part("file", b"y" * 3_000_000, "a.mp4"))

    def pieces() -> Iterator[bytes]:
        for at in range(0, len(body), 65_000):
            yield body[at : at + 65_000]

    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"
    answer = client.post("/form", content=pieces(), headers={"Content-Type": kind})
    assert answer.json()["size"] == 3_000_000


@pytest.mark.parametrize("with_length", [True, False])
def test_file_over_limit_is_refused_and_leaves_nothing(
    client: TestClient, blobs: FolderBlobs, with_length: bool
) -> None:
    body = form(part("file", b"z" * (MAX_UPLOAD + 1 + 5_000_000 * with_length), "a.mp4"))
    answer = send(client, body)
    assert answer.status_code == 413
    assert answer.json()["error"]["details"] == {"rule": "max_upload_bytes", "limit": MAX_UPLOAD}
    assert scratch_files(blobs) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nonsense",
        form(part("title", b"t"))[:-10],
        form(part("file", b"x" * 2_000_000, "a.mp4"))[:-20],
        form(part("title", b"\xff")),
        form(part("title", b"a\0b")),
        form(part("", b"x")),
        form(part("file", b"x", "a.mp4"), part("file", b"y", "b.mp4")),
        b"--frontier\r\nContent-Type: text/plain\r\n\r\nx\r\n--frontier--\r\n",
    ],
)
def test_malformed_form_is_refused_and_leaves_nothing(
    client: TestClient, blobs: FolderBlobs, body: bytes
) -> None:
    answer = send(client, body)
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["errors"]
    assert scratch_files(blobs) == []


def test_too_many_parts_and_too_long_fields_are_refused(client: TestClient) -> None:
    many = send(client, form(*(part(f"f{n}", b"x") for n in range(65))))
    long = send(client, form(part("title", b"x" * (MAX_FIELD_BYTES + 1))))
    rules = [answer.json()["error"]["details"]["rule"] for answer in (many, long)]
    assert rules == ["max_parts", "max_field_bytes"]


def test_body_that_is_no_form_is_refused(client: TestClient) -> None:
    for kind in ("application/json", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 80):
        answer = client.post("/form", content=b"{}", headers={"Content-Type": kind})
        assert answer.json()["error"]["details"]["errors"][0]["field"] == "Content-Type"


def test_body_after_end_of_form_is_limited(client: TestClient) -> None:
    kind = f"multipart/form-data; boundary={BOUNDARY.decode()}"

    def endless() -> Iterator[bytes]:
        yield form(part("file", b"short", "a.mp4"))
        for _ in range(MAX_UPLOAD // 2**16 + 1000):
            yield b"x" * 2**16

    answer = client.post("/form", content=endless(), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["error"]["details"]["rule"]) == (413, "max_upload_bytes")


def test_headers_of_part_are_limited(client: TestClient) -> None:
    long = part("file", b"short", "a.mp4").replace(b"video/mp4", b"video/mp4\r\nX-Padding: " + b"x" * 2**20)
    assert send(client, form(long)).status_code == 422


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (b"video/mp4", "video/mp4"),
        (b"video/mp4; codecs=avc1", "video/mp4; codecs=avc1"),
        (b"video/mp4\nX-Injected: 1", "application/octet-stream"),
        (b"vid\xe9o/mp4", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_content_type_invalid_in_header_is_replaced(client: TestClient, sent: bytes, kept: str) -> None:
    body = form(part("file", b"short", "a.mp4").replace(b"video/mp4", sent))
    assert send(client, body).json()["type"] == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("clip.mp4", "clip.mp4"),
        ("/home/me/clip.mp4", "clip.mp4"),
        ("C:\\videos\\clip.mp4", "clip.mp4"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nb\0.mp4", "ab.mp4"),
        ("..", "upload"),
        ("", "upload"),
        ("folder/", "upload"),
        ("映像 🎬.mp4", "映像 🎬.mp4"),
        ("x" * 300 + ".mp4", "x" * 251 + ".mp4"),
        ("Screenshot at 1.02.03\u202fPM.png", "Screenshot at 1.02.03\u202fPM.png"),
        ("x" * 300 + "\u200b.mp4", "x" * 250 + "\u200b.mp4"),
    ],
)
def test_file_names_are_reduced_to_base_names(sent: str, kept: str) -> None:
    assert file_name(sent) == kept


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    content=st.binary(max_size=300),
    title=st.text(max_size=20).filter(lambda t: "\0" not in t),
    data=st.data(),
)
def test_form_can_be_split_anywhere(
    blobs: FolderBlobs, content: bytes, title: str, data: st.DataObject
) -> None:
    if b"\r\n--" + BOUNDARY in b"\r\n" + content:
        return
    body = form(part("title", title.encode()), part("file", content, "a.bin"))
    splits = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    receiver = new_receiver(blobs, 10**6)
    for start, end in zip([0, *splits], [*splits, len(body)], strict=True):
        receiver.feed(body[start:end])
    received = receiver.finish()
    assert received.required_text("title") == title if title else received.text("title") == ""
    assert blobs.read(received.required_file().keep("imports/one")) == content


def test_form_accessors_enforce_presence_and_uniqueness(blobs: FolderBlobs) -> None:
    receiver = new_receiver(blobs, 10)
    receiver.feed(form(part("a", b"1"), part("b", b"1"), part("b", b"2"), part("picture", b"x", "p.png")))
    received = receiver.finish()
    assert (received.text("a"), received.text("none")) == ("1", None)
    for wrong in (
        lambda: received.text("b"),
        lambda: received.required_text("none"),
        lambda: received.required_file("file"),
    ):
        with pytest.raises(InvalidRequest):
            wrong()
    received.discard()
    received.discard()
    assert scratch_files(blobs) == []


def test_receiver_stops_at_first_byte_over_limit(blobs: FolderBlobs) -> None:
    receiver = new_receiver(blobs, 10)
    with pytest.raises(PayloadTooLarge):
        receiver.feed(part("file", b"x" * 11, "a.bin"))
    receiver.discard()
    assert scratch_files(blobs) == []


def test_garbage_before_boundary_is_refused(blobs: FolderBlobs) -> None:
    receiver = new_receiver(blobs, 10)
    with pytest.raises(MultipartParseError):
        receiver.feed(b"garbage")
