"""A chat endpoint that redirects, floods, trickles or answers with other shapes ends a call with a reason."""

import gzip
import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pydantic import SecretStr

from shared.domain.runs.statuses import CallPurpose
from shared.models.language.chat_completion import MAX_ANSWER_BYTES
from shared.models.language.chat_endpoint import ChatEndpoint
from shared.ports.models import ExtractionFailed
from tests.waiting import HANG_TIMEOUT

SCHEMA = {"type": "object", "properties": {"summary": {"type": "string"}}}
KEY = "sk-secret-of-the-operator"

Respond = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def endpoint_that(respond: Respond) -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            with suppress(OSError):  # the client hangs up
                respond(self)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the base class
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def answer(handler: BaseHTTPRequestHandler, body: bytes, **headers: str) -> None:
    handler.send_response(200)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def failure_of(respond: Respond, *, timeout_seconds: float = HANG_TIMEOUT) -> ExtractionFailed:
    with endpoint_that(respond) as server:
        endpoint = ChatEndpoint(
            f"http://127.0.0.1:{server.server_port}/v1",
            "model",
            api_key=lambda: SecretStr(KEY),
            timeout_seconds=timeout_seconds,
            attempts=1,
        )
        message: Any = {"role": "user", "content": "Describe."}
        with pytest.raises(ExtractionFailed) as failed:
            endpoint.complete([message], SCHEMA, CallPurpose.METADATA_EXTRACTION, [])
    return failed.value


def test_redirect_of_endpoint_is_not_followed() -> None:
    contacted: list[str | None] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        contacted.append(handler.headers["Authorization"])

    with endpoint_that(elsewhere) as other:

        def redirect(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(307)
            handler.send_header("Location", f"http://127.0.0.1:{other.server_port}/v1/chat/completions")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        assert failure_of(redirect).code == "model_http_307"
    assert contacted == []


def test_redirect_to_invalid_host_is_failure_of_model() -> None:
    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", "https://xn--a/")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    assert failure_of(redirect).code in ("model_http_302", "model_unreachable")


def test_endless_answer_is_read_up_to_limit() -> None:
    sent = 0

    def flood(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Length", str(2**40))
        handler.end_headers()
        while True:
            handler.wfile.write(b'{"choices": [' + b" " * 2**20)
            sent += 2**20

    tracemalloc.start()
    failed = failure_of(flood)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert failed.code == "model_answer_unusable"
    assert "more than 8,388,608 bytes" in str(failed)
    assert peak < 6 * MAX_ANSWER_BYTES


def test_compressed_answer_is_refused() -> None:
    bomb = gzip.compress(b" " * 2**24)
    failed = failure_of(lambda handler: answer(handler, bomb, Content_Encoding="gzip"))
    assert failed.code == "model_answer_unusable"


def test_trickling_answer_ends_at_deadline() -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.05)

    failed = failure_of(trickle, timeout_seconds=0.5)
    assert "did not answer within" in str(failed)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        b'{"choices": []}',
        b'{"choices": {}}',
        b'{"choices": ["text"]}',
        b'{"choices": [{"message": "text"}]}',
        b'{"choices": [{"message": {"content": ["text"]}}]}',
        b'{"choices": [{"message": {"content": [{"text": 1}]}}]}',
        b'{"choices": [{"message": {"content": null, "refusal": "no"}}]}',
        b"\xff\xfe",
    ],
)
def test_answer_of_other_shape_is_unusable(body: bytes) -> None:
    assert failure_of(lambda handler: answer(handler, body)).code == "model_answer_unusable"


@pytest.mark.parametrize(
    "usage", ["many", [1], {"prompt_tokens": "12", "completion_tokens": -1}, {"prompt_tokens": 1e400}]
)
def test_unusable_token_counts_are_zero(usage: Any) -> None:
    body = json.dumps({"choices": [{"message": {"content": "{}"}}], "usage": usage}).encode()
    with endpoint_that(lambda handler: answer(handler, body)) as server:
        endpoint = ChatEndpoint(f"http://127.0.0.1:{server.server_port}/v1", "model", attempts=1)
        message: Any = {"role": "user", "content": "Describe."}
        call = endpoint.complete([message], SCHEMA, CallPurpose.METADATA_EXTRACTION, []).call
    assert (call.input_tokens, call.output_tokens) == (0, 0)
