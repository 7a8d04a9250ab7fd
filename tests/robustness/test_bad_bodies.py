"""Bodies that are not valid JSON or not a valid form: every route refuses them and writes nothing."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from shared.http.app import API_PREFIX
from tests.api.imports import field_of
from tests.robustness.answers import error_of, fill_path

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("assert_nothing_written")]

DOCUMENT: Final = json.loads(Path("docs/openapi.json").read_text(encoding="utf-8"))
JSON_ROUTES: Final = [
    (method.upper(), path.removeprefix(API_PREFIX))
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    if "application/json" in operation.get("requestBody", {}).get("content", {})
]
OPTIONAL_BODIES: Final = {
    (method, path)
    for method, path in JSON_ROUTES
    if not DOCUMENT["paths"][API_PREFIX + path][method.lower()]["requestBody"].get("required")
}
FORM_PATHS: Final = ("/videos/upload", "/workflow/upload")


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


SMALL_BODIES: Final = {"/console/sign-in": 1024}
"""Routes with a limit of their own, in bytes."""


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        (*route, name)
        for route in JSON_ROUTES
        for name in BROKEN_BODIES
        if name != "empty" or route not in OPTIONAL_BODIES
    ],
)
def test_broken_json_body_is_refused(client: TestClient, method: str, path: str, name: str) -> None:
    body, statuses = BROKEN_BODIES[name]
    if len(body) > SMALL_BODIES.get(path, len(body)):
        statuses = (413,)
    headers = {"Content-Type": "application/json"}
    answer = client.request(method, fill_path(path), content=body, headers=headers)
    assert answer.status_code in statuses, answer.text
    error_of(answer)


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "", "🎬".encode()])
def test_json_route_refuses_other_content_types(client: TestClient, content_type: Any) -> None:
    for method, path in JSON_ROUTES:
        headers = {
            b"Content-Type": content_type if isinstance(content_type, bytes) else content_type.encode()
        }
        answer = client.request(method, fill_path(path), content=b"--x--", headers=headers)
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
def test_malformed_form_is_refused(client: TestClient, path: str, content_type: str, body: bytes) -> None:
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
def test_invalid_form_field_is_named(client: TestClient, fields: dict[str, Any], field: str) -> None:
    answer = client.post("/videos/upload", data=fields, files={"file": ("a.mp4", b"a")})
    assert field_of(answer) == field
