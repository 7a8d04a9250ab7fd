"""Whatever is sent, the answer names what is wrong, and nothing is half-written."""

import io
import json
import sqlite3
import wave
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.http.app import API_PREFIX
from tests.api.imports import field_of
from tests.robustness.conftest import Tenants
from tests.robustness.routes import all_routes
from tests.robustness.tenant_archive import PROMPT, work
from tests.unit.media.samples import make_video

DOCUMENT: Final = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
JSON_ROUTES: Final = [
    (method.upper(), path.removeprefix(API_PREFIX))
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]
FORM_PATHS: Final = ("/videos/upload", "/workflow/upload")


@pytest.fixture
def client(tenants: Tenants) -> TestClient:
    return tenants.alpha.client


@pytest.fixture(autouse=True)
def _nothing_is_written(request: pytest.FixtureRequest, tenants: Tenants) -> Iterator[None]:
    """Also: the server goes on answering."""
    before = stored(tenants)
    yield
    if request.node.get_closest_marker("usefixtures") is None:
        assert stored(tenants) == before
    alpha = tenants.alpha
    assert alpha.client.get(f"/videos/{alpha['video_id']}/segments").status_code == 200


def stored(tenants: Tenants) -> tuple[list[Any], list[str], list[str]]:
    """Records, blobs and files under way. When a key was last used is no part of it."""
    folder = tenants.runtime.settings.data_folder
    with closing(sqlite3.connect(folder / "records.sqlite")) as connection:
        rows = connection.execute(
            "SELECT * FROM record WHERE partition NOT GLOB 'api-key#*' ORDER BY partition, sort"
        ).fetchall()
    scratch = [str(path) for path in (folder / "blobs" / ".scratch").rglob("*") if path.is_file()]
    return rows, sorted(tenants.runtime.blobs.keys("")), scratch


@pytest.fixture
def leaves_a_job() -> None:
    """For tests that write and say themselves what."""


def filled(path: str, identifier: str = "made_up") -> str:
    for name in ("index", "video", "run", "segment", "retry", "prompt", "job"):
        path = path.replace(f"{{{name}_id}}", identifier)
    return path


def error_of(answer: Any) -> dict[str, Any]:
    error: dict[str, Any] = answer.json()["error"]
    assert error["message"]
    assert error["request_id"] == answer.headers["X-Request-ID"]
    return error


# Ids


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/indexes/{}", "resource_index_not_found"),
        ("/indexes/{}/videos", "resource_index_not_found"),
        ("/indexes/{}/prompt-runs", "resource_index_not_found"),
        ("/videos/{}", "resource_video_not_found"),
        ("/videos/{}/gif", "resource_video_not_found"),
        ("/videos/{}/segments", "resource_video_not_found"),
        ("/videos/segments/{}/thumbnail", "resource_segment_not_found"),
        ("/prompts/{}", "resource_prompt_not_found"),
        ("/prompt-runs/{}", "resource_prompt_run_not_found"),
        ("/prompt-runs/{}/llm-calls", "resource_prompt_run_not_found"),
        ("/import-jobs/{}", "resource_import_job_not_found"),
        ("/import-jobs/{}/outputs", "resource_import_job_not_found"),
    ],
)
def test_an_unknown_id_is_named_for_what_it_is(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path.format("made_up"))
    assert answer.status_code == 404
    assert error_of(answer)["code"] == code


STRANGE_IDS: Final = {
    "up": "%2E%2E",
    "up_and_away": "..%2F..%2Fetc%2Fpasswd",
    "separator": "a%23segments%23b",
    "quote": "a'%20OR%20'1'='1",
    "percent": "%25",
    "space": "%20",
    "emoji": "%F0%9F%92%A5",
    "not_utf8": "%FF%FE",
    "surrogate": "%ED%A0%80",
    "long": "x" * 8000,
    "playground": "playground",
    "null": "null",
}


@pytest.mark.parametrize("identifier", STRANGE_IDS.values(), ids=list(STRANGE_IDS))
def test_a_strange_id_is_an_unknown_one(client: TestClient, identifier: str) -> None:
    for route in all_routes():
        method, path = route.replace(API_PREFIX, "", 1).split(" ")
        if "{" in path and not path.startswith("/media"):
            answer = client.request(method, filled(path, identifier))
            assert answer.status_code in (404, 405, 422), (route, answer.text)
            error_of(answer)


