"""Clients that send slowly, on real connections to uvicorn."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.bodies.deadline import BodyDeadline
from shared.http.connection_deadline import connection_deadline
from tests.waiting import HANG_TIMEOUT, wait_until

pytestmark = pytest.mark.slow

SOON = 0.15
NEVER = HANG_TIMEOUT


async def read_all(_scope: Scope, receive: Receive, send: Send) -> None:
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await _answer(send, str(size).encode())


async def work_before_reading(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(3 * SOON)
    await read_all(scope, receive, send)


async def answer_without_reading(_scope: Scope, _receive: Receive, send: Send) -> None:
    await _answer(send, b"early")


async def hide_errors(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await read_all(scope, receive, send)
    except Exception:  # noqa: BLE001 - what a framework does with an error of ``receive``
        await _answer(send, b"hidden")


async def _answer(send: Send, body: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def serving(app: ASGIApp, *, head_seconds: float = NEVER) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, lifespan="off", http=connection_deadline(head_seconds))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    wait_until(lambda: server.started)
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listener.close()


def slow_bodies_end(app: ASGIApp) -> ASGIApp:
    limited = BodyDeadline(app, grace_seconds=SOON, bytes_per_second=1_000_000)

    async def with_request_id(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"]["request_id"] = "req_1"
        await limited(scope, receive, send)

    return with_request_id


def received(connection: socket.socket) -> bytes:
    """Return everything until the server closes the connection."""
    connection.settimeout(HANG_TIMEOUT)
    answer = b""
    try:
        while chunk := connection.recv(65536):
            answer += chunk
    except ConnectionResetError:
        pass
    return answer


POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize("app", [read_all, hide_errors])
def test_slow_body_is_refused_with_408(app: ASGIApp) -> None:
    with serving(slow_bodies_end(app)) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(POST + b"x")
        answer = received(client)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request_timeout" in answer
    assert b"hidden" not in answer


def test_trickling_body_is_refused_with_408() -> None:
    with serving(slow_bodies_end(read_all)) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(POST)
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(SOON / 5):
                try:
                    client.sendall(b"x")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        answer = received(client)
        stop.set()
        thread.join()
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_time_of_server_does_not_count_against_client() -> None:
    app = slow_bodies_end(work_before_reading)
    with serving(app) as port, socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(POST.replace(b"Host", b"Connection: close\r\nHost") + b"x" * 1000)
        assert received(client).endswith(b"1000")


@pytest.mark.parametrize("head", [b"", b"G", b"GET / HTTP/1.1\r\nHost: a\r\n"])
def test_unfinished_head_closes_connection(head: bytes) -> None:
    with (
        serving(read_all, head_seconds=SOON) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(head)
        assert received(client) == b""


def test_unfinished_second_head_closes_connection() -> None:
    with (
        serving(read_all, head_seconds=SOON) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT")
        assert received(client).endswith(b"\r\n\r\n0")


def test_rest_of_answered_body_closes_connection() -> None:
    with (
        serving(answer_without_reading, head_seconds=SOON) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(POST + b"x")
        assert received(client).endswith(b"early")


def test_long_request_outlives_deadline_of_head() -> None:
    with (
        serving(work_before_reading, head_seconds=SOON) as port,
        socket.create_connection(("127.0.0.1", port)) as client,
    ):
        client.sendall(POST.replace(b"Host", b"Connection: close\r\nHost") + b"x" * 1000)
        assert received(client).endswith(b"1000")
