"""Bodies that are refused before a route reads them."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from shared.domain.errors import InvalidRequest
from shared.http.body_guard import BodyGuard, check_json
from shared.http.request_log import RequestLog
from tests.api.conftest import Answer

MOST: Final = 100


class Route:
    """Answers with the body that it reads, and counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        body = await Request(scope, receive).body()
        await Response(body, media_type="application/octet-stream")(scope, receive, send)


@pytest.fixture
def route() -> Route:
    return Route()


@pytest.fixture
def client(route: Route) -> TestClient:
    guard = BodyGuard(route, MOST, form_paths={"/form"}, raw_paths={"/raw"})
    return TestClient(RequestLog(guard, prefix=""))


def text_of(size: int) -> bytes:
    return b'"' + b"x" * (size - 2) + b'"'


def in_pieces(body: bytes) -> Iterator[bytes]:
    """Yield the body in pieces, so that it is sent without a length."""
    yield from (body[at : at + 7] for at in range(0, len(body), 7))


def error_of(answer: Answer) -> tuple[int, dict[str, Any]]:
    return answer.status_code, answer.json()["error"]


def test_body_up_to_limit_reaches_route_unchanged(client: TestClient) -> None:
    body = text_of(MOST)
    assert client.post("/", content=body).content == body
    assert client.post("/", content=in_pieces(body)).content == body
    assert client.post("/").content == b""


@pytest.mark.parametrize("chunked", [False, True])
def test_body_over_limit_is_refused(client: TestClient, route: Route, chunked: bool) -> None:
    body = text_of(MOST + 1)
    status, error = error_of(client.post("/", content=in_pieces(body) if chunked else body))
    assert (status, error["code"]) == (413, "payload_too_large")
    assert error["details"] == {"rule": "max_json_body_bytes", "limit": MOST}
    assert route.calls == 0


@pytest.mark.parametrize(
    ("path", "kind", "passes"),
    [
        ("/form", "multipart/form-data; boundary=x", True),
        ("/form", "Multipart/Form-Data; boundary=x", True),
        ("/form", "application/json", False),
        ("/", "multipart/form-data; boundary=x", False),
        ("/raw", "application/json", True),
    ],
)
def test_forms_and_raw_bytes_pass_on_their_paths(
    client: TestClient, path: str, kind: str, passes: bool
) -> None:
    body = b"\xff\0" * MOST
    answer = client.post(path, content=body, headers={"Content-Type": kind})
    assert (answer.content == body) is passes
    assert answer.status_code == (200 if passes else 413)


@pytest.mark.parametrize("address", ["/a%00b", "/?q=%00"])
def test_nul_in_address_is_refused(client: TestClient, route: Route, address: str) -> None:
    status, error = error_of(client.get(address))
    assert (status, error["details"]["errors"][0]["field"]) == (422, "url")
    assert route.calls == 0


def scope_of(*headers: tuple[bytes, bytes]) -> Scope:
    state = {"request_id": "req_1"}
    return {"type": "http", "path": "/", "query_string": b"", "headers": headers, "state": state}


def run(route: Route, scope: Scope, *messages: Message) -> list[Message]:
    """Return what is sent. Reading more than ``messages`` fails."""
    waiting, sent = list(messages), []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(BodyGuard(route, MOST, frozenset())(scope, receive, send))
    return sent


def test_announced_size_is_refused_without_reading(route: Route) -> None:
    sent = run(route, scope_of((b"content-length", str(MOST + 1).encode())))
    assert sent[0]["status"] == 413


def test_disconnected_client_gets_no_answer(route: Route) -> None:
    begun = {"type": "http.request", "body": b'"a', "more_body": True}
    sent = run(route, scope_of((b"transfer-encoding", b"chunked")), begun, {"type": "http.disconnect"})
    assert (sent, route.calls) == ([], 0)


def test_route_sees_disconnect_after_body() -> None:
    seen: list[str] = []

    async def route(_scope: Scope, receive: Receive, _send: Send) -> None:
        seen.extend([(await receive())["type"], (await receive())["type"]])

    whole: Iterator[Message] = iter([{"type": "http.request", "body": b"{}"}, {"type": "http.disconnect"}])

    async def receive() -> Message:
        return next(whole)

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is sent")

    guard = BodyGuard(route, MOST, frozenset())
    asyncio.run(guard(scope_of((b"content-length", b"2")), receive, send))
    assert seen == ["http.request", "http.disconnect"]


def nested(levels: int) -> bytes:
    return b"[" * levels + b"1" + b"]" * levels


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{broken",
        b"{broken NaN",
        b'{"a": 1e308, "b": 1e-999, "c": -1.5}',
        b'{"a": "NaN and 1e999"}',
        rb'"\ud83d\ude00"',
        rb'"\\u0000"',
        nested(100),
        b"[[]," + nested(99) + b"]",
        b"[" + b"[]," * 200 + b"1]",
        b"1" * 400,
        '"é"'.encode(),
    ],
)
def test_storable_json_and_other_text_pass(body: bytes) -> None:
    check_json(body)


@pytest.mark.parametrize(
    ("body", "field", "rule"),
    [
        (rb'{"a": [1, {"b": "x\u0000"}]}', "a.1.b", "NUL"),
        (rb'{"a": {"\u0000": 1}}', "a", "NUL"),
        (rb'"\u0000"', "body", "NUL"),
        (rb'{"a": "\ud800"}', "a", "lone surrogates"),
        (rb'{"\uDFFF": 1}', "body", "lone surrogates"),
        (b"[NaN]", "body", "NaN is not a JSON number"),
        (b"-Infinity", "body", "-Infinity is not"),
        (b'{"a": -1e309}', "body", "too large"),
        (b"1" * 400 + b".0", "body", "too large"),
        (nested(101), "body", "100 levels"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "body", "100 levels"),
        (nested(100_000), "body", "100 levels"),
        ('{"a": 1}'.encode("utf-16"), "body", "UTF-8"),
        ('{"a": 1}'.encode("utf-32-le"), "body", "UTF-8"),
    ],
)
def test_json_that_no_store_holds_is_refused(body: bytes, field: str, rule: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_json(body)
    assert refused.value.field == field
    assert rule in refused.value.rule


TEXTS = st.text(st.characters(categories=["L", "Cc", "Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
def test_only_values_without_loss_pass(value: Any) -> None:
    """A body passes if it is storable: UTF-8 without NUL, and JSON in the strict sense."""
    body = json.dumps(value).encode()
    try:
        check_json(body)
    except InvalidRequest:
        passes = False
    else:
        passes = True
    assert passes is _is_storable(json.loads(body))


def _is_storable(value: Any) -> bool:
    try:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()
    except ValueError:
        return False
    return "\\u0000" not in text.replace("\\\\", "")