@pytest.mark.parametrize(
    "identifier", ["../..", "a#segments#b", "", " ", "💥", "x" * 8000, 3, None, ["a"], {}]
)
def test_a_strange_id_in_a_body_is_refused(client: TestClient, identifier: Any) -> None:
    bodies = {
        "/videos/batch": {"video_ids": [identifier]},
        "/videos/batch/segments": {"targets": [{"video_id": identifier, "run_id": identifier}]},
        "/prompt-runs/estimate": {
            "prompt_id": identifier,
            "target": {"type": "index", "index_id": identifier},
        },
        "/search/multi-run": {"query": "a", "run_ids": [identifier], "index_id": identifier},
        "/workflow/process": {"prompt_id": identifier, "video_ids": [identifier]},
        "/workflow/search": {"query": "a", "prompt_run_ids": [identifier], "index_id": "made_up"},
    }
    for path, body in bodies.items():
        answer = client.post(path, json=body)
        assert answer.status_code in (404, 422), (path, answer.text)
        error_of(answer)


# Fields


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/indexes", {}, "name"),
        ("/indexes", {"name": ""}, "name"),
        ("/indexes", {"name": "x" * 256}, "name"),
        ("/indexes", {"name": 3}, "name"),
        ("/videos", {"title": "A", "video_uri": ""}, "video_uri"),
        ("/videos/batch", {"video_ids": []}, "video_ids"),
        ("/videos/batch", {"video_ids": ["a"] * 101}, "video_ids"),
        ("/prompts", PROMPT | {"name": "ab"}, "name"),
        ("/prompts", PROMPT | {"name": "x" * 101}, "name"),
        ("/prompts", PROMPT | {"description": "x" * 501}, "description"),
        ("/prompts", PROMPT | {"prompt_text": "short"}, "prompt_text"),
        ("/prompts", PROMPT | {"json_schema": {"type": "array"}}, "json_schema"),
        ("/prompts", PROMPT | {"video_level": {"instructions_text": "a"}}, "video_level.json_schema"),
        ("/prompts", PROMPT | {"execution_config": {"video_segment_duration": 0}}, "execution_config"),
        ("/prompt-runs/estimate", {"prompt_id": "a", "target": {"type": "moon"}}, "target.type"),
        ("/search/multi-run", {"query": "", "run_ids": ["a"]}, "query"),
        ("/search/filter/playground", {"conditions": []}, "conditions"),
        ("/search/filter/playground", {"conditions": [{"field": "a"}]}, "conditions[0]"),
        ("/playground/search", {"query": "a", "top_k": 101}, "top_k"),
        ("/playground/search", {"query": "a", "top_k": 1.5}, "top_k"),
        ("/workflow/search", {"query": "a", "limit": 0}, "limit"),
        ("/workflow/define", {"instruction": "a"}, "instruction"),
    ],
)
def test_a_field_that_does_not_fit_is_named_with_its_rule(
    client: TestClient, path: str, body: Any, field: str
) -> None:
    answer = client.post(path, json=body)
    assert field_of(answer).startswith(field), answer.text
    (first, *_) = error_of(answer)["details"]["errors"]
    assert first["rule"]


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/playground/videos", "limit", "0"),
        ("/playground/videos", "limit", "101"),
        ("/playground/videos", "limit", "many"),
        ("/import-jobs", "status", "sideways"),
        ("/prompt-runs", "limit", "99999999999999999999999"),
        ("/prompts", "active_only", "perhaps"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named(client: TestClient, path: str, name: str, value: str) -> None:
    assert field_of(client.get(path, params={name: value})) == name


@pytest.mark.parametrize("cursor", ["x", "AAAA", "ü", "💥", "=" * 100, "A" * 4000])
def test_a_cursor_that_is_none_of_ours_is_refused(client: TestClient, cursor: str) -> None:
    for path in ("/playground/videos", "/workflow/search/page"):
        answer = client.get(path, params={"cursor": cursor})
        assert answer.status_code in (400, 422)
        error_of(answer)


# Bodies

BROKEN_BODIES: Final[dict[str, tuple[bytes, tuple[int, ...]]]] = {
    "empty": (b"", (422,)),
    "cut off": (b'{"name": "a', (400,)),
    "not JSON": (b"name=a", (400,)),
    "not UTF-8": (b'{"name": "\xff\xfe"}', (400,)),
    "UTF-16": ('{"name": "a"}'.encode("utf-16"), (422,)),
    "UTF-16 without a mark": ('{"name": "a\\u0000"}'.encode("utf-16-le"), (422,)),
    "UTF-32": ('{"name": "\\ud800"}'.encode("utf-32-be"), (422,)),
    "an array": (b"[]", (422,)),
    "null": (b"null", (422,)),
    "a text": (b'"name"', (422,)),
    "a NUL": (b'{"name": "a\\u0000b", "query": "\\u0000"}', (422,)),
    "a raw NUL": (b'{"name": "a\x00b"}', (400,)),
    "a lone surrogate": (b'{"name": "\\ud800"}', (422,)),
    "not a number": (b'{"top_k": NaN}', (422,)),
    "infinite": (b'{"top_k": 1e999}', (422,)),
    "a number of a thousand digits": (b'{"top_k": ' + b"9" * 1000 + b"}", (404, 422)),
    "a number of ten thousand digits": (b'{"top_k": ' + b"9" * 10_000 + b"}", (400, 422)),
    "deep arrays": (b'{"conditions": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", (422,)),
    "deep objects": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, (422,)),
    "deep and cut off": (b"[" * 200_000, (400, 422)),
}


@pytest.mark.parametrize("name", BROKEN_BODIES)
@pytest.mark.parametrize(("method", "path"), JSON_ROUTES)
def test_a_broken_body_is_refused(client: TestClient, method: str, path: str, name: str) -> None:
    body, statuses = BROKEN_BODIES[name]
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, filled(path), content=body, headers=headers)
    assert answer.status_code in statuses, answer.text
    error_of(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "", "🎬".encode()])
def test_json_under_another_name_is_refused(client: TestClient, content_type: Any) -> None:
    for method, path in JSON_ROUTES:
        headers = {
            b"Content-Type": content_type if isinstance(content_type, bytes) else content_type.encode()
        }
        answer = client.request(method, filled(path), content=b"--x--", headers=headers)
        assert answer.status_code in (400, 422), (path, answer.text)


@pytest.mark.parametrize("path", FORM_PATHS)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=", b"--x--"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"--x--\r\n"),
        ("multipart/form-data; boundary=x", b"no form at all"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nA'),
        ("multipart/form-data; boundary=" + "x" * 100, b"--x--"),
    ],
)
def test_a_form_that_is_none_is_refused(
    client: TestClient, path: str, content_type: str, body: bytes
) -> None:
    answer = client.post(path, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422, answer.text
    error_of(answer)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": ["a", "b"]}, "title"),
        ({"title": "A", "index_id": "x" * 101}, "index_id"),
    ],
)
def test_a_form_field_that_does_not_fit_is_named(
    client: TestClient, fields: dict[str, Any], field: str
) -> None:
    answer = client.post("/videos/upload", data=fields, files={"file": ("a.mp4", b"a")})
    assert field_of(answer) == field


# Addresses


@pytest.mark.parametrize("path", ["/nothing", "/indexes/", "/videos//segments", "//indexes", "/../etc"])
def test_what_is_no_endpoint_is_said_to_be_none(client: TestClient, path: str) -> None:
    answer = client.get(f"http://testserver{API_PREFIX}{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert error_of(answer)["code"] in ("endpoint_not_found", "resource_index_not_found")


def test_a_method_that_is_not_taken_is_said_to_be_none(client: TestClient) -> None:
    answer = client.request("PATCH", "/indexes")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"


@pytest.mark.parametrize("url", ["/indexes/a%00b", "/playground/videos?cursor=%00"])
def test_nul_in_an_address_is_refused(client: TestClient, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 422
    error_of(answer)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/a.mp4",
        "https://127.0.0.1/a.mp4",
        "https://localhost/a.mp4",
        "https://localhost.:8443/a.mp4",
        "https://2130706433/a.mp4",
        "https://0x7f.1/a.mp4",
        "https://0/a.mp4",
        "https://[::1]/a.mp4",
        "https://[::ffff:127.0.0.1]/a.mp4",
        "https://[64:ff9b::7f00:1]/a.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/a.mp4",
        "https://192.168.1.1/a.mp4",
        "https://172.16.0.1/a.mp4",
        "https://100.64.0.1/a.mp4",
        "https://[fd00::1]/a.mp4",
        "https://[fe80::1]/a.mp4",
        "https://metadata.internal/a.mp4",
        "https://user:secret@example.com/a.mp4",
        "http://93.184.216.34/a.mp4",
        "https://93.184.216.34:22/a.mp4",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "ftp://example.com/a.mp4",
        "//127.0.0.1/a.mp4",
        "https://",
        "https:///a.mp4",
        "media://local/media/alpha/x",
    ],
)
def test_a_uri_that_leads_where_it_must_not_is_refused(client: TestClient, uri: str) -> None:
    answer = client.post("/videos", json={"title": "A", "video_uri": uri})
    assert field_of(answer) == "video_uri", answer.text
    assert "secret" not in answer.text


# Media that are none


def _zip(_folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "not a film")
    return content.getvalue()


def _film(folder: Path) -> bytes:
    return make_video(folder / "whole.mp4", seconds=3.0, keyframes=4).read_bytes()


def _fast_start(folder: Path) -> bytes:
    path = make_video(folder / "fast.mp4", seconds=3.0, options={"movflags": "faststart"})
    return path.read_bytes()


def _silent_nothing(_folder: Path) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(16000)
    return content.getvalue()


BROKEN_MEDIA: Final[dict[str, tuple[str, Callable[[Path], bytes]]]] = {
    "an empty file": ("empty.mp4", lambda _: b""),
    "a single byte": ("byte.mp4", lambda _: b"a"),
    "text": ("text.mp4", lambda _: b"This is no film.\n" * 100),
    "a web page": ("page.mp4", lambda _: b"<!doctype html><script>alert(1)</script>" * 50),
    "zeros": ("zeros.mkv", lambda _: bytes(100_000)),
    "an archive that is called a film": ("film.mp4", _zip),
    "an archive": ("files.zip", _zip),
    "a program": ("program.exe", lambda _: b"MZ\x90\x00" + bytes(5000)),
    "a film without its end, where the index is": ("cut.mp4", lambda folder: _film(folder)[:-2000]),
    "a film of its index alone": ("index.mp4", lambda folder: _only_moov(_fast_start(folder))),
    "the head of a picture": ("head.png", lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    "the head of a photograph": ("head.jpg", lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
    "a sound without a sample": ("silent.wav", _silent_nothing),
    "a playlist that names a file here": ("list.m3u8", lambda _: b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"),
    "a list of files": ("list.mp4", lambda _: b"ffconcat version 1.0\nfile '/etc/passwd'\n"),
    "a drawing": ("drawing.svg", lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
}


def _only_moov(content: bytes) -> bytes:
    """Everything before the media data."""
    return content[: content.index(b"mdat") - 4]


@pytest.mark.usefixtures("leaves_a_job")
@pytest.mark.parametrize("what", BROKEN_MEDIA)
def test_what_is_no_medium_is_a_failed_import_that_says_why(
    client: TestClient, tenants: Tenants, tmp_path: Path, what: str
) -> None:
    name, content = BROKEN_MEDIA[what]
    _, blobs_before, _ = stored(tenants)
    media_before = client.get("/playground/videos").json()
    answer = client.post(
        "/videos/upload", data={"title": "Broken"}, files={"file": (name, content(tmp_path))}
    )
    if answer.status_code != 202:
        assert answer.status_code in (415, 422), answer.text
        assert error_of(answer)["message"]
        return
    work(tenants.runtime)
    job = client.get(f"/import-jobs/{answer.json()['job_id']}").json()
    assert (job["status"], job["video_ids"]) == ("failed", []), job
    (failed,) = job["failed_files"]
    assert failed["failure"]["retryable"] is False
    message = failed["failure"]["message"]
    print(f"{what}: {failed['failure']['code']}: {message}")
    assert 20 <= len(message) <= 300
    assert job["error_message"]
    for detail in (str(tenants.runtime.settings.data_folder), "Errno", "Traceback", "avformat"):
        assert detail not in json.dumps(job)
    _, blobs, scratch = stored(tenants)
    assert blobs == blobs_before
    assert not [path for path in scratch if not path.endswith("lock")]
    assert client.get("/playground/videos").json()["data"] == media_before["data"]
